/** Cancels one order by its id. "Not found" is never "cancelled": it may as well have been filled. */
import type { CancelOutcome } from '../../domain/exchange-truth.ts';
import type { Symbol } from '../../domain/terms.ts';
import type { BingxApi } from './api.ts';
import type { Markets } from './markets.ts';
import { placedBody } from './wire.ts';

export type CancelRequest = { symbol: Symbol; orderId: string };
export type CancelOptions = { priority?: 'stop' | 'cancel' };

export function createCanceller(api: BingxApi, markets: Markets) {
  return async (
    { symbol, orderId }: CancelRequest,
    { priority = 'cancel' }: CancelOptions = {},
  ): Promise<CancelOutcome> => {
    const params = { symbol: markets.idOf(symbol), orderId };
    const reply = await api.call('cancelOrder', params, { priority, placing: true });
    const { answeredAtMs } = reply;
    if (reply.ok) {
      const body = placedBody.safeParse(reply.body);
      // An answer about another order, or about none, proves nothing about this one.
      const proven = body.success && body.data.data === orderId;
      return proven
        ? { outcome: 'cancelled', answeredAtMs }
        : { outcome: 'unknown', reason: 'the answer does not name the order', answeredAtMs };
    }
    const { failure } = reply;
    if (failure.class === 'order_gone' || failure.class === 'no_position')
      return { outcome: 'gone', reason: failure.reason, answeredAtMs };
    const retry = failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs };
    return { outcome: 'unknown', reason: failure.reason, answeredAtMs, ...retry };
  };
}
