/**
 * Conditional orders that fire as another order: the one that waited ends as `triggered`, and an ordinary
 * order with an id of its own trades. What its position or the margin no longer carries is rejected then.
 */
import type { Books } from './books.ts';
import { endOrder } from './cancel.ts';
import { checkOrder } from './checks.ts';
import { accountOf, executableQuantity } from './fill.ts';
import { marketOf } from './margin.ts';
import type { Order } from './model.ts';
import { newOrder } from './new-order.ts';
import type { PlacingRules } from './rules.ts';

/** The order carries on the client id of the one that waited: a stop must not fail because another has it, too. */
const FIRING_RULES: PlacingRules = {
  clientIds: 'none',
  conditional: 'fits-when-fired',
  oversizedReduceOnly: 'shrink',
  reduceOnlyInHedge: 'refuse',
  wholePositionStops: 'setting',
  takingPostOnly: 'refuse',
};

/** The live order, still to trade; `undefined` where it was rejected. */
export function spawnOrder(books: Books, parent: Order, firesAs: string): Order | undefined {
  const child = ordinaryOrder(books, parent, firesAs);
  const draft = {
    account: accountOf(books, parent.account),
    market: marketOf(books, parent.symbol),
    order: child,
    rules: FIRING_RULES,
  };
  const refused = checkOrder(books, draft);
  if (refused) {
    endOrder(books, parent, 'expired', `rejected: ${refused.refused}`);
    return undefined;
  }
  const nowMs = books.now();
  const fired: Order = { ...parent, state: 'triggered', triggeredAtMs: nowMs, updatedAtMs: nowMs };
  books.put.order(fired);
  books.put.order(child);
  books.emit({ kind: 'order', execution: 'TRIGGERED', order: fired, fill: null });
  books.emit({ kind: 'order', execution: 'NEW', order: child, fill: null });
  return child;
}

function ordinaryOrder(books: Books, parent: Order, orderId: string): Order {
  const order = newOrder(books, {
    orderId,
    clientOrderId: parent.clientOrderId,
    account: parent.account,
    symbol: parent.symbol,
    leg: parent.leg,
    side: parent.side,
    label: parent.execution === 'market' ? 'MARKET' : 'LIMIT',
    execution: parent.execution,
    quantity: parent.quantity,
    price: parent.price,
    timeInForce: parent.timeInForce,
    reduceOnly: parent.reduceOnly,
    closePosition: parent.closePosition,
    parentOrderId: parent.orderId,
    origin: parent.origin,
    leverage: parent.leverage,
  });
  return parent.closePosition ? { ...order, quantity: executableQuantity(books, order) } : order;
}
