/**
 * What a leg's executions say: own orders grow to what they filled, the rest is somebody else's, each
 * counted exactly and once, by its id.
 */
import { div, gt, isPositive, lt, min, mul, neg, sum, type Decimal } from '../decimal.ts';
import type { PositionEvent } from '../position/events.ts';
import { evolve } from '../position/evolve.ts';
import type { Fill } from '../exchange-truth.ts';
import { externally, reduceBy } from './external-changes.ts';
import type { Intent, PositionState } from '../position/position.ts';
import { isDone, restingQuantity, trancheBalance } from '../position/quantities.ts';
import { openingSide } from '../terms.ts';

/** Applies the executions: own orders grow to what filled, the rest is somebody else's. */
export function explain(state: PositionState, fills: Fill[], nowMs: number): PositionEvent[] {
  const own = state.intents.flatMap((intent) => ownFills(intent, fills, nowMs));
  // While an own order has no id yet, its executions would look like somebody else's.
  if (state.intents.some((intent) => intent.orderId === null && !isDone(intent))) return own;
  return [...own, ...foreignFills(own.reduce(evolve, state), fills)];
}

function ownFills(intent: Intent, fills: Fill[], nowMs: number): PositionEvent[] {
  const mine = fills.filter((fill) => fill.orderId === intent.orderId);
  const filled = sum(mine.map((fill) => fill.quantity));
  if (intent.orderId === null || !gt(filled, intent.filledQuantity)) return [];
  const value = sum(mine.map((fill) => mul(fill.price, fill.quantity)));
  const atMs = Math.max(...mine.map((fill) => fill.atMs));
  const figures = { filledQuantity: filled, averagePrice: div(value, filled), atMs };
  const { number, orderId } = intent;
  if (!lt(filled, restingQuantity(intent)) || intent.status.name === 'done') {
    return [{ type: 'IntentEnded', number, how: 'filled', reason: null, orderId, ...figures, nowMs }];
  }
  return [{ type: 'IntentProgressed', number, orderId, ...figures, nextAskAtMs: null, byFills: true }];
}

/** Somebody else's executions, oldest first; what exceeds the open quantity is not this position's. */
function foreignFills(state: PositionState, fills: Fill[]): PositionEvent[] {
  const ours = new Map(
    state.intents.flatMap((intent) => (intent.orderId === null ? [] : [[intent.orderId, intent] as const])),
  );
  const own = fills.filter((fill) => ours.has(fill.orderId));
  const fromMs = beganAtMs(
    state,
    own.filter((fill) => ours.get(fill.orderId)?.role === 'entry'),
  );
  const events: PositionEvent[] = [];
  let now = state;
  for (const fill of fills.filter((each) => !ours.has(each.orderId)).toSorted((a, b) => a.atMs - b.atMs)) {
    if (fill.atMs < fromMs || isCounted(state, fill)) continue;
    const held = heldAt(now, own, fill);
    if (!isPositive(held)) continue; // of somebody's new position, not of this one
    const more: PositionEvent[] =
      fill.side === openingSide(state.side)
        ? [externally(now, fill.quantity, fill)]
        : reduceBy(now, min(fill.quantity, held), { ...fill, cause: fill.forced ?? 'manual' });
    now = more.reduce(evolve, now);
    events.push(...more);
  }
  return events;
}

/** Taken out of several parts, an execution is there once for each, merged since or not. */
const isCounted = ({ externals }: PositionState, { fillId }: Fill): boolean =>
  externals.some((change) => change.fillId === fillId || change.fillId.startsWith(`${fillId}/t`));

/** Executions before the first own one are of an older life of the leg; before a believed list, they are in it. */
function beganAtMs(state: PositionState, entries: Fill[]): number {
  const first =
    entries.length > 0 ? Math.min(...entries.map((fill) => fill.atMs)) : (state.firstSentAtMs ?? 0);
  const believed = state.externals.filter(({ cause }) => cause === 'inferred').map(({ atMs }) => atMs + 1);
  return Math.max(first, state.adoptedAtMs ?? 0, ...believed);
}

/**
 * What was open when a foreign execution happened: what is now, without what own orders did later. An
 * addition dated like an own exit came before it: after it there was nothing left to add to.
 */
function heldAt(state: PositionState, own: Fill[], { atMs, side }: Fill): Decimal {
  const adds = side === openingSide(state.side);
  const later = own.filter((fill) => fill.atMs > atMs || (adds && fill.atMs === atMs && fill.side !== side));
  const changes = later.map((fill) =>
    fill.side === openingSide(state.side) ? neg(fill.quantity) : fill.quantity,
  );
  return sum([...state.tranches.map((tranche) => trancheBalance(state, tranche.id)), ...changes]);
}
