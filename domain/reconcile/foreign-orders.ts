/**
 * Orders on the leg that this position did not place: what they are, when they come and go, and
 * whether their ids say that another copy of Holdfast writes here.
 *
 * They are left alone and shown. A *leftover* is in our own dialect and was there before this position
 * began, of an earlier epoch or another copy's past. A *second writer's* order came into being while
 * this position had the leg to itself.
 */
import { closes } from '../position/adoption.ts';
import type { PositionEvent } from '../position/events.ts';
import type { ExchangeOrder, Fill, LegSnapshot } from '../exchange-truth.ts';
import { raised } from '../position/findings.ts';
import { legTag, parseClientOrderId } from '../ids.ts';
import { orderMatches } from './matching.ts';
import type { Intent, PositionState } from '../position/position.ts';
import { openQuantity } from '../position/quantities.ts';
import type { ForeignOrder } from '../view.ts';

/** More than any leg needs; a grid of somebody's must not fill the state. Those that cover come first. */
const MAX_FOREIGN = 200;

/** Times of an exchange and of the gateway, and of two copies that began within the same moment. */
const DATING_SLACK_MS = 2_000;

/** What the reading says of orders that are not this position's. */
export function foreignOrders(
  state: PositionState,
  { orders, takenAtMs }: Pick<LegSnapshot, 'orders' | 'takenAtMs'>,
): ForeignOrder[] {
  return orders
    .filter((order) => !isOwn(state, order))
    .map((order) => foreignOrder(state, order, takenAtMs))
    .toSorted((a, b) => Number(b.covers) - Number(a.covers))
    .slice(0, MAX_FOREIGN);
}

function foreignOrder(state: PositionState, order: ExchangeOrder, takenAtMs: number): ForeignOrder {
  const { orderId, kind, side, closePosition } = order;
  const reduces = closes(state, order);
  const origin = originOf(state, order, takenAtMs);
  return {
    orderId,
    kind,
    side,
    quantity: closePosition ? openQuantity(state) : order.quantity,
    price: order.price ?? null,
    triggerPrice: order.triggerPrice ?? null,
    closePosition,
    closes: reduces,
    covers: kind === 'stop_market' && reduces,
    ...(kind === 'take_profit_market' && reduces ? { targets: true } : {}),
    ...(origin === undefined ? {} : { origin }),
  };
}

function isOwn(state: PositionState, order: ExchangeOrder): boolean {
  return state.intents.some(
    (intent) =>
      intent.orderId === order.orderId ||
      // The execution of an own conditional order, where the exchange makes a new order for it.
      (intent.orderId !== null && intent.orderId === order.triggeredBy) ||
      // One whose answer is still out may be among them without its id being known.
      (intent.orderId === null && mayRest(intent) && orderMatches(intent.request, order)) ||
      (order.kind === 'market' && isClientIdOf(intent, order)),
  );
}

/** Not ended, or only presumed to be: `reconcile.ts` looks after that one. */
const mayRest = ({ status }: Intent): boolean => status.name !== 'done' || status.presumedAtMs !== undefined;

/** A triggered order works under the same client id for a moment, under an id of its own. */
const isClientIdOf = ({ request }: Intent, { clientOrderId }: ExchangeOrder): boolean =>
  clientOrderId?.toLowerCase() === request.clientOrderId;

function originOf(state: PositionState, order: ExchangeOrder, takenAtMs: number): ForeignOrder['origin'] {
  const parsed = order.clientOrderId === undefined ? undefined : parseClientOrderId(order.clientOrderId);
  if (!parsed) return undefined;
  // Of a position that began after this one, by whichever copy.
  if (parsed.epoch > state.epoch) return 'second_writer';
  if (parsed.legTag === legTag(state) && parsed.epoch === state.epoch) {
    const { number } = parsed;
    const forgotten = number <= lastNumber(state) && state.intents.every((each) => each.number !== number);
    return forgotten ? 'leftover' : 'second_writer';
  }
  return cameLater(state, order, takenAtMs) ? 'second_writer' : 'leftover';
}

