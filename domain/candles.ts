/** Candles of a price, and how far it usually goes within one of them. */
import { abs, add, div, isZero, max, mul, sub, sum, toPlaces, type Decimal } from './decimal.ts';

/** How long a candle lasts; those that every exchange offers. */
export const TIMEFRAMES = ['1m', '5m', '15m', '1h'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

export const TIMEFRAME_MS: Readonly<Record<Timeframe, number>> = {
  '1m': 60_000,
  '5m': 5 * 60_000,
  '15m': 15 * 60_000,
  '1h': 60 * 60_000,
};

/** What was paid within one timeframe, in quote units; it began at `openedAtMs`. */
export type Candle = { openedAtMs: number; open: Decimal; high: Decimal; low: Decimal; close: Decimal };

/**
 * The average true range in quote units, and when the newest of its candles closed; null where too few did,
 * and where the price stood still in all of them: nothing can be kept at a distance of nothing.
 */
export type AverageRange = { atr: Decimal | null; asOfMs: number | null };

/** Averages over more candles than this ask more of the history than every exchange gives at once. */
export const MAX_PERIODS = 100;

/** Of what the average began with, so many times its periods leave a 400th: it no longer matters. */
const SMOOTHING = 6;

/** Decimals of the average: exact divisions have no end, and no tick is smaller. */
const PLACES = 12;

/** How many candles an average is built from: one tells no true range, as nothing came before it. */
export const candlesFor = (periods: number): number => wholePeriods(periods) * (SMOOTHING + 1) + 1;

/**
 * Wilder's average true range, in quote units: the mean of the first `periods` true ranges, then smoothed by
 * the weight `1 / periods`. Undefined where fewer than `periods + 1` candles are given.
 *
 * @param candles closed ones, oldest first
 * @param periods 1 to 100; anything else is a defect of the caller and throws
 */
export function averageTrueRange(candles: readonly Candle[], periods: number): Decimal | undefined {
  const length = String(wholePeriods(periods));
  const ranges = candles.slice(1).map((candle, index) => trueRange(candles[index], candle));
  if (ranges.length < periods) return undefined;
  const first = div(sum(ranges.slice(0, periods)), length);
  const smoothed = ranges
    .slice(periods)
    .reduce((average, range) => div(add(mul(average, String(periods - 1)), range), length), first);
  return toPlaces(smoothed, PLACES);
}

/** What a position is told of: the average true range of the candles that a market has. */
export function averageRangeOf(
  candles: readonly Candle[],
  timeframe: Timeframe,
  periods: number,
): AverageRange {
  const newest = candles.at(-1);
  const atr = averageTrueRange(candles, periods);
  return {
    atr: atr === undefined || isZero(atr) ? null : atr,
    asOfMs: newest === undefined ? null : newest.openedAtMs + TIMEFRAME_MS[timeframe],
  };
}

function wholePeriods(periods: number): number {
  if (Number.isInteger(periods) && periods >= 1 && periods <= MAX_PERIODS) return periods;
  throw new Error(`an average over ${periods} candles: 1 to ${MAX_PERIODS}`);
}

/** The way of a candle, and of the jump to it from where the one before it closed. */
function trueRange(before: Candle | undefined, { high, low }: Candle): Decimal {
  const within = sub(high, low);
  return before === undefined
    ? within
    : [abs(sub(high, before.close)), abs(sub(low, before.close))].reduce(max, within);
}
