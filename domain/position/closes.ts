/** Closes of a part: out of which tranches, and what rests at a limit until it fills. */
import { add, eq, isPositive, lt, max, min, sub, sum, ZERO, type Decimal } from '../decimal.ts';
import type { PositionEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { planIntent } from './orders.ts';
import type { Intent, PositionState } from './position.ts';
import { activeIntents, remaining, trancheQuantity } from './quantities.ts';

/** Closes that wait for their price, and may wait for ever. */
export const closesAtLimit = (state: PositionState, trancheId?: string): Intent[] =>
  activeIntents(state, 'close', trancheId).filter(({ request }) => request.kind === 'limit');

/** Closes that are over as soon as the exchange has them. */
export const closesAtMarket = (state: PositionState, trancheId?: string): Intent[] =>
  activeIntents(state, 'close', trancheId).filter(({ request }) => request.kind !== 'limit');

/** Base units that closes at a limit are to close. */
export const heldAtLimit = (state: PositionState, trancheId?: string): Decimal =>
  sum(closesAtLimit(state, trancheId).map(remaining));

/** Whether a close at a limit must be waited for: it is being taken back, and nothing has gone wrong with that. */
export const isLeaving = ({ status }: Intent): boolean =>
  status.name === 'planned' || (status.name === 'live' && status.cancelAttempts === 0);

/** What of a tranche no close at a limit has been placed for. */
const freeIn = (state: PositionState, trancheId: string): Decimal =>
  max(ZERO, sub(trancheQuantity(state, trancheId), heldAtLimit(state, trancheId)));

export const freeQuantity = (state: PositionState, trancheIds: readonly string[]): Decimal =>
  sum(trancheIds.map((id) => freeIn(state, id)));

type Part = { trancheId: string; quantity: Decimal };

/** Out of the first tranche that has as much, and is left with enough to protect, else out of several in turn. */
export function partsOf(state: PositionState, trancheIds: readonly string[], quantity: Decimal): Part[] {
  const held = trancheIds.map((trancheId) => ({ trancheId, free: freeIn(state, trancheId) }));
  const enough = held.filter(({ free }) => !lt(free, quantity));
  const { minQuantity: minimum } = state.market;
  const one = enough.find(({ free }) => eq(free, quantity) || !lt(sub(free, quantity), minimum)) ?? enough[0];
  if (one) return [{ trancheId: one.trancheId, quantity }];
  const parts: Part[] = [];
  let left = quantity;
  for (const { trancheId, free } of held) {
    const part = min(left, free);
    if (isPositive(part)) parts.push({ trancheId, quantity: part });
    left = sub(left, part);
  }
  return withoutDust(state, parts);
}

/** An order under the minimum would be refused: the part before gives it what it lacks. */
function withoutDust(state: PositionState, parts: Part[]): Part[] {
  const { minQuantity: minimum } = state.market;
  const [before, last] = parts.slice(-2);
  if (!before || !last || !lt(last.quantity, minimum) || lt(freeIn(state, last.trancheId), minimum))
    return parts;
  const lacks = sub(minimum, last.quantity);
  if (lt(sub(before.quantity, lacks), minimum)) return parts;
  return [
    ...parts.slice(0, -2),
    { ...before, quantity: sub(before.quantity, lacks) },
    { ...last, quantity: add(last.quantity, lacks) },
  ];
}

/** @param limitPrice undefined: at market */
export function plannedCloses(
  state: PositionState,
  parts: readonly Part[],
  limitPrice: Decimal | undefined,
  nowMs: number,
): PositionEvent[] {
  const events: PositionEvent[] = [];
  let after = state;
  const { maxQuantity } = state.market;
  const orders = parts.flatMap((part) =>
    limitPrice === undefined ? inOrders(part, maxQuantity ?? part.quantity) : [part],
  );
  for (const { trancheId, quantity } of orders) {
    const terms =
      limitPrice === undefined
        ? { kind: 'market' as const, quantity }
        : { kind: 'limit' as const, quantity, price: limitPrice };
    const intent = planIntent(after, 'close', trancheId, terms, { nowMs, closeReason: 'USER_CLOSE' });
    const event: PositionEvent = { type: 'IntentPlanned', intent };
    events.push(event);
    after = evolve(after, event);
  }
  return events;
}

/** An exchange takes only so much at market at a time. */
function inOrders({ trancheId, quantity }: Part, most: Decimal): Part[] {
  const first = min(quantity, most);
  const rest = sub(quantity, first);
  const part = { trancheId, quantity: first };
  return isPositive(rest) ? [part, ...inOrders({ trancheId, quantity: rest }, most)] : [part];
}

/** A close at a limit must not close what is another tranche's. */
export function planLimitCloses(state: PositionState): PositionEvent[] {
  if ((state.stage.name !== 'open' && state.stage.name !== 'entering') || state.tranches.length < 2)
    return [];
  return state.tranches
    .filter(({ id }) => lt(trancheQuantity(state, id), heldAtLimit(state, id)))
    .flatMap(({ id }) => takenBack(closesAtLimit(state, id), 'less than that is left of its part'));
}

export const takenBack = (intents: readonly Intent[], why: string): PositionEvent[] =>
  intents
    .filter(({ cancelWanted }) => !cancelWanted)
    .map(({ number }) => ({ type: 'CancelWanted', number, why }));
