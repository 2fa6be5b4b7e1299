/** A market in Bybit's shapes, for REST and the public topics alike. */
import { div, mul, sub, sum, toPlaces, ZERO, isZero } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import { nextFundingAfter, FUNDING_INTERVAL_MS } from '../../book/funding.ts';
import type { Market } from '../../book/model.ts';
import { placesOf, toFixed } from '../../figures.ts';
import { quoteOf } from '../../quotes.ts';
import type { Candle, PublicTrade, Tape } from '../../tape.ts';
import { baseOf, millis, quoteCoinOf, symbolOf } from './format.ts';
import { uuidOf } from './ids.ts';

const HOUR_MS = 3_600_000;
const LAUNCHED_AT = '1585526400000';
const MAX_LOTS = '100000000';
const MAX_TICKS = '20000000';

/** The largest order. */
export const maxQuantityOf = (market: Market): Decimal => mul(market.lotSize, MAX_LOTS);

export function instrumentRow(market: Market, index: number): object {
  const { tickSize, lotSize } = market;
  return {
    symbol: symbolOf(market.symbol),
    symbolId: 5 + index,
    contractType: 'LinearPerpetual',
    status: 'Trading',
    baseCoin: baseOf(market.symbol),
    quoteCoin: quoteCoinOf(market.symbol),
    launchTime: LAUNCHED_AT,
    deliveryTime: '0',
    deliveryFeeRate: '',
    priceScale: String(placesOf(tickSize)),
    leverageFilter: {
      minLeverage: '1',
      maxLeverage: toFixed(String(market.maxLeverage), 2),
      leverageStep: '0.01',
    },
    priceFilter: { minPrice: tickSize, maxPrice: mul(tickSize, MAX_TICKS), tickSize },
    lotSizeFilter: {
      maxOrderQty: maxQuantityOf(market),
      minOrderQty: market.minQuantity,
      qtyStep: lotSize,
      postOnlyMaxOrderQty: maxQuantityOf(market),
      maxMktOrderQty: maxQuantityOf(market),
      minNotionalValue: market.minNotional,
    },
    unifiedMarginTrade: true,
    fundingInterval: FUNDING_INTERVAL_MS / 60_000,
    settleCoin: quoteCoinOf(market.symbol),
    copyTrading: 'none',
    upperFundingRate: '0.00375',
    lowerFundingRate: '-0.00375',
    isPreListing: false,
    preListingInfo: null,
    // The venue's price band is wide: a tenth to ten times the last price.
    riskParameters: { priceLimitRatioX: '0.9', priceLimitRatioY: '9' },
    displayName: '',
    symbolType: '',
    myRpiPermission: false,
    isPublicRpi: false,
  };
}

const openInterest = (books: Books, market: Market): Decimal =>
  sum(
    [...books.positions.values()]
      .filter((position) => position.symbol === market.symbol)
      .map((position) => position.quantity),
  );

/** What REST and the `tickers` topic have in common. */
export function tickerFigures(books: Books, tape: Tape, market: Market, nowMs: number) {
  const day = tape.day(market.symbol, market.last, nowMs);
  const quote = quoteOf(market);
  const hourAgo = tape.candles(market.symbol, 60_000).find((candle) => candle.openAtMs > nowMs - HOUR_MS);
  const interest = openInterest(books, market);
  const change = isZero(day.open) ? ZERO : div(sub(market.last, day.open), day.open);
  return {
    symbol: symbolOf(market.symbol),
    lastPrice: market.last,
    indexPrice: market.index,
    markPrice: market.mark,
    prevPrice24h: day.open,
    price24hPcnt: toPlaces(change, 6),
    highPrice24h: day.high,
    lowPrice24h: day.low,
    prevPrice1h: hourAgo?.open ?? market.last,
    openInterest: interest,
    openInterestValue: toFixed(mul(interest, market.mark), 2),
    turnover24h: toFixed(day.quoteVolume, 4),
    volume24h: toFixed(day.volume, 4),
    fundingRate: market.fundingRate,
    nextFundingTime: millis(nextFundingAfter(nowMs)),
    ask1Size: quote.quantity,
    bid1Price: quote.bid,
    ask1Price: quote.ask,
    bid1Size: quote.quantity,
    fundingIntervalHour: String(FUNDING_INTERVAL_MS / HOUR_MS),
    fundingCap: '0.00375',
    preOpenPrice: '',
    preQty: '',
    curPreListingPhase: '',
  };
}

export function tickerRow(books: Books, tape: Tape, market: Market, nowMs: number): object {
  return {
    ...tickerFigures(books, tape, market, nowMs),
    predictedDeliveryPrice: '',
    basisRate: '',
    deliveryFeeRate: '',
    deliveryTime: '0',
    basis: '',
    basisRateYear: '',
  };
}

/** `[start, open, high, low, close, volume, turnover]`. */
export function klineRow({ openAtMs, open, high, low, close, volume }: Candle): string[] {
  return [millis(openAtMs), open, high, low, close, volume, toPlaces(mul(volume, close), 8)];
}

/** The taker's side. */
export const tradeSide = (trade: PublicTrade): string => (trade.buyerMaker ? 'Sell' : 'Buy');

export const tradeId = (trade: PublicTrade): string => uuidOf('fill', String(1e15 + trade.id));

export function tradeRow(market: Market, trade: PublicTrade): object {
  return {
    execId: tradeId(trade),
    symbol: symbolOf(market.symbol),
    price: trade.price,
    size: trade.quantity,
    side: tradeSide(trade),
    time: millis(trade.atMs),
    isBlockTrade: false,
    isRPITrade: false,
    seq: String(trade.id),
  };
}

/** Bybit's names of candle intervals, in milliseconds. A month counts 30 days. */
export const INTERVALS: Readonly<Record<string, number>> = {
  '1': 60_000,
  '3': 180_000,
  '5': 300_000,
  '15': 900_000,
  '30': 1_800_000,
  '60': HOUR_MS,
  '120': 2 * HOUR_MS,
  '240': 4 * HOUR_MS,
  '360': 6 * HOUR_MS,
  '720': 12 * HOUR_MS,
  D: 24 * HOUR_MS,
  W: 168 * HOUR_MS,
  M: 720 * HOUR_MS,
};
