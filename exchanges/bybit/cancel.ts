/** Cancels one order by its id. */
import type { CancelOutcome } from '../../domain/exchange-truth.ts';
import type { Markets } from '../market-list.ts';
import { cancelOutcome, type CancelOptions, type CancelRequest } from '../placing.ts';
import { LINEAR, type BybitApi } from './api.ts';
import { placedBody } from './wire.ts';

export function createCanceller(api: BybitApi, markets: Markets) {
  return async (
    { symbol, orderId }: CancelRequest,
    { priority = 'cancel' }: CancelOptions = {},
  ): Promise<CancelOutcome> => {
    const params = { ...LINEAR, symbol: markets.idOf(symbol), orderId };
    const reply = await api.call('cancelOrder', params, { priority, placing: true });
    return cancelOutcome(reply, (body) => placedBody.safeParse(body).data?.orderId === orderId);
  };
}
