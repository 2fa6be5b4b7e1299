/** Wilder's average true range, against figures that were reckoned by hand. */
import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { averageRangeOf, averageTrueRange, candlesFor, MAX_PERIODS } from '../../domain/candles.ts';
import type { Candle } from '../../domain/candles.ts';
import { add, gte, lte, max, min, mul } from '../../domain/decimal.ts';

/** `high low close`, a minute each. */
const candles = (...rows: string[]): Candle[] =>
  rows.map((row, index) => {
    const [high = '', low = '', close = ''] = row.split(' ');
    return { openedAtMs: index * 60_000, open: close, high, low, close };
  });

describe('the average true range', () => {
  it('is the mean of the first true ranges, each with the jump from the close before', () => {
    // 12 - 9 = 3; the gap up from 10 to a high of 16: 6; the fall from 15 to a low of 8: 7.
    const given = candles('10 8 9', '12 9 10', '16 14 15', '9 8 8.5');
    expect(averageTrueRange(given, 3)).toBe('5.333333333333');
    expect(averageTrueRange(given.slice(0, 3), 2)).toBe('4.5');
  });

  it('smooths on by the weight of one period', () => {
    // Ranges 2, 4, 6: first (2 + 4) / 2 = 3, then (3 * 1 + 6) / 2 = 4.5; then a quiet one: (4.5 + 1) / 2.
    const given = candles('10 10 10', '11 9 10', '12 8 10', '13 7 10', '10.5 9.5 10');
    expect(averageTrueRange(given.slice(0, 4), 2)).toBe('4.5');
    expect(averageTrueRange(given, 2)).toBe('2.75');
  });

  it('is unknown with one candle less than it needs', () => {
    expect(averageTrueRange(candles('11 9 10', '11 9 10', '11 9 10'), 3)).toBeUndefined();
    expect(averageTrueRange(candles('11 9 10', '11 9 10', '11 9 10', '11 9 10'), 3)).toBe('2');
    expect(averageTrueRange([], 1)).toBeUndefined();
  });

  it.each([0, -1, 1.5, MAX_PERIODS + 1])('is not reckoned over %s candles', (periods) => {
    expect(() => averageTrueRange(candles('11 9 10', '11 9 10'), periods)).toThrow('1 to 100');
    expect(() => candlesFor(periods)).toThrow('1 to 100');
  });

  it('is told with the time that its newest candle closed', () => {
    expect(averageRangeOf(candles('11 9 10', '12 9 10'), '1m', 1)).toEqual({ atr: '3', asOfMs: 120_000 });
    expect(averageRangeOf(candles('11 9 10'), '1h', 1)).toEqual({ atr: null, asOfMs: 3_600_000 });
    expect(averageRangeOf(candles('10 10 10', '10 10 10'), '1m', 1)).toEqual({ atr: null, asOfMs: 120_000 });
    expect(averageRangeOf([], '1h', 1)).toEqual({ atr: null, asOfMs: null });
  });

  it('forgets what it began with, given as many candles as it asks for', () => {
    const usual = Array.from({ length: candlesFor(14) - 15 }, () => '101 99 100');
    const wild = Array.from({ length: 15 }, () => '150 50 100');
    const atr = averageTrueRange(candles(...wild, ...usual), 14);
    expect(Number(atr)).toBeGreaterThan(2);
    expect(Number(atr)).toBeLessThan(2.3);
  });
});

const price = fc.integer({ min: 1, max: 10_000 }).map(String);
const bar = fc
  .tuple(price, price, price, price)
  .map(([open, close, one, other]): Omit<Candle, 'openedAtMs'> => ({
    open,
    close,
    high: [open, close, one, other].reduce(max),
    low: [open, close, one, other].reduce(min),
  }));
const history = fc
  .array(bar, { minLength: 5, maxLength: 40 })
  .map((bars): Candle[] => bars.map((one, index) => ({ ...one, openedAtMs: index * 60_000 })));
const periods = fc.integer({ min: 1, max: 4 });

describe('for any candles, the average true range', () => {
  it('lies between the smallest and the largest true range, and is never negative', () => {
    fc.assert(
      fc.property(history, periods, (given, length) => {
        const atr = averageTrueRange(given, length) ?? '-1';
        const ranges = given.slice(1).map((one, index) => {
          const before = given[index]?.close ?? one.open;
          return String(Number(max(one.high, before)) - Number(min(one.low, before)));
        });
        expect(gte(add(atr, '0.000000000001'), ranges.reduce(min))).toBe(true);
        expect(lte(atr, ranges.reduce(max))).toBe(true);
      }),
    );
  });

  it('grows with the prices, and does not care how high they stand', () => {
    const moved = (given: Candle[], change: (price: string) => string): Candle[] =>
      given.map(({ openedAtMs, open, high, low, close }) => ({
        openedAtMs,
        open: change(open),
        high: change(high),
        low: change(low),
        close: change(close),
      }));
    fc.assert(
      fc.property(history, (given) => {
        const atr = averageTrueRange(given, 4) ?? '';
        expect(
          averageTrueRange(
            moved(given, (one) => add(one, '777')),
            4,
          ),
        ).toBe(atr);
        // The last decimal is rounded once more here than there.
        const tenfold = Number(
          averageTrueRange(
            moved(given, (one) => mul(one, '10')),
            4,
          ),
        );
        expect(tenfold).toBeCloseTo(Number(atr) * 10, 6);
      }),
    );
  });
});
