/** Stops and targets that an entry brought along: they live from its first fill on and grow with it. */
import { isPositive, ZERO } from '../../domain/decimal.ts';
import type { Books } from './books.ts';
import { endOrder } from './cancel.ts';
import { closingSide, directionOf, isOpen, legKey } from './model.ts';
import type { Attachment, Order } from './model.ts';
import { newOrder } from './new-order.ts';

export function attachProtection(books: Books, entry: Order): void {
  if (entry.attachments.length === 0 || !isPositive(entry.filledQuantity)) return;
  if (!books.positions.has(legKey(entry.account, entry.symbol, entry.leg))) return;
  for (const attachment of entry.attachments) {
    const child = [...books.open.values()].find(
      (order) => order.parentOrderId === entry.orderId && order.trigger?.role === attachment.role,
    );
    if (!child) addChild(books, entry, attachment);
    else if (isOpen(child) && !child.closePosition)
      books.put.order({ ...child, quantity: entry.filledQuantity, updatedAtMs: books.now() });
  }
}

/** What protects the whole position takes the place of what did. */
function addChild(books: Books, entry: Order, attachment: Attachment): void {
  const child = childOf(books, entry, attachment);
  const former = attachment.wholePosition
    ? [...books.open.values()].filter((order) => isSameProtection(order, child))
    : [];
  for (const order of former) endOrder(books, order, 'cancelled', 'replaced');
  books.put.order(announced(books, child));
}

const isSameProtection = (order: Order, child: Order): boolean =>
  order.account === child.account &&
  order.symbol === child.symbol &&
  order.leg === child.leg &&
  order.closePosition &&
  order.label === child.label;

function announced(books: Books, order: Order): Order {
  books.emit({ kind: 'order', execution: 'NEW', order, fill: null });
  return order;
}

function childOf(books: Books, entry: Order, attachment: Attachment): Order {
  const direction = directionOf(entry.side);
  return newOrder(books, {
    account: entry.account,
    symbol: entry.symbol,
    leg: entry.leg,
    side: closingSide(direction),
    label: attachment.label,
    execution: attachment.limitPrice === null ? 'market' : 'limit',
    quantity: attachment.wholePosition ? ZERO : entry.filledQuantity,
    closePosition: attachment.wholePosition ?? false,
    price: attachment.limitPrice,
    trigger: {
      price: attachment.triggerPrice,
      source: attachment.source,
      role: attachment.role,
      fires: (attachment.role === 'stop') === (direction === 'long') ? 'falling' : 'rising',
    },
    reduceOnly: true,
    origin: 'attached',
    parentOrderId: entry.orderId,
    leverage: entry.leverage,
  });
}
