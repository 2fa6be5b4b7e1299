/** An order as Bybit takes it: what is sent is what was asked, digit by digit; a closing order can never open. */
import { gt, lt } from '../../domain/decimal.ts';
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import { isConditional, type WorkingType } from '../../domain/terms.ts';
import type { Row } from '../ccxt/api.ts';
import { valueWithin } from '../ccxt/deadline.ts';
import type { Market } from '../market-list.ts';
import { brokenBounds } from '../market-rules.ts';
import type { BybitMarket, BybitMarkets } from './markets.ts';
import { createPlacing, priorityOf, type BatchRow, type Prepared } from '../placing.ts';
import { LINEAR, type BybitApi } from './api.ts';
import { classOfCode } from './codes.ts';
import { bybitSideOf, positionIdxOf } from './legs.ts';
import { batchBody, batchCode, batchIds, placedBody, priceLimitBody } from './wire.ts';

/** @param batches protective orders of one moment leave together */
export const createPlacer = (api: BybitApi, markets: BybitMarkets, batches: boolean) =>
  createPlacing({
    markets,
    redact: api.redact,
    brokenHere: async (request, market) =>
      brokenBounds(request, market.bounds) ?? brokenPriceLimit(api, request, market),
    send: (request, market) =>
      api.call(
        'placeOrder',
        { ...LINEAR, ...orderRow(request, market) },
        { priority: priorityOf(request), placing: true },
      ),
    orderIdOf: (body, request) => {
      const placed = placedBody.safeParse(body).data;
      // An answer about another order proves nothing about this one.
      const linked = placed?.orderLinkId ?? request.clientOrderId;
      return linked.toLowerCase() === request.clientOrderId.toLowerCase() ? placed?.orderId : undefined;
    },
    ...(batches && {
      batch: {
        max: MAX_BATCH,
        send: (orders: readonly Prepared<BybitMarket>[]) =>
          api.call(
            'placeOrders',
            { ...LINEAR, request: orders.map(({ request, market }) => orderRow(request, market)) },
            { priority: 'stop', placing: true, orders: orders.length },
          ),
        rowsOf: batchRows,
      },
    }),
  });

/** The limits may not keep an order waiting; without them, Bybit holds the order against them itself. */
const LIMITS_WAIT_MS = 500;

/** Which limit of the moment a price breaks: a buy may not be too far above the market, a sell too far below it. */
async function brokenPriceLimit(
  api: BybitApi,
  { kind, side, price }: OrderRequest,
  { id }: BybitMarket,
): Promise<string | undefined> {
  if (kind !== 'limit' || price === undefined) return undefined;
  const asked = api.read('price limit', 'priceLimit', { ...LINEAR, symbol: id }, { priority: 'entry' });
  const limits = priceLimitBody.safeParse(await valueWithin(LIMITS_WAIT_MS, asked)).data;
  const limit = side === 'buy' ? limits?.buyLmt : limits?.sellLmt;
  if (limit === undefined || (side === 'buy' ? !gt(price, limit) : !lt(price, limit))) return undefined;
  return `price ${price} is ${side === 'buy' ? 'over' : 'under'} the limit of this moment; nearest: ${limit}`;
}

/** Bybit takes ten orders at once, and counts each: more would use a second's limit up. */
const MAX_BATCH = 5;

/** The code in an order's place says whether it was taken; its ids must be those of the order. */
function batchRows(body: unknown, orders: readonly Prepared<BybitMarket>[]): (BatchRow | undefined)[] {
  const answer = batchBody.safeParse(body).data;
  if (answer?.ids.length !== orders.length || answer.codes.length !== orders.length) return [];
  return orders.map(({ request }, index) => {
    const ids = batchIds.safeParse(answer.ids[index]).data;
    const told = batchCode.safeParse(answer.codes[index]).data;
    if (!ids || !told || ids.orderLinkId.toLowerCase() !== request.clientOrderId.toLowerCase())
      return undefined;
    const { code, msg } = told;
    if (code === '0') return ids.orderId === '' ? undefined : { orderId: ids.orderId };
    return { failure: { class: classOfCode(code, msg) ?? 'other', code, reason: `code ${code}: ${msg}` } };
  });
}

const TRIGGER_BY: Record<WorkingType, 'LastPrice' | 'MarkPrice'> = {
  CONTRACT_PRICE: 'LastPrice',
  MARK_PRICE: 'MarkPrice',
};
const RISES = 1;
const FALLS = 2;

/** The order's fields; everything that Bybit would otherwise assume is said. */
export function orderRow(request: OrderRequest, market: Pick<Market, 'id'>): Row {
  const conditional = isConditional(request);
  return {
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
