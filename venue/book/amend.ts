/** Changes an open order in place. */
import { isMultiple, isPositive, lte } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { ManualAmendment } from '../control/types.ts';
import type { Books } from './books.ts';
import { marketOf } from './margin.ts';
import { isDormant, isOpen } from './model.ts';
import type { Attachment, Order, Trigger } from './model.ts';
import { findOrder } from './place.ts';
import type { OrderRef } from './place.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { takeNow } from './trigger.ts';
import { isMarketable } from './work.ts';

/** What is left out stays. */
export type Amendment = {
  readonly quantity?: Decimal;
  readonly price?: Decimal;
  readonly trigger?: Trigger;
  readonly attachments?: readonly Attachment[];
};

/** What is filled stays filled; a price that would trade now trades now. The row comes back as it is after that. */
export function amendOrder(books: Books, account: string, ref: OrderRef, change: Amendment): Order | Refusal {
  return books.transact(() => {
    const order = findOrder(books, account, ref);
    if (!order || !isOpen(order)) return refuse('order-not-found', 'order not exist');
    const refused = checkChange(books, order, change);
    if (refused) return refused;
    const amended: Order = { ...order, ...change, updatedAtMs: books.now() };
    books.put.order(amended);
    books.emit({ kind: 'order', execution: 'AMENDED', order: amended, fill: null });
    const trades = change.price !== undefined && !isDormant(amended);
    return trades && isMarketable(amended, marketOf(books, order.symbol).last)
      ? takeNow(books, amended)
      : amended;
  });
}

/** As in the exchange's app: the order keeps its id. */
export function amendByHand(
  books: Books,
  account: string,
  orderId: string,
  { stopPrice, ...change }: ManualAmendment,
): Order | Refusal {
  const order = books.orders.get(orderId);
  if (stopPrice === undefined) return amendOrder(books, account, { orderId }, change);
  if (!order?.trigger) return refuse('order-not-found', `${orderId} waits for no trigger price`);
  const trigger = { ...order.trigger, price: stopPrice };
  return amendOrder(books, account, { orderId }, { ...change, trigger });
}

function checkChange(books: Books, order: Order, { quantity, price }: Amendment): Refusal | undefined {
  const { lotSize, tickSize } = marketOf(books, order.symbol);
  if (price !== undefined && !isPositive(price))
    return refuse('bad-price', `price ${price} must be greater than 0`);
  if (price !== undefined && !isMultiple(price, tickSize))
    return refuse('bad-price', `price ${price} is no multiple of ${tickSize}`);
  if (quantity === undefined) return undefined;
  if (!isMultiple(quantity, lotSize))
    return refuse('quantity-step', `quantity ${quantity} is no multiple of ${lotSize}`);
  return lte(quantity, order.filledQuantity)
    ? refuse('bad-quantity', `${order.filledQuantity} is filled already`)
    : undefined;
}
