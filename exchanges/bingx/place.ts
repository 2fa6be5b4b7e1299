/** An order as BingX takes it: what is sent is what was asked, digit by digit; a closing order can never open. */
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import { createPlacing, priorityOf } from '../placing.ts';
import type { Params } from '../ccxt/api.ts';
import type { BingxApi } from './api.ts';
import { positionSideOf } from './legs.ts';
import type { Market, Markets } from '../market-list.ts';
import { placedBody } from './wire.ts';

/**
 * BingX drops a request that arrives later than this after its timestamp. The rule by which an order
 * is sent again relies on it: after `sentAtMs` plus this, a lost request can no longer become an order.
 */
export const RECEIVE_WINDOW_MS = 5_000;

export const createPlacer = (api: BingxApi, markets: Markets) =>
  createPlacing({
    markets,
    redact: api.redact,
    send: (request, market) =>
      api.call('placeOrder', orderParams(request, market), { priority: priorityOf(request), placing: true }),
    orderIdOf: (body) => placedBody.safeParse(body).data?.data,
  });

const TYPES = {
  market: 'MARKET',
  limit: 'LIMIT',
  stop_market: 'STOP_MARKET',
  take_profit_market: 'TAKE_PROFIT_MARKET',
} as const;

/** The request's parameters; the conditional kinds take no client id on BingX. */
export function orderParams(request: OrderRequest, market: Pick<Market, 'id'>): Params {
  const conditional = request.kind === 'stop_market' || request.kind === 'take_profit_market';
  const clientOrderId = request.clientOrderId.toLowerCase();
  return {
    symbol: market.id,
    type: TYPES[request.kind],
    side: request.side.toUpperCase(),
    positionSide: positionSideOf[request.leg],
    quantity: request.quantity,
    recvWindow: String(RECEIVE_WINDOW_MS),
    // In hedge mode BingX refuses the flag; there the leg and the side say it.
    ...(request.leg === 'net' ? { reduceOnly: String(request.reduceOnly) } : {}),
    // The documented name and the one that ccxt sends: BingX has used both.
    ...(conditional ? {} : { clientOrderId, clientOrderID: clientOrderId }),
    ...(request.kind === 'limit' && request.price !== undefined
      ? { price: request.price, timeInForce: 'GTC' }
      : {}),
    ...(conditional && request.triggerPrice !== undefined
      ? { stopPrice: request.triggerPrice, workingType: request.workingType ?? 'MARK_PRICE' }
      : {}),
  };
}
