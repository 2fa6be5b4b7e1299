/** Cancels one order by its id. */
import type { CancelOutcome } from '../../domain/exchange-truth.ts';
import type { Markets } from '../market-list.ts';
import { cancelOutcome, type CancelOptions, type CancelRequest } from '../placing.ts';
import type { BingxApi } from './api.ts';
import { placedBody } from './wire.ts';

export function createCanceller(api: BingxApi, markets: Markets) {
  return async (
    { symbol, orderId }: CancelRequest,
    { priority = 'cancel' }: CancelOptions = {},
  ): Promise<CancelOutcome> => {
    const params = { symbol: markets.idOf(symbol), orderId };
    const reply = await api.call('cancelOrder', params, { priority, placing: true });
    return cancelOutcome(reply, (body) => placedBody.safeParse(body).data?.data === orderId);
  };
}
