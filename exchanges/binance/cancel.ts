/** Cancels one order by its id, at the service that keeps it. */
import type { CancelOutcome } from '../../domain/exchange-truth.ts';
import { cancelOutcome, type CancelOptions, type CancelRequest } from '../placing.ts';
import type { BinanceApi } from './api.ts';
import type { BinanceMarkets } from './markets.ts';
import { orderRef } from './order-ids.ts';
import { placedAlgoBody, placedBody } from './wire.ts';

export function createCanceller(api: BinanceApi, markets: BinanceMarkets) {
  return async (
    { symbol, orderId }: CancelRequest,
    { priority = 'cancel' }: CancelOptions = {},
  ): Promise<CancelOutcome> => {
    const { list, number } = orderRef(orderId);
    const options = { priority, placing: true };
    if (list === 'algo') {
      const reply = await api.call('cancelAlgoOrder', { algoId: number }, options);
      return cancelOutcome(reply, (body) => placedAlgoBody.safeParse(body).data?.algoId === number);
    }
    const params = { symbol: markets.idOf(symbol), orderId: number };
    const reply = await api.call('cancelOrder', params, options);
    return cancelOutcome(reply, (body) => placedBody.safeParse(body).data?.orderId === number);
  };
}
