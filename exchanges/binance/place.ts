/**
 * Orders as Binance takes them: what is sent is what was asked, digit by digit; a closing order can never
 * open. Every conditional order is an algo order, with an endpoint and numbers of its own.
 */
import { gt, lt, mul, roundToStep } from '../../domain/decimal.ts';
import type { OrderRequest } from '../../domain/exchange-truth.ts';
import type { Params } from '../ccxt/api.ts';
import { valueWithin } from '../ccxt/deadline.ts';
import { isConditional } from '../../domain/terms.ts';
import { createPlacing, priorityOf } from '../placing.ts';
import type { PriceReader } from '../price-reader.ts';
import type { BinanceApi } from './api.ts';
import { positionSideOf } from './legs.ts';
import type { BinanceMarket, BinanceMarkets } from './markets.ts';
import { algoOrderId } from './order-ids.ts';
import { placedAlgoBody, placedBody } from './wire.ts';

export const createPlacer = (api: BinanceApi, markets: BinanceMarkets, prices: PriceReader) =>
  createPlacing({
    markets,
    redact: api.redact,
    brokenHere: (request, market) => brokenPriceBand(request, market, prices),
    send: (request, market) => {
      const options = { priority: priorityOf(request), placing: true };
      return isConditional(request)
        ? api.call('placeAlgoOrder', algoOrderParams(request, market), options)
        : api.call('placeOrder', orderParams(request, market), options);
    },
    orderIdOf: (body, request) => {
      if (!isConditional(request)) return placedBody.safeParse(body).data?.orderId;
      const number = placedAlgoBody.safeParse(body).data?.algoId;
      return number === undefined ? undefined : algoOrderId(number);
    },
  });

/** The mark price may not keep an order waiting; without it, Binance holds the order against its band itself. */
const PRICE_WAIT_MS = 500;

/** Which bound a limit price breaks: a buy may not be too far above the mark price, a sell too far below it. */
async function brokenPriceBand(
  { kind, side, price, symbol }: OrderRequest,
  { percentPrice, rules }: BinanceMarket,
  prices: PriceReader,
): Promise<string | undefined> {
  if (kind !== 'limit' || price === undefined || percentPrice === undefined) return undefined;
  const tick = await valueWithin(PRICE_WAIT_MS, prices.price(symbol));
  const mark = tick?.mark;
  if (mark === undefined) return undefined;
  const bound = mul(mark, side === 'buy' ? percentPrice.up : percentPrice.down);
  if (side === 'buy' ? !gt(price, bound) : !lt(price, bound)) return undefined;
  const nearest = roundToStep(bound, rules.tickSize, side === 'buy' ? 'down' : 'up');
  return `price ${price} is outside PERCENT_PRICE, mark price ${mark}; nearest: ${nearest}`;
}

const TYPES = {
  market: 'MARKET',
  limit: 'LIMIT',
  stop_market: 'STOP_MARKET',
  take_profit_market: 'TAKE_PROFIT_MARKET',
} as const;

/** In hedge mode Binance refuses the flag; there the leg and the side say it. */
const common = (request: OrderRequest, market: Pick<BinanceMarket, 'id'>): Params => ({
  symbol: market.id,
  type: TYPES[request.kind],
  side: request.side.toUpperCase(),
  positionSide: positionSideOf[request.leg],
  quantity: request.quantity,
  ...(request.leg === 'net' ? { reduceOnly: String(request.reduceOnly) } : {}),
});

export const orderParams = (request: OrderRequest, market: Pick<BinanceMarket, 'id'>): Params => ({
  ...common(request, market),
  newClientOrderId: request.clientOrderId.toLowerCase(),
  ...(request.kind === 'limit' && request.price !== undefined
    ? { price: request.price, timeInForce: 'GTC' }
    : {}),
});

export const algoOrderParams = (request: OrderRequest, market: Pick<BinanceMarket, 'id'>): Params => ({
  algoType: 'CONDITIONAL',
  ...common(request, market),
  clientAlgoId: request.clientOrderId.toLowerCase(),
  ...(request.triggerPrice === undefined ? {} : { triggerPrice: request.triggerPrice }),
  workingType: request.workingType ?? 'MARK_PRICE',
});
