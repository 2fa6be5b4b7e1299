/**
 * Whether what the exchange lists on a leg is somebody's next position there, opened after ours had closed:
 * where positions have no ids, only executions tell the two apart. Pure.
 */
import { abs, add, eq, gt, isPositive, isZero, lt, neg, ZERO, type Decimal } from '../decimal.ts';
import type { ExchangePosition, Fill } from '../exchange-truth.ts';
import type { PositionState } from '../position/position.ts';
import { openQuantity } from '../position/quantities.ts';

/**
 * @param fills every execution of the leg since this position began
 * @returns true only where all of them together leave just this position, and no own order had a part in it
 *   since the leg was flat the last time
 */
export function isSuccessor(
  state: PositionState,
  fills: readonly Fill[],
  position: ExchangePosition | undefined,
): boolean {
  if (!position || !isZero(openQuantity(state))) return false;
  const own = new Set(state.intents.flatMap(({ orderId }) => orderId ?? []));
  let held = adoptedQuantity(state);
  let sinceFlat: Fill[] | undefined;
  for (const fill of ofThisLife(state, fills)) {
    const before = held;
    held = add(held, fill.side === 'buy' ? fill.quantity : neg(fill.quantity));
    // One execution may close a position and open the next.
    if (turned(before, held)) sinceFlat = [];
    sinceFlat?.push(fill);
    if (isZero(held)) sinceFlat = [];
  }
  const side = isPositive(held) ? 'long' : 'short';
  const others = sinceFlat?.every(({ orderId }) => !own.has(orderId)) ?? false;
  return others && !isZero(held) && eq(abs(held), position.quantity) && side === position.side;
}

const turned = (before: Decimal, after: Decimal): boolean =>
  (gt(before, ZERO) && lt(after, ZERO)) || (lt(before, ZERO) && gt(after, ZERO));

/** Signed; what was there when it was taken up. */
function adoptedQuantity({ externals, side }: PositionState): Decimal {
  const adopted = externals.find(({ cause }) => cause === 'adopted')?.quantity ?? ZERO;
  return side === 'long' ? adopted : neg(adopted);
}

/** Oldest first, from the first own execution on, or from the reading that it was taken up from. */
function ofThisLife(state: PositionState, fills: readonly Fill[]): Fill[] {
  const ordered = fills.toSorted((a, b) => a.atMs - b.atMs);
  const { adoptedAtMs } = state;
  if (adoptedAtMs !== undefined) return ordered.filter(({ atMs }) => atMs >= adoptedAtMs);
  const entries = new Set(
    state.intents.flatMap(({ role, orderId }) => (role === 'entry' && orderId !== null ? [orderId] : [])),
  );
  const first = ordered.findIndex(({ orderId }) => entries.has(orderId));
  return first < 0 ? [] : ordered.slice(first);
}
