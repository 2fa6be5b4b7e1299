/** Market data in Binance's shapes, for REST and the public streams. */
import { add, div, isZero, mul, sub } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { nextFundingAfter } from '../../book/funding.ts';
import type { Market } from '../../book/model.ts';
import { placesOf, toFixed } from '../../figures.ts';
import { percentChange, quoteOf } from '../../quotes.ts';
import type { Candle, PublicTrade, Tape } from '../../tape.ts';
import { money, quantityOf, symbolOf } from './format.ts';

const DAY_MS = 86_400_000;
const PRICE_PLACES = 8;

type DayFigures = {
  readonly change: Decimal;
  readonly percent: Decimal;
  readonly average: Decimal;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly volume: Decimal;
  readonly quoteVolume: Decimal;
  readonly openAtMs: number;
  readonly firstId: number;
  readonly lastId: number;
  readonly count: number;
};

export function dayFigures(market: Market, tape: Tape, nowMs: number): DayFigures {
  const day = tape.day(market.symbol, market.last, nowMs);
  const trades = tape.trades(market.symbol);
  const places = placesOf(market.tickSize);
  return {
    change: toFixed(sub(market.last, day.open), places),
    percent: toFixed(percentChange(day.open, market.last), 3),
    average: toFixed(isZero(day.volume) ? market.last : div(day.quoteVolume, day.volume), places),
    open: day.open,
    high: day.high,
    low: day.low,
    volume: quantityOf(market, day.volume),
    quoteVolume: toFixed(day.quoteVolume, 2),
    openAtMs: nowMs - DAY_MS,
    firstId: trades[0]?.id ?? -1,
    lastId: trades.at(-1)?.id ?? -1,
    count: trades.length,
  };
}

export function tickerRow(market: Market, tape: Tape, nowMs: number): object {
  const day = dayFigures(market, tape, nowMs);
  return {
    symbol: symbolOf(market.symbol),
    priceChange: day.change,
    priceChangePercent: day.percent,
    weightedAvgPrice: day.average,
    lastPrice: market.last,
    lastQty: market.lastQuantity,
    openPrice: day.open,
    highPrice: day.high,
    lowPrice: day.low,
    volume: day.volume,
    quoteVolume: day.quoteVolume,
    openTime: day.openAtMs,
    closeTime: nowMs,
    firstId: day.firstId,
    lastId: day.lastId,
    count: day.count,
  };
}

export const priceRow = (market: Market, nowMs: number): object => ({
  symbol: symbolOf(market.symbol),
  price: market.last,
  time: nowMs,
});

export function bookTickerRow(market: Market, nowMs: number): object {
  const { bid, ask, quantity } = quoteOf(market);
  return {
    symbol: symbolOf(market.symbol),
    bidPrice: bid,
    bidQty: quantity,
    askPrice: ask,
    askQty: quantity,
    time: nowMs,
    lastUpdateId: nowMs,
  };
}

export const premiumRow = (market: Market, nowMs: number): object => ({
  symbol: symbolOf(market.symbol),
  markPrice: toFixed(market.mark, PRICE_PLACES),
  indexPrice: toFixed(market.index, PRICE_PLACES),
  estimatedSettlePrice: toFixed(market.index, PRICE_PLACES),
  lastFundingRate: toFixed(market.fundingRate, 8),
  interestRate: '0.00010000',
  nextFundingTime: nextFundingAfter(nowMs),
  time: nowMs,
});

export const tradeRow = (trade: PublicTrade): object => ({
  id: trade.id,
  price: trade.price,
  qty: trade.quantity,
  quoteQty: toFixed(mul(trade.price, trade.quantity), 2),
  time: trade.atMs,
  isBuyerMaker: trade.buyerMaker,
  isRPITrade: false,
});

export const aggregateTrade = (trade: PublicTrade): object => ({
  a: trade.id,
  p: trade.price,
  q: trade.quantity,
  nq: trade.quantity,
  f: trade.id,
  l: trade.id,
  T: trade.atMs,
  m: trade.buyerMaker,
});

/** A candle as the list of twelve. Turnover is reckoned at the middle of the candle. */
export function klineRow(candle: Candle, intervalMs: number): unknown[] {
  const turnover = turnoverOf(candle);
  return [
    candle.openAtMs,
    candle.open,
    candle.high,
    candle.low,
    candle.close,
    candle.volume,
    candle.openAtMs + intervalMs - 1,
    turnover,
    1,
    candle.volume,
    turnover,
    '0',
  ];
}

export const turnoverOf = (candle: Candle): Decimal =>
  money(mul(candle.volume, div(add(candle.high, candle.low), '2')));
