/**
 * `plan(state, now)`: what the position decides by itself, as the difference between what is wanted
 * and what is known. The same code serves the entry, a partial fill, a stop that vanished, a new SL
 * by the user and an adopted position. It is asked again after every event until it has nothing to add.
 */
import { isPositive, min, type Decimal } from '../decimal.ts';
import type { PositionEvent } from './events.ts';
import { planDrops } from './add-tranche.ts';
import { planCrossings } from './crossings.ts';
import { closesAtLimit, closesAtMarket, isLeaving, planLimitCloses, takenBack } from './closes.ts';
import { closeIntent } from './orders.ts';
import { planMerge } from './merge.ts';
import { planMoves } from './moving-stop.ts';
import type { Intent, PositionState } from './position.ts';
import { heldOffUntil } from './hold-offs.ts';
import { MAX_RESENDS } from './look-ups.ts';
import { planProtection } from './protection.ts';
import { activeIntents, everOpened, intentsOf, isDone, openQuantity, trancheQuantity } from './quantities.ts';
import { heldTranches, isCovered } from './cover.ts';
import { wantedStop } from './protective-prices.ts';
import { exitReasonOf } from './attribution.ts';
import { flatProven, ordersProven } from './effects.ts';
import { planFindings } from './findings.ts';
import { planSlices } from './iceberg.ts';
import { planTimeExit } from './time-exit.ts';
import { explained, untold } from '../reconcile/reconcile.ts';
import { journalComplete } from './trade.ts';

/** The next events; empty when nothing is left to decide at this time. */
export function plan(state: PositionState, nowMs: number): PositionEvent[] {
  const steps = [
    planSuspicion,
    planStage,
    planMoves,
    planCover,
    planTimeExit,
    planCrossings,
    planDrops,
    planMerge,
    planClosing,
    planOrders,
    planLimitCloses,
    planSlices,
    planEnd,
    planFindings,
  ];
  for (const step of steps) {
    const events = step(state, nowMs);
    if (events.length > 0) return events;
  }
  return [];
}

const planSuspicion = (state: PositionState): PositionEvent[] =>
  explained(state) ? [{ type: 'SuspicionCleared', why: 'own orders explain it' }] : [];

function planStage(state: PositionState, nowMs: number): PositionEvent[] {
  const stage = state.stage.name;
  if (stage === 'closed') return [];
  if (stage === 'settling') return planLateEntry(state, nowMs);
  if (isPositive(openQuantity(state))) return stage === 'entering' ? opened(state, nowMs) : [];
  const entryPending = activeIntents(state, 'entry').length > 0;
  if (everOpened(state)) {
    // Flat again: an entry that still rests is taken back by `planOrders` while settling.
    return [{ type: 'WentFlat', reason: exitReasonOf(state), nowMs }];
  }
  if (entryPending) return [];
  return [{ type: 'WentFlat', reason: 'NEVER_OPENED', nowMs }];
}

function opened(state: PositionState, nowMs: number): PositionEvent[] {
  // A limit entry rested in the list before: its fill makes a difference there by itself.
  const untoldYet =
    !state.suspicion && intentsOf(state, 'entry').every(({ request }) => request.kind === 'market');
  return [
    { type: 'PositionOpened', nowMs },
    ...(untoldYet ? [{ type: 'Suspected' as const, suspicion: untold(nowMs) }] : []),
  ];
}

/** An entry that was given up turns out to have filled, and is closed again: so it did open. */
function planLateEntry(state: PositionState, nowMs: number): PositionEvent[] {
  if (state.exitReason !== 'NEVER_OPENED' || !everOpened(state) || isPositive(openQuantity(state))) return [];
  return [{ type: 'WentFlat', reason: exitReasonOf(state), nowMs }];
}