const lastNumber = ({ intents }: PositionState): number => intents.at(-1)?.number ?? 0;

/** Created after this position began; where nobody dates it, not among the first that were ever shown. */
function cameLater(
  state: PositionState,
  { orderId, createdAtMs }: ExchangeOrder,
  takenAtMs: number,
): boolean {
  const known = state.foreignOrders.find((each) => each.orderId === orderId);
  if (known) return known.origin === 'second_writer';
  if (createdAtMs === undefined) return state.lastSnapshotAtMs !== null && state.lastSnapshotAtMs < takenAtMs;
  return state.firstSentAtMs !== null && createdAtMs >= state.firstSentAtMs + DATING_SLACK_MS;
}

/** What is news about them, for the journal, and a second writer once for each set of its orders. */
export const foreignNews = (
  state: PositionState,
  now: ForeignOrder[],
  takenAtMs: number,
  nowMs: number,
): PositionEvent[] => [...changed(state.foreignOrders, now, takenAtMs), ...secondWriter(state, now, nowMs)];

function changed(before: ForeignOrder[], now: ForeignOrder[], atMs: number): PositionEvent[] {
  const was = new Map(before.map((order) => [order.orderId, order]));
  const is = new Set(now.map(({ orderId }) => orderId));
  const appeared = now.filter(({ orderId }) => !was.has(orderId));
  const altered = now.filter((order) => {
    const known = was.get(order.orderId);
    return known !== undefined && termsOf(known) !== termsOf(order);
  });
  const gone = before.filter(({ orderId }) => !is.has(orderId));
  if (appeared.length + altered.length + gone.length === 0) return [];
  return [{ type: 'ForeignOrdersChanged', appeared, altered, gone, atMs }];
}

/** The quantity of one that closes everything is this position's own. */
const termsOf = ({ quantity, price, triggerPrice, closePosition }: ForeignOrder): string =>
  JSON.stringify([closePosition ? null : quantity, price, triggerPrice]);

function secondWriter(state: PositionState, now: ForeignOrder[], nowMs: number): PositionEvent[] {
  const orderIds = now.filter(({ origin }) => origin === 'second_writer').map(({ orderId }) => orderId);
  return orderIds.length === 0 ? [] : secondWriterSeen(state, orderIds, nowMs);
}

/**
 * Executions under an id that only another copy can have sent. One under a number of our own is ours,
 * whatever its order is called: exchanges give an order that triggered a new id.
 */
export function secondWriterTraded(
  state: PositionState,
  fills: readonly Fill[],
  nowMs: number,
): PositionEvent[] {
  const own = new Set(state.intents.map(({ orderId }) => orderId));
  const theirs = fills.filter((fill) => !own.has(fill.orderId) && isAnothers(state, fill));
  const orderIds = [...new Set(theirs.map(({ orderId }) => orderId))];
  return orderIds.length === 0 ? [] : secondWriterSeen(state, orderIds, nowMs);
}

function isAnothers(state: PositionState, { clientOrderId, atMs }: Fill): boolean {
  const parsed = clientOrderId === undefined ? undefined : parseClientOrderId(clientOrderId);
  if (!parsed) return false;
  const { legTag: tag, epoch, role, number } = parsed;
  if (epoch > state.epoch) return true;
  if (tag === legTag(state) && epoch === state.epoch) return number > lastNumber(state);
  // A stop that was left over may trigger at any time; a close at market is decided at that time.
  return role === 'close' && state.firstSentAtMs !== null && atMs >= state.firstSentAtMs + DATING_SLACK_MS;
}

/** Told once for each set: what was told before is no news. */
export function secondWriterSeen(state: PositionState, orderIds: string[], nowMs: number): PositionEvent[] {
  const known = state.secondWriter?.orderIds ?? [];
  if (orderIds.every((orderId) => known.includes(orderId))) return [];
  const text = `another copy of Holdfast trades this leg: nobody here placed ${orderIds.join(', ')}; stop one of the two`;
  return [{ type: 'SecondWriterSeen', orderIds, nowMs }, raised('alarm', 'second_writer', text, nowMs)];
}
