/**
 * Candles without gaps, as an exchange gives them: where nothing traded they are flat. Before the venue's
 * first price nothing is known, so it is flat at that price: no high or low is made up that never was.
 */
import { ZERO } from '../domain/decimal.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Market } from './book/model.ts';
import type { PriceSource } from './control/types.ts';
import type { Candle, Tape } from './tape.ts';

export type Span = {
  /** Of the candles' openings, both ends included. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  /** Which candles of a span that is longer than the limit. */
  readonly keep: 'oldest' | 'newest';
  /** Of which price; the last one unless told otherwise. */
  readonly source?: PriceSource;
};

/** Oldest first; the last one may still be open. */
export function candleSeries(
  tape: Tape,
  market: Market,
  intervalMs: number,
  span: Span,
  nowMs: number,
): Candle[] {
  const { first, last } = slotsOf(span, intervalMs, nowMs);
  const { source = 'last' } = span;
  const traded = tape.candles(market.symbol, intervalMs, source);
  const byOpening = new Map(traded.map((candle) => [candle.openAtMs, candle]));
  const before = traded.findLast((candle) => candle.openAtMs < first);
  let close = before?.close ?? traded[0]?.open ?? market[source];
  const series: Candle[] = [];
  for (let openAtMs = first; openAtMs <= last; openAtMs += intervalMs) {
    const candle = byOpening.get(openAtMs) ?? flat(openAtMs, close);
    series.push(candle);
    close = candle.close;
  }
  return series;
}

const flat = (openAtMs: number, price: Decimal): Candle => ({
  openAtMs,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: ZERO,
});

/** The first and the last opening. */
function slotsOf(span: Span, intervalMs: number, nowMs: number): { first: number; last: number } {
  const from = Math.ceil(Math.max(0, span.from) / intervalMs) * intervalMs;
  const to = Math.floor(Math.min(span.to, nowMs) / intervalMs) * intervalMs;
  const length = (span.limit - 1) * intervalMs;
  return span.keep === 'oldest'
    ? { first: from, last: Math.min(to, from + length) }
    : { first: Math.max(from, to - length), last: to };
}
