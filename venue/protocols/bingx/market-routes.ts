/** Public market data. */
import type { Market } from '../../book/model.ts';
import { nextFundingAfter, FUNDING_INTERVAL_MS } from '../../book/funding.ts';
import { bareInteger } from '../../json.ts';
import { isError, marketParam, ok, publicRoute } from './call.ts';
import type { Call, Reply, Route } from './call.ts';
import { invalid } from './codes.ts';
import { contractRow, depthRow, premiumRow, tickerRow } from './market-data.ts';
import { candleSeries } from '../../candle-series.ts';
import type { PriceSource } from '../../control/types.ts';
import type { Candle } from '../../tape.ts';
import { INTERVALS_MS, quoteOf } from '../../quotes.ts';

const QUOTE = '/openApi/swap/v2/quote';
const ONCE = { ip: 1 };
const LEVELS = [5, 10, 20, 50, 100, 500, 1_000];

export const marketRoutes: readonly Route[] = [
  publicRoute('/openApi/swap/v2/server/time', {}, ({ nowMs }) => ok({ serverTime: nowMs })),
  publicRoute(`${QUOTE}/contracts`, ONCE, contracts),
  publicRoute(`${QUOTE}/ticker`, ONCE, (call) =>
    perMarket(call, (market) => tickerRow(market, call.tape, call.nowMs)),
  ),
  publicRoute(`${QUOTE}/premiumIndex`, ONCE, (call) =>
    perMarket(call, (market) => premiumRow(market, call.nowMs)),
  ),
  publicRoute(`${QUOTE}/bookTicker`, ONCE, bookTicker),
  publicRoute(`${QUOTE}/price`, ONCE, prices),
  publicRoute('/openApi/swap/v1/ticker/price', ONCE, prices),
  publicRoute(`${QUOTE}/depth`, ONCE, depth),
  publicRoute(`${QUOTE}/trades`, ONCE, (call) => trades(call, 500, 1_000)),
  publicRoute('/openApi/swap/v1/market/historicalTrades', ONCE, (call) => trades(call, 50, 100)),
  publicRoute('/openApi/swap/v3/quote/klines', ONCE, klines),
  publicRoute(`${QUOTE}/klines`, ONCE, klines),
  publicRoute('/openApi/swap/v1/market/markPriceKlines', ONCE, markKlines),
  publicRoute(`${QUOTE}/fundingRate`, ONCE, fundingRate),
  publicRoute(`${QUOTE}/openInterest`, ONCE, (call) =>
    perMarket(call, (market) => ({ symbol: market.symbol, openInterest: '0', time: call.nowMs })),
  ),
  // Other products of the exchange: asked by clients at start-up, empty here.
  publicRoute('/openApi/cswap/v1/market/contracts', ONCE, () => ok([])),
  publicRoute('/openApi/spot/v1/common/symbols', ONCE, () => ok({ symbols: [] })),
  publicRoute('/openApi/wallets/v1/capital/config/getall', { ip: 2 }, () => ok([])),
];

function contracts({ books, params }: Call): Reply {
  const rows = [...books.markets.values()].map((market, index) => ({
    market,
    row: contractRow(market, index),
  }));
  return ok(
    rows
      .filter(({ market }) => !params['symbol'] || market.symbol === params['symbol'])
      .map(({ row }) => row),
  );
}

/** One object for a symbol, a list without one. */
function perMarket(call: Call, row: (market: Market) => object): Reply {
  if (!call.params['symbol']) return ok([...call.books.markets.values()].map(row));
  const market = marketParam(call);
  return isError(market) ? market : ok(row(market));
}

function bookTicker(call: Call): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  const { bid, ask, quantity } = quoteOf(market);
  return ok({
    book_ticker: {
      symbol: market.symbol,
      bid_price: Number(bid),
      bid_qty: Number(quantity),
      ask_price: Number(ask),
      ask_qty: Number(quantity),
      bidPrice: bid,
      bidQty: quantity,
      askPrice: ask,
      askQty: quantity,
      lastUpdateId: call.nowMs,
      time: call.nowMs,
    },
  });
}

function prices(call: Call): Reply {
  return perMarket(call, (market) => ({ symbol: market.symbol, price: market.last, time: call.nowMs }));
}

function depth(call: Call): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  const wanted = Number(call.params['limit'] ?? 20);
  const levels = LEVELS.find((count) => count >= wanted) ?? 20;
  const { T, bids, asks } = depthRow(market, levels, call.nowMs);
  return ok({ T, bids, asks, bidsCoin: bids, asksCoin: asks });
}

function trades(call: Call, usual: number, most: number): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  const limit = Math.min(most, Number(call.params['limit']) || usual);
  return ok(
    call.tape
      .trades(market.symbol)
      .slice(-limit)
      .toReversed()
      .map((trade) => ({
        id: trade.id,
        time: trade.atMs,
        isBuyerMaker: trade.buyerMaker,
        buyerMaker: trade.buyerMaker,
        price: trade.price,
        qty: trade.quantity,
        quoteQty: (Number(trade.price) * Number(trade.quantity)).toFixed(2),
        fillId: bareInteger(String(trade.id)),
      })),
  );
}

function klines(call: Call): Reply {
  return candleList(call, 'last', ({ open, close, high, low, volume, openAtMs }) => ({
    ...{ open, close, high, low, volume, time: openAtMs },
  }));
}

function markKlines(call: Call): Reply {
  return candleList(call, 'mark', ({ open, close, high, low, volume, openAtMs }, intervalMs) => ({
    ...{ open, close, high, low, volume, openTime: openAtMs, closeTime: openAtMs + intervalMs - 1 },
  }));
}

/** Newest first. */
function candleList(
  call: Call,
  source: PriceSource,
  row: (candle: Candle, intervalMs: number) => object,
): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  const interval = call.params['interval'] ?? '';
  const intervalMs = INTERVALS_MS[interval];
  if (intervalMs === undefined) return invalid(`interval: ${interval || 'This field is required.'}`);
  const span = {
    from: Number(call.params['startTime'] ?? 0),
    to: Number(call.params['endTime'] ?? Number.MAX_SAFE_INTEGER),
    limit: Math.min(1_440, Number(call.params['limit']) || 500),
    keep: 'newest',
    source,
  } as const;
  const candles = candleSeries(call.tape, market, intervalMs, span, call.nowMs);
  return ok(candles.toReversed().map((candle) => row(candle, intervalMs)));
}

function fundingRate(call: Call): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  const next = nextFundingAfter(call.nowMs);
  return ok([
    {
      symbol: market.symbol,
      fundingRate: market.fundingRate,
      fundingTime: next - FUNDING_INTERVAL_MS,
      nextFundingTime: next,
      markPrice: market.mark,
    },
  ]);
}
