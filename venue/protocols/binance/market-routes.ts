/** Public market data. */
import { nextFundingAfter, FUNDING_INTERVAL_MS } from '../../book/funding.ts';
import type { Market } from '../../book/model.ts';
import type { PriceSource } from '../../control/types.ts';
import { toFixed } from '../../figures.ts';
import { candleSeries } from '../../candle-series.ts';
import { INTERVALS_MS } from '../../quotes.ts';
import { bySymbol, isError, limitOf, marketParam, ok, optionalMarket, publicRoute } from './call.ts';
import type { Call, Reply, Route } from './call.ts';
import type { Params } from './auth.ts';
import { ERRORS, missing } from './codes.ts';
import { depthSnapshot } from './depth.ts';
import { exchangeInfo } from './exchange-info.ts';
import { marketBySymbol, symbolOf } from './format.ts';
import {
  aggregateTrade,
  bookTickerRow,
  klineRow,
  premiumRow,
  priceRow,
  tickerRow,
  tradeRow,
} from './market-shapes.ts';

const V1 = '/fapi/v1';
const DEPTHS = [5, 10, 20, 50, 100, 500, 1_000];

export const marketRoutes: readonly Route[] = [
  publicRoute(`${V1}/ping`, 1, () => ok({})),
  publicRoute(`${V1}/time`, 1, ({ nowMs }) => ok({ serverTime: nowMs })),
  publicRoute(`${V1}/exchangeInfo`, 1, ({ books, nowMs }) =>
    ok(exchangeInfo([...books.markets.values()], nowMs)),
  ),
  publicRoute(`${V1}/ticker/24hr`, bySymbol(1, 40), (call) =>
    perMarket(call, (market) => tickerRow(market, call.tape, call.nowMs)),
  ),
  publicRoute(`${V1}/ticker/price`, bySymbol(1, 2), (call) =>
    perMarket(call, (market) => priceRow(market, call.nowMs)),
  ),
  publicRoute('/fapi/v2/ticker/price', bySymbol(1, 2), (call) =>
    perMarket(call, (market) => priceRow(market, call.nowMs)),
  ),
  publicRoute(`${V1}/ticker/bookTicker`, bySymbol(2, 5), (call) =>
    perMarket(call, (market) => bookTickerRow(market, call.nowMs)),
  ),
  publicRoute(`${V1}/premiumIndex`, bySymbol(1, 10), (call) =>
    perMarket(call, (market) => premiumRow(market, call.nowMs)),
  ),
  publicRoute(`${V1}/openInterest`, 1, (call) =>
    ofMarket(call, (market) => ({
      openInterest: '0.000',
      symbol: symbolOf(market.symbol),
      time: call.nowMs,
    })),
  ),
  publicRoute(`${V1}/fundingRate`, 1, fundingRates),
  publicRoute(`${V1}/fundingInfo`, 1, ({ books }) => ok([...books.markets.values()].map(fundingInfo))),
  publicRoute(`${V1}/klines`, klineWeight, (call) => klines(call, call.params['symbol'])),
  publicRoute(`${V1}/markPriceKlines`, klineWeight, (call) => klines(call, call.params['symbol'], 'mark')),
  publicRoute(`${V1}/indexPriceKlines`, klineWeight, (call) => klines(call, call.params['pair'], 'index')),
  publicRoute(`${V1}/continuousKlines`, klineWeight, (call) => klines(call, call.params['pair'])),
  publicRoute(`${V1}/trades`, 5, (call) => trades(call, tradeRow)),
  publicRoute(`${V1}/historicalTrades`, 20, (call) => trades(call, tradeRow)),
  publicRoute(`${V1}/aggTrades`, 20, (call) => trades(call, aggregateTrade)),
  publicRoute(`${V1}/depth`, depthWeight, depth),
];

/** One object for a symbol, a list without one. */
function perMarket(call: Call, row: (market: Market) => object): Reply {
  const market = optionalMarket(call);
  if (market === undefined) return ok([...call.books.markets.values()].map(row));
  return isError(market) ? market : ok(row(market));
}

function ofMarket(call: Call, data: (market: Market) => unknown): Reply {
  const market = marketParam(call);
  return isError(market) ? market : ok(data(market));
}

/** The settlements since the market's time began are not kept: the latest one stands for all. */
function fundingRates(call: Call): Reply {
  const market = optionalMarket(call);
  if (market !== undefined && isError(market)) return market;
  const markets = market ? [market] : [...call.books.markets.values()];
  return ok(
    markets.map((one) => ({
      symbol: symbolOf(one.symbol),
      fundingRate: toFixed(one.fundingRate, 8),
      fundingTime: nextFundingAfter(call.nowMs) - FUNDING_INTERVAL_MS,
      markPrice: toFixed(one.mark, 8),
      rateType: 'Regular',
    })),
  );
}

const fundingInfo = (market: Market): object => ({
  symbol: symbolOf(market.symbol),
  adjustedFundingRateCap: '0.02500000',
  adjustedFundingRateFloor: '-0.02500000',
  fundingIntervalHours: 8,
  disclaimer: false,
});

function klineWeight(params: Params): number {
  const limit = Number(params['limit'] ?? 500);
  return limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1_000 ? 5 : 10;
}

function klines(call: Call, symbol: string | undefined, source: PriceSource = 'last'): Reply {
  if (!symbol) return missing('symbol');
  const market = marketBySymbol(call.books, symbol);
  if (!market) return ERRORS.badSymbol;
  const { interval, startTime, endTime, limit } = call.params;
  if (!interval) return missing('interval');
  const intervalMs = INTERVALS_MS[interval];
  if (intervalMs === undefined) return ERRORS.badInterval;
  const span = {
    from: Number(startTime ?? 0),
    to: Number(endTime ?? Number.MAX_SAFE_INTEGER),
    limit: limitOf(limit, 500, 1_500),
    keep: startTime ? 'oldest' : 'newest',
    source,
  } as const;
  const rows = candleSeries(call.tape, market, intervalMs, span, call.nowMs);
  return ok(rows.map((candle) => klineRow(candle, intervalMs)));
}

function trades(call: Call, row: (trade: Parameters<typeof tradeRow>[0]) => object): Reply {
  return ofMarket(call, (market) => {
    const { fromId, startTime, endTime, limit } = call.params;
    const found = call.tape
      .trades(market.symbol)
      .filter((trade) => trade.id >= Number(fromId ?? 0))
      .filter((trade) => trade.atMs >= Number(startTime ?? 0))
      .filter((trade) => trade.atMs <= Number(endTime ?? Number.MAX_SAFE_INTEGER));
    const count = limitOf(limit, 500, 1_000);
    return (fromId || startTime ? found.slice(0, count) : found.slice(-count)).map(row);
  });
}

function depthWeight(params: Params): number {
  const limit = Number(params['limit'] ?? 500);
  return limit <= 50 ? 2 : limit <= 100 ? 5 : limit <= 500 ? 10 : 20;
}

function depth(call: Call): Reply {
  const limit = Number(call.params['limit'] ?? 500);
  if (!DEPTHS.includes(limit))
    return { code: -4021, msg: `'${call.params['limit'] ?? ''}' is not valid depth limit.` };
  return ofMarket(call, (market) => depthSnapshot(market, call.sequence, limit, call.nowMs));
}
