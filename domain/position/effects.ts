/**
 * `effects(state, now)`: the outside actions wanted right now, each under a key. The workflow runs
 * every one whose key is not under way already, and gives the answer back as events. Nothing here
 * changes state; the same state always wants the same.
 */
import { isPositive, isZero } from '../decimal.ts';
import { findingDeadlines } from './findings.ts';
import { wantsIdentity } from './identity.ts';
import type { Intent, PositionState } from './position.ts';
import type { RefusedTranche } from './tranche.ts';
import { activeIntents, everOpened, isDone, isLive, openQuantity, trancheQuantity } from './quantities.ts';
import { wantedStop } from './protective-prices.ts';
import { timeExitDeadline } from './time-exit.ts';
import { FIGURES_PATIENCE_MS, needsTradeRow } from './trade.ts';

export type Effect =
  | { key: string; type: 'place'; intent: Intent }
  /** Planned, then no longer wanted before it was sent. */
  | { key: string; type: 'drop'; intent: Intent }
  | { key: string; type: 'cancel'; intent: Intent }
  | { key: string; type: 'find'; intent: Intent }
  /** Read the leg: to learn the position's id, or to see it flat. */
  | { key: string; type: 'readLeg'; why: 'identify' | 'flat' }
  | { key: string; type: 'readEvidence' }
  | { key: string; type: 'readFigures' }
  | { key: string; type: 'writeTrade' }
  /** Tell the account that somebody else trades this leg. */
  | { key: string; type: 'warnAccount'; orderIds: string[] }
  /** Tell the account that what it reserved for a tranche is free. */
  | { key: string; type: 'refuseTranche'; refused: RefusedTranche };

export function effects(state: PositionState, nowMs: number): Effect[] {
  if (state.stage.name === 'closed') return [];
  const orders = state.intents
    .flatMap((intent) => orderEffects(intent, nowMs))
    .filter((effect) => !bares(state, effect));
  return [...orders, ...legEffects(state, nowMs), ...warnings(state, nowMs), ...refusals(state, nowMs)];
}

const refusals = ({ refusedTranches = [] }: PositionState, nowMs: number): Effect[] =>
  refusedTranches
    .filter(({ tellAtMs }) => tellAtMs <= nowMs)
    .map((refused) => ({ key: `tranche/${refused.requestId}`, type: 'refuseTranche', refused }));

function warnings({ secondWriter }: PositionState, nowMs: number): Effect[] {
  if (!secondWriter || secondWriter.tellAtMs === null || secondWriter.tellAtMs > nowMs) return [];
  return [{ key: 'account', type: 'warnAccount', orderIds: secondWriter.orderIds }];
}

/** Whether it would cancel the only stop that rests, while one is wanted. */
function bares(state: PositionState, effect: Effect): boolean {
  if (effect.type !== 'cancel' || effect.intent.role !== 'stop') return false;
  if (state.stage.name !== 'open' && state.stage.name !== 'entering') return false;
  const { trancheId } = effect.intent;
  const others = activeIntents(state, 'stop', trancheId).filter((other) => !other.cancelWanted);
  if (others.some(isLive)) return false;
  // Where one stop is all that the exchange takes, the old one goes first, unless the new one may be there.
  if (state.singleProtection) return others.some(({ status }) => status.name === 'unknown');
  if (!isPositive(trancheQuantity(state, trancheId))) return false;
  const tranche = state.tranches.find(({ id }) => id === trancheId);
  return tranche !== undefined && wantedStop(state, tranche) !== null;
}

function orderEffects(intent: Intent, nowMs: number): Effect[] {
  const { status, number } = intent;
  switch (status.name) {
    case 'planned':
      if (intent.cancelWanted) return [{ key: `order/${number}`, type: 'drop', intent }];
      return status.nextAtMs <= nowMs ? [{ key: `order/${number}`, type: 'place', intent }] : [];
    case 'unknown':
      return status.nextAtMs <= nowMs ? [{ key: `order/${number}`, type: 'find', intent }] : [];
    case 'live':
      if (intent.cancelWanted && status.cancelNextAtMs <= nowMs)
        return [{ key: `order/${number}`, type: 'cancel', intent }];
      if (status.nextAskAtMs !== null && status.nextAskAtMs <= nowMs)
        return [{ key: `order/${number}`, type: 'find', intent }];
      return [];
    case 'done':
      return [];
  }
}

