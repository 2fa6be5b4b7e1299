/** A market in BingX's shapes, for REST and the public streams alike. */
import { sub } from '../../../domain/decimal.ts';
import { nextFundingAfter } from '../../book/funding.ts';
import type { Market } from '../../book/model.ts';
import { bareDecimal } from '../../json.ts';
import type { Tape } from '../../tape.ts';
import { placesOf, toFixed } from '../../figures.ts';
import { levelsOf, percentChange, quoteOf } from '../../quotes.ts';

const DAY_MS = 86_400_000;

export function contractRow(market: Market, index: number): object {
  const [asset = ''] = market.symbol.split('-');
  return {
    contractId: String(100 + index),
    symbol: market.symbol,
    size: market.lotSize,
    quantityPrecision: placesOf(market.lotSize),
    pricePrecision: placesOf(market.tickSize),
    feeRate: bareDecimal(market.takerFee),
    makerFeeRate: bareDecimal(market.makerFee),
    takerFeeRate: bareDecimal(market.takerFee),
    tradeMinLimit: 0,
    tradeMinQuantity: bareDecimal(market.minQuantity),
    tradeMinUSDT: bareDecimal(market.minNotional),
    maxLongLeverage: market.maxLeverage,
    maxShortLeverage: market.maxLeverage,
    currency: 'USDT',
    asset,
    status: 1,
    apiStateOpen: 'true',
    apiStateClose: 'true',
    ensureTrigger: true,
    triggerFeeRate: '0.00020000',
    brokerState: 'true',
    launchTime: 0,
    maintainTime: 0,
    offTime: 0,
    displayName: market.symbol,
  };
}

export function tickerRow(market: Market, tape: Tape, nowMs: number): object {
  const day = tape.day(market.symbol, market.last, nowMs);
  const places = placesOf(market.tickSize);
  const quote = quoteOf(market);
  return {
    symbol: market.symbol,
    priceChange: toFixed(sub(market.last, day.open), places),
    priceChangePercent: toFixed(percentChange(day.open, market.last), 2),
    lastPrice: market.last,
    lastQty: market.lastQuantity,
    highPrice: day.high,
    lowPrice: day.low,
    volume: toFixed(day.volume, 4),
    quoteVolume: toFixed(day.quoteVolume, 2),
    openPrice: day.open,
    openTime: nowMs - DAY_MS,
    closeTime: nowMs,
    askPrice: quote.ask,
    askQty: quote.quantity,
    bidPrice: quote.bid,
    bidQty: quote.quantity,
  };
}

/** The ticker push: the same figures under one-letter names. */
export function tickerPush(market: Market, tape: Tape, nowMs: number): object {
  const day = tape.day(market.symbol, market.last, nowMs);
  const quote = quoteOf(market);
  return {
    e: '24hTicker',
    E: nowMs,
    s: market.symbol,
    p: toFixed(sub(market.last, day.open), placesOf(market.tickSize)),
    P: toFixed(percentChange(day.open, market.last), 2),
    c: market.last,
    L: market.lastQuantity,
    h: day.high,
    l: day.low,
    v: toFixed(day.volume, 4),
    q: toFixed(day.quoteVolume, 2),
    o: day.open,
    O: nowMs - DAY_MS,
    C: nowMs,
    A: quote.ask,
    a: quote.quantity,
    B: quote.bid,
    b: quote.quantity,
  };
}

export function premiumRow(market: Market, nowMs: number): object {
  return {
    symbol: market.symbol,
    markPrice: market.mark,
    indexPrice: market.index,
    lastFundingRate: toFixed(market.fundingRate, 8),
    nextFundingTime: nextFundingAfter(nowMs),
    time: nowMs,
  };
}

export const depthRow = (market: Market, levels: number, nowMs: number) => ({
  T: nowMs,
  ...levelsOf(market, levels),
});
