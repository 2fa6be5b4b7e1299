/** An order as a workflow wants it that knows its terms: every byte of it stays in a history. */
import type { ExchangeOrder } from '../domain/exchange-truth.ts';
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