function legEffects(state: PositionState, nowMs: number): Effect[] {
  const { suspicion } = state;
  if (suspicion && suspicion.nextAtMs <= nowMs && settledOrders(state))
    return [{ key: 'evidence', type: 'readEvidence' }];
  if (suspicion && suspicion.readings > 0) return [];
  if (wantsIdentity(state) && state.identify.nextAtMs <= nowMs)
    return [{ key: 'leg', type: 'readLeg', why: 'identify' }];
  if (state.stage.name !== 'settling' || !ordersProven(state)) return [];
  const { settlement } = state;
  if (settlement.nextAtMs > nowMs) return [];
  // That it never opened is only certain once the leg was seen flat.
  const certain = everOpened(state) || flatProven(state);
  if (certain && needsTradeRow(state)) return [{ key: 'trade', type: 'writeTrade' }];
  if (!flatProven(state)) return [{ key: 'leg', type: 'readLeg', why: 'flat' }];
  return settlement.figures === null && wantsFigures(state) ? [{ key: 'figures', type: 'readFigures' }] : [];
}

/** No own order is between two states, so that executions can be told apart. */
const settledOrders = (state: PositionState): boolean =>
  !state.intents.some(
    ({ orderId, status }) => orderId === null && (status.name === 'planned' || status.name === 'unknown'),
  );

/** Flat, with every own order proven terminal. */
export const ordersProven = (state: PositionState): boolean =>
  isZero(openQuantity(state)) && state.intents.every(isDone);

/** A complete reading showed the leg flat after the last fill, or nothing was ever sent. */
export const flatProven = (state: PositionState): boolean => {
  const { flatSeenAtMs } = state.settlement;
  return !everSent(state) || (flatSeenAtMs !== null && flatSeenAtMs >= (state.lastFillAtMs ?? 0));
};

/** Whether any order may ever have reached the exchange. */
const everSent = (state: PositionState): boolean =>
  state.externals.length > 0 ||
  state.intents.some(
    ({ status }) => status.name !== 'done' || (status.how !== 'unsent' && status.how !== 'refused'),
  );

const wantsFigures = (state: PositionState): boolean => state.exitReason !== 'NEVER_OPENED';

/** The earliest time after now at which something falls due without any input; null: never. */
export function nextWakeAtMs(state: PositionState, nowMs: number): number | null {
  if (state.stage.name === 'closed') return null;
  const due = [
    ...state.intents.flatMap(orderDeadlines),
    ...state.holdOffs.map((hold) => hold.untilMs),
    ...state.crossings.map((crossing) => crossing.sinceMs + state.settings.crossingGraceMs),
    ...findingDeadlines(state),
    ...emergencyDeadline(state),
    ...timeExitDeadline(state),
  ];
  if (state.secondWriter) due.push(state.secondWriter.tellAtMs ?? 0);
  due.push(...(state.refusedTranches ?? []).map(({ tellAtMs }) => tellAtMs));
  if (state.suspicion) due.push(state.suspicion.nextAtMs);
  if (wantsIdentity(state)) due.push(state.identify.nextAtMs);
  if (state.stage.name === 'settling')
    due.push(state.settlement.nextAtMs, state.stage.sinceMs + FIGURES_PATIENCE_MS);
  const ahead = due.filter((dueMs) => dueMs > nowMs);
  return ahead.length === 0 ? null : Math.min(...ahead);
}

function orderDeadlines({ status, cancelWanted }: Intent): number[] {
  if (status.name === 'planned' || status.name === 'unknown') return [status.nextAtMs];
  if (status.name !== 'live') return [];
  return [
    ...(status.nextAskAtMs === null ? [] : [status.nextAskAtMs]),
    ...(cancelWanted ? [status.cancelNextAtMs] : []),
  ];
}

function emergencyDeadline(state: PositionState): number[] {
  const limit = state.settings.emergencyCloseMs;
  const { cover } = state;
  return limit === null || cover.name !== 'uncovered' ? [] : [(cover.triedSinceMs ?? cover.sinceMs) + limit];
}
