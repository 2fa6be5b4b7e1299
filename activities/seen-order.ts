/** Orders as a workflow wants them that knows their terms: every byte of them stays in a history. */
import type { ExchangeOrder, OrderRequest } from '../domain/exchange-truth.ts';
import { asSent, type ToldOrder } from '../domain/position/told-order.ts';
import type { SeenOrder } from '../domain/position/outcomes.ts';

export const seenOrder = ({
  orderId,
  status,
  filledQuantity,
  averagePrice,
  createdAtMs,
  updatedAtMs,
}: ExchangeOrder): SeenOrder => ({
  orderId,
  status,
  filledQuantity,
  ...(averagePrice !== undefined && { averagePrice }),
  ...(createdAtMs !== undefined && { createdAtMs }),
  ...(updatedAtMs !== undefined && { updatedAtMs }),
});

/** Without what is as it was sent; `whole` puts it back. */
export function toldOrder(order: ExchangeOrder, request: OrderRequest): ToldOrder {
  const sent: Partial<ExchangeOrder> = { ...asSent(request) };
  const entries = Object.entries(order).filter(([name, value]) => Reflect.get(sent, name) !== value);
  // Only what `whole` knows from the request is left out.
  return Object.fromEntries(entries) as ToldOrder;
}
