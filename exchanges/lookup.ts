/** What looking an order up has in common on every exchange: which row is the one that was meant. */
import { eq } from '../domain/decimal.ts';
import type { ExchangeOrder, OrderRequest } from '../domain/exchange-truth.ts';
import type { OrderLookup, OrderQuery } from './exchange.ts';

/** Looked back without `sinceMs`. */
export const DEFAULT_LOOKBACK_MS = 24 * 60 * 60_000;
/** Clocks and rounding: an order may be dated a little before its request left. */
export const LOOKUP_SLACK_MS = 2_000;

/** Whether this is the order that was asked for, by its order id, else by its client id. */
export const isNamed = (
  order: ExchangeOrder,
  { orderId, clientOrderId }: Pick<OrderQuery, 'orderId' | 'clientOrderId'>,
): boolean =>
  orderId === undefined
    ? clientOrderId !== undefined && order.clientOrderId === clientOrderId.toLowerCase()
    : order.orderId === orderId;

/** Whether a conditional order without a client id is alike in all the rest; a client id of its own rules it out. */
export function hasShape(order: ExchangeOrder, shape: OrderRequest): boolean {
  return (
    order.clientOrderId === undefined &&
    order.leg === shape.leg &&
    order.side === shape.side &&
    order.kind === shape.kind &&
    order.triggerPrice !== undefined &&
    shape.triggerPrice !== undefined &&
    eq(order.triggerPrice, shape.triggerPrice) &&
    eq(order.quantity, shape.quantity) &&
    (shape.workingType === undefined ||
      order.workingType === undefined ||
      order.workingType === shape.workingType)
  );
}

/** One row per order, the later reading of it. */
export function uniqueOrders(orders: readonly ExchangeOrder[]): ExchangeOrder[] {
  return [...new Map(orders.map((order) => [order.orderId, order])).values()];
}

export function lookupOf(orders: ExchangeOrder[], askedAtMs: number): OrderLookup {
  const [first, ...others] = orders;
  if (!first) return { found: 'none', askedAtMs };
  return others.length === 0
    ? { found: 'one', order: first, askedAtMs }
    : { found: 'many', orders, askedAtMs };
}
