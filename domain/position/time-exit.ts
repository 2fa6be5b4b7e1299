/** Closing a position by the clock, whatever its price. */
import { isPositive } from '../decimal.ts';
import type { Refusal } from '../commands.ts';
import type { PositionEvent } from './events.ts';
import { stopEntering } from './iceberg.ts';
import type { PositionState } from './position.ts';
import type { TimeExit } from './tranche.ts';
import { openQuantity } from './quantities.ts';
import { badRequest, checkShape, isObject, shown } from './request-shape.ts';

/** As long as anything is kept: a year. */
const MAX_MINUTES = 366 * 24 * 60;

export function checkTimeExit(timeExit: unknown, nowMs: number): Refusal | null {
  const misshapen = checkShape(timeExit, ['at', 'afterMinutes']);
  if (misshapen) return { ...misshapen, text: `timeExit: ${misshapen.text}` };
  if (!isObject(timeExit) || Object.keys(timeExit).length !== 1)
    return badRequest('timeExit must be {"at": "2026-01-31T12:00:00Z"} or {"afterMinutes": 90}');
  const { at, afterMinutes: minutes } = timeExit;
  if ('at' in timeExit) {
    const atMs = typeof at === 'string' ? Date.parse(at) : Number.NaN;
    if (Number.isNaN(atMs)) return badRequest(`timeExit.at must be a time in ISO 8601, not ${shown(at)}`);
    if (atMs > nowMs + MAX_MINUTES * 60_000)
      return badRequest(`timeExit.at must be within ${MAX_MINUTES / 24 / 60} days, not ${shown(at)}`);
    return atMs > nowMs ? null : badRequest(`timeExit.at must be in the future: ${shown(at)} is over`);
  }
  const sound =
    typeof minutes === 'number' && Number.isFinite(minutes) && minutes > 0 && minutes <= MAX_MINUTES;
  return sound
    ? null
    : badRequest(`timeExit.afterMinutes must be over 0 and up to ${MAX_MINUTES}, not ${shown(minutes)}`);
}

/** The same, for a position that has been open for a while. */
export function checkLateTimeExit(state: PositionState, timeExit: TimeExit, nowMs: number): Refusal | null {
  const refused = checkTimeExit(timeExit, nowMs);
  if (refused) return refused;
  const dueMs = timeExitAtMs({ ...state, timeExit });
  if (dueMs === null || dueMs > nowMs) return null;
  return badRequest(`timeExit would have been at ${new Date(dueMs).toISOString()} already: close it instead`);
}

/**
 * When it is closed, ms of the workflow's clock; null: never, or not known before the first fill. Minutes
 * count from when the position was open here: the two clocks are never mixed.
 */
export function timeExitAtMs({ timeExit, openedHereAtMs, stage, startedAtMs }: PositionState): number | null {
  if (!timeExit) return null;
  if ('at' in timeExit) return Date.parse(timeExit.at);
  // One that was open before that was kept, or was taken up, counts from when it was begun here.
  const openedAtMs = openedHereAtMs ?? (stage.name === 'entering' ? undefined : startedAtMs);
  return openedAtMs === undefined ? null : openedAtMs + timeExit.afterMinutes * 60_000;
}

/** Closes what is open once the time has come, or takes back an entry that has not filled by then. */
export function planTimeExit(state: PositionState, nowMs: number): PositionEvent[] {
  if (state.stage.name !== 'entering' && state.stage.name !== 'open') return [];
  const dueMs = timeExitAtMs(state);
  if (dueMs === null || nowMs < dueMs) return [];
  const why = 'its time has come';
  if (!isPositive(openQuantity(state))) return stopEntering(state, why, nowMs);
  return [{ type: 'CloseRequested', reason: 'TIME_EXIT', why, nowMs }];
}

/** The next time at which that falls due; none once it did. */
export const timeExitDeadline = (state: PositionState): number[] => {
  const dueMs = state.stage.name === 'entering' || state.stage.name === 'open' ? timeExitAtMs(state) : null;
  return dueMs === null ? [] : [dueMs];
};
