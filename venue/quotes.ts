/** The synthetic order book around a market's last price, and other figures that every protocol quotes. */
import { add, div, isZero, mul, sub, toPlaces } from '../domain/decimal.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Market } from './book/model.ts';
import { placesOf } from './figures.ts';

/** This much stands on every level. */
const LEVEL_NOTIONAL = '250000';

export type Quote = { readonly bid: Decimal; readonly ask: Decimal; readonly quantity: Decimal };

export function quoteOf(market: Market): Quote {
  const quantity = toPlaces(div(LEVEL_NOTIONAL, market.last), placesOf(market.lotSize));
  return { bid: sub(market.last, market.tickSize), ask: add(market.last, market.tickSize), quantity };
}

export type Levels = {
  readonly bids: readonly [Decimal, Decimal][];
  readonly asks: readonly [Decimal, Decimal][];
};

/** Levels a tick apart around the last price as `[price, quantity]`, best first. */
export function levelsOf(market: Market, count: number): Levels {
  const quote = quoteOf(market);
  const level =
    (start: Decimal, step: Decimal) =>
    (_: unknown, n: number): [Decimal, Decimal] => [add(start, mul(step, String(n))), quote.quantity];
  const down = sub('0', market.tickSize);
  return {
    bids: Array.from({ length: count }, level(quote.bid, down)).filter(([price]) => !price.startsWith('-')),
    asks: Array.from({ length: count }, level(quote.ask, market.tickSize)),
  };
}

export const percentChange = (from: Decimal, to: Decimal): Decimal =>
  isZero(from) ? '0' : mul(div(sub(to, from), from), '100');

/** Candle intervals by the names that most exchanges use, in milliseconds. A month counts 30 days. */
export const INTERVALS_MS: Readonly<Record<string, number>> = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
  '3d': 259_200_000,
  '1w': 604_800_000,
  '1M': 2_592_000_000,
};
