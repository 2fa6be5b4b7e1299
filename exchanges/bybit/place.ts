/** An order as Bybit takes it: what is sent is what was asked, digit by digit; a closing order can never open. */
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import type { WorkingType } from '../../domain/terms.ts';
import type { Params } from '../ccxt/api.ts';
import { isConditional } from '../lookup.ts';
import type { Market, Markets } from '../market-list.ts';
import { brokenBounds } from '../market-rules.ts';
import type { BybitMarkets } from './markets.ts';
import {
  cancelOutcome,
  createPlacing,
  priorityOf,
  type CancelOptions,
  type CancelRequest,
} from '../placing.ts';
import type { CancelOutcome } from '../../domain/exchange-truth.ts';
import { LINEAR, type BybitApi } from './api.ts';
import { bybitSideOf, positionIdxOf } from './legs.ts';
import { placedBody } from './wire.ts';

export const createPlacer = (api: BybitApi, markets: BybitMarkets) =>
  createPlacing({
    markets,
    redact: api.redact,
    brokenHere: (request, { bounds }) => brokenBounds(request, bounds),
    send: (request, market) =>
      api.call('placeOrder', orderParams(request, market), { priority: priorityOf(request), placing: true }),
    orderIdOf: (body, request) => {
      const placed = placedBody.safeParse(body).data;
      // An answer about another order proves nothing about this one.
      const linked = placed?.orderLinkId ?? request.clientOrderId;
      return linked.toLowerCase() === request.clientOrderId.toLowerCase() ? placed?.orderId : undefined;
    },
  });

const TRIGGER_BY: Record<WorkingType, 'LastPrice' | 'MarkPrice'> = {
  CONTRACT_PRICE: 'LastPrice',
  MARK_PRICE: 'MarkPrice',
};
const RISES = 1;
const FALLS = 2;

/** The request's parameters; everything that Bybit would otherwise assume is said. */
export function orderParams(request: OrderRequest, market: Pick<Market, 'id'>): Params {
  const conditional = isConditional(request);
  return {
    ...LINEAR,
    symbol: market.id,
    side: bybitSideOf[request.side],
    orderType: request.kind === 'limit' ? 'Limit' : 'Market',
    qty: request.quantity,
    positionIdx: positionIdxOf[request.leg],
    reduceOnly: request.reduceOnly,
    orderLinkId: request.clientOrderId.toLowerCase(),
    ...(request.kind === 'limit' && request.price !== undefined
      ? { price: request.price, timeInForce: 'GTC' }
      : {}),
    ...(conditional && request.triggerPrice !== undefined
      ? {
          triggerPrice: request.triggerPrice,
          triggerDirection: directionOf(request),
          triggerBy: TRIGGER_BY[request.workingType ?? 'MARK_PRICE'],
          // A stop that closes goes before other orders when there is no margin left.
          ...(request.reduceOnly ? { closeOnTrigger: true } : {}),
        }
      : {}),
  };
}

/** A stop follows the price: to sell when it falls, to buy when it rises; a target is the other way round. */
function directionOf({ kind, side }: OrderRequest): typeof RISES | typeof FALLS {
  const sellsOnFall = kind === 'stop_market';
  return (side === 'sell') === sellsOnFall ? FALLS : RISES;
}

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