function planCover(state: PositionState, nowMs: number): PositionEvent[] {
  const open = isPositive(openQuantity(state));
  if (!open) return state.cover.name === 'uncovered' ? [{ type: 'CoverRestored', nowMs }] : [];
  const covered = isCovered(state);
  if (covered && state.cover.name !== 'covered') return [{ type: 'CoverRestored', nowMs }];
  if (!covered && state.cover.name !== 'uncovered') return [{ type: 'CoverLost', nowMs }];
  const limit = state.settings.emergencyCloseMs;
  const wanted = heldTranches(state).some((tranche) => wantedStop(state, tranche) !== null);
  const managed = state.stage.name === 'entering' || state.stage.name === 'open';
  if (
    !covered &&
    wanted &&
    managed &&
    state.policy !== 'watch' &&
    limit !== null &&
    state.cover.name === 'uncovered' &&
    nowMs - (state.cover.triedSinceMs ?? state.cover.sinceMs) >= limit
  ) {
    if (stopJustBegun(state)) return [];
    return [{ type: 'CloseRequested', reason: 'EMERGENCY_CLOSE', why: 'no stop could be placed', nowMs }];
  }
  return [];
}

/**
 * Attempts and look-ups that a stop gets, however late: while no worker ran, time passed but nobody
 * tried. They outlast an exchange's receive window, and with a worker they end before the limit does.
 */
const FAIR_TRIES = 6;

const stopJustBegun = (state: PositionState): boolean =>
  !intentsOf(state, 'stop').some((intent) => isInVain(state, intent)) &&
  activeIntents(state, 'stop').some(
    ({ status }) =>
      (status.name === 'planned' && status.attempts < FAIR_TRIES) ||
      (status.name === 'unknown' && status.asks < FAIR_TRIES),
  );

/** Sent again and again since the cover was lost, and never seen. */
const isInVain = ({ cover }: PositionState, { resends = 0, plannedAtMs }: Intent): boolean =>
  resends >= MAX_RESENDS && cover.name === 'uncovered' && plannedAtMs >= cover.sinceMs;

/** Closes what is open at market, again and again until flat; protection rests until then. */
function planClosing(state: PositionState, nowMs: number): PositionEvent[] {
  const reason = closingReason(state);
  if (reason === null) return [];
  for (const tranche of state.tranches) {
    const quantity = trancheQuantity(state, tranche.id);
    if (!isPositive(quantity) || closesAtMarket(state, tranche.id).length > 0) continue;
    // `planOrders` takes it back, and would do no harm where that fails: it only reduces.
    if (closesAtLimit(state, tranche.id).some(isLeaving)) continue;
    if (heldOffUntil(state, { role: 'close', trancheId: tranche.id }) > nowMs) continue;
    const part = capped(quantity, state.market.maxQuantity);
    return [{ type: 'IntentPlanned', intent: closeIntent(state, tranche.id, part, reason, nowMs) }];
  }
  return [];
}

/** Settling with a quantity open happens when an entry filled late: it is closed as the rest was. */
function closingReason(state: PositionState) {
  if (state.stage.name === 'closing') return state.stage.reason;
  if (state.stage.name !== 'settling') return null;
  if (state.stage.reason === 'NEVER_OPENED') return 'EMERGENCY_CLOSE';
  return state.stage.reason ?? 'EXCHANGE_CLOSED_RECONCILIATION';
}

const capped = (quantity: Decimal, limit: Decimal | undefined): Decimal =>
  limit === undefined ? quantity : min(quantity, limit);

/** Flat, every own order proven terminal, the row in the journal: only then is it over. */
function planEnd(state: PositionState, nowMs: number): PositionEvent[] {
  if (state.stage.name !== 'settling' || state.suspicion || !ordersProven(state)) return [];
  return flatProven(state) && journalComplete(state, nowMs) ? [{ type: 'PositionClosed' }] : [];
}

function planOrders(state: PositionState, nowMs: number): PositionEvent[] {
  switch (state.stage.name) {
    case 'entering':
    case 'open':
      return state.tranches.flatMap((tranche) => planProtection(state, tranche, nowMs)).slice(0, 1);
    case 'closing':
      return takenBack(
        [...activeIntents(state, 'entry'), ...closesAtLimit(state)],
        'the position is closing',
      );
    case 'settling':
      return isPositive(openQuantity(state))
        ? takenBack([...activeIntents(state, 'entry'), ...closesAtLimit(state)], 'the position is closed')
        : takenBack(
            state.intents.filter((intent) => !isDone(intent)),
            'the position is closed',
          );
    case 'closed':
      return [];
  }
}
