/** Whether an order at the exchange is the one that was sent. */
import { eq } from '../decimal.ts';
import type { ExchangeOrder, OrderRequest } from '../exchange-truth.ts';

/**
 * By client id where the exchange shows one; else by everything that makes the order what it is.
 * An order that shows another client id is never ours, however alike.
 */
export function orderMatches(request: OrderRequest, order: ExchangeOrder): boolean {
  if (order.clientOrderId !== undefined && order.clientOrderId !== '') {
    return order.clientOrderId.toLowerCase() === request.clientOrderId;
  }
  return shapeMatches(request, order);
}

function shapeMatches(request: OrderRequest, order: ExchangeOrder): boolean {
  if (request.triggerPrice === undefined || order.triggerPrice === undefined) return false;
  return (
    order.symbol === request.symbol &&
    order.leg === request.leg &&
    order.side === request.side &&
    order.kind === request.kind &&
    eq(order.triggerPrice, request.triggerPrice) &&
    eq(order.quantity, request.quantity)
  );
}
