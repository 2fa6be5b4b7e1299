/**
 * Own orders that are alike in everything an exchange shows of them: two parts of a position with the same
 * quantity and the same stop, where conditional orders carry no client id. Which of them is which makes no
 * difference, so that each takes one; somebody else's among them would. Pure.
 */
import { eq } from '../decimal.ts';
import type { ExchangeOrder, OrderRequest } from '../exchange-truth.ts';
import type { Intent, PositionState } from '../position/position.ts';

/** Another of our orders is known under this id. */
export const isClaimed = ({ intents }: PositionState, intent: Intent, orderId: string): boolean =>
  intents.some((other) => other.number !== intent.number && other.orderId === orderId);

/**
 * The order that this one of several alike takes, of those that a look-up found.
 * @returns `none`: all of them are others of ours; `many`: there are more than ours, so one is somebody else's
 */
export function chosenTwin(
  state: PositionState,
  intent: Intent,
  found: readonly ExchangeOrder[],
): ExchangeOrder | 'none' | 'many' {
  const free = found
    .filter(({ orderId }) => !isClaimed(state, intent, orderId))
    .toSorted((a, b) => (a.createdAtMs ?? 0) - (b.createdAtMs ?? 0) || (a.orderId < b.orderId ? -1 : 1));
  const twins = state.intents.filter(
    ({ status, orderId, request }) =>
      status.name === 'unknown' && orderId === null && isAlike(request, intent.request),
  );
  if (free.length > twins.length) return 'many';
  return free[twins.findIndex(({ number }) => number === intent.number)] ?? 'none';
}

const isAlike = (a: OrderRequest, b: OrderRequest): boolean =>
  a.kind === b.kind &&
  a.side === b.side &&
  a.leg === b.leg &&
  eq(a.quantity, b.quantity) &&
  a.triggerPrice !== undefined &&
  b.triggerPrice !== undefined &&
  eq(a.triggerPrice, b.triggerPrice);
