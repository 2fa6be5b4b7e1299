/** Public market data. */
import { FUNDING_INTERVAL_MS, nextFundingAfter } from '../../book/funding.ts';
import type { Market } from '../../book/model.ts';
import { toFixed } from '../../figures.ts';
import { levelsOf } from '../../quotes.ts';
import { candleSeries } from '../../candle-series.ts';
import type { PriceSource } from '../../control/types.ts';
import type { Candle } from '../../tape.ts';
import { findMarket, isMarket, marketParam, ok, param, publicRoute } from './call.ts';
import type { Call, Reply, Route } from './call.ts';
import { invalid } from './codes.ts';
import { baseOf, millis, symbolOf } from './format.ts';
import { instrumentRow, INTERVALS, klineRow, tickerRow, tradeRow } from './market-shapes.ts';
import { pageOf } from './paging.ts';
import { mul } from '../../../domain/decimal.ts';

const MARKET = '/v5/market';
const MAX_LEVELS = 500;
const RISK_LIMIT = '2000000';

export const marketRoutes: readonly Route[] = [
  publicRoute(`${MARKET}/time`, time, false),
  publicRoute(`${MARKET}/instruments-info`, instruments),
  publicRoute(`${MARKET}/tickers`, tickers),
  publicRoute(`${MARKET}/kline`, (call) => klines(call, klineRow, 'last'), false),
  publicRoute(`${MARKET}/mark-price-kline`, (call) => klines(call, priceRow, 'mark'), false),
  publicRoute(`${MARKET}/index-price-kline`, (call) => klines(call, priceRow, 'index'), false),
  publicRoute(`${MARKET}/recent-trade`, recentTrades),
  publicRoute(`${MARKET}/orderbook`, orderBook),
  publicRoute(`${MARKET}/risk-limit`, riskLimits),
  publicRoute(`${MARKET}/funding/history`, fundingHistory),
  publicRoute(`${MARKET}/open-interest`, (call) => listOf(call, [], { symbol: call.params['symbol'] ?? '' })),
];

function time({ nowMs }: Call): Reply {
  return ok({
    timeSecond: String(Math.floor(nowMs / 1_000)),
    timeNano: `${nowMs}000000`,
  });
}

const listOf = (_: Call, list: readonly unknown[], more: object = {}): Reply =>
  ok({ category: 'linear', ...more, list });

/** The market of `symbol`, all without one; those of `baseCoin`. */
function chosenMarkets({ books, params }: Call): Market[] | undefined {
  const symbol = param(params, 'symbol');
  const baseCoin = param(params, 'baseCoin');
  if (symbol === undefined)
    return [...books.markets.values()].filter(
      (market) => baseCoin === undefined || baseOf(market.symbol) === baseCoin,
    );
  const market = findMarket(books, symbol);
  return market && [market];
}

export function instruments(call: Call): Reply {
  const { params } = call;
  const trading = (params['status'] ?? '') === '' || params['status'] === 'Trading';
  const markets = chosenMarkets(call);
  if (!markets) return invalid(`params error: symbol invalid ${params['symbol'] ?? ''}`);
  const all = [...call.books.markets.values()];
  const page = pageOf(trading ? markets : [], (market) => symbolOf(market.symbol), params, 500, 1_000);
  return ok({
    category: 'linear',
    list: page.rows.map((market) => instrumentRow(market, all.indexOf(market))),
    nextPageCursor: page.nextPageCursor,
  });
}

function tickers(call: Call): Reply {
  const markets = chosenMarkets(call);
  if (!markets) return invalid(`params error: symbol invalid ${call.params['symbol'] ?? ''}`);
  return listOf(
    call,
    markets.map((market) => tickerRow(call.books, call.tape, market, call.nowMs)),
  );
}

/** Mark and index candles have no volume. */
const priceRow = (candle: Candle): string[] => klineRow(candle).slice(0, 5);

function klines(call: Call, row: (candle: Candle) => string[], source: PriceSource): Reply {
  const market = marketParam(call);
  if (!isMarket(market)) return market;
  const intervalMs = INTERVALS[call.params['interval'] ?? ''];
  if (intervalMs === undefined) return invalid('params error: Invalid period!');
  const from = Number(call.params['start'] || 0);
  const to = Number(call.params['end'] || Number.MAX_SAFE_INTEGER);
  const limit = Math.min(1_000, Number(call.params['limit']) || 200);
  const span = { from, to, limit, keep: 'newest', source } as const;
  const list = candleSeries(call.tape, market, intervalMs, span, call.nowMs).toReversed().map(row);
  return ok({ symbol: symbolOf(market.symbol), category: 'linear', list });
}

function recentTrades(call: Call): Reply {
  const market = marketParam(call);
  if (!isMarket(market)) return market;
  const limit = Math.min(1_000, Number(call.params['limit']) || 500);
  const trades = call.tape.trades(market.symbol).slice(-limit).toReversed();
  return listOf(
    call,
    trades.map((trade) => tradeRow(market, trade)),
  );
}

function orderBook(call: Call): Reply {
  const market = marketParam(call);
  if (!isMarket(market)) return market;
  const count = Math.min(MAX_LEVELS, Number(call.params['limit']) || 25);
  const { bids, asks } = levelsOf(market, count);
  const { nowMs } = call;
  return ok({ s: symbolOf(market.symbol), b: bids, a: asks, ts: nowMs, u: nowMs, seq: nowMs, cts: nowMs });
}

/** One tier a market: the venue has one maintenance rate. */
function riskLimits(call: Call): Reply {
  const markets = chosenMarkets(call);
  if (!markets) return invalid(`params error: symbol invalid ${call.params['symbol'] ?? ''}`);
  return listOf(
    call,
    markets.map((market, index) => ({
      id: index + 1,
      symbol: symbolOf(market.symbol),
      riskLimitValue: RISK_LIMIT,
      maintenanceMargin: mul(market.maintenanceRate, '100'),
      initialMargin: String(1 / market.maxLeverage),
      isLowestRisk: 1,
      maxLeverage: toFixed(String(market.maxLeverage), 2),
      mmDeduction: '',
    })),
    { nextPageCursor: '' },
  );
}

function fundingHistory(call: Call): Reply {
  const market = marketParam(call);
  if (!isMarket(market)) return market;
  const settledAtMs = nextFundingAfter(call.nowMs) - FUNDING_INTERVAL_MS;
  return listOf(call, [
    {
      symbol: symbolOf(market.symbol),
      fundingRate: market.fundingRate,
      fundingRateTimestamp: millis(settledAtMs),
    },
  ]);
}
