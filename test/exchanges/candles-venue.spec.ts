/** Candles from end to end: what the price did on the venue is what comes out, digit by digit, in every timeframe. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { averageTrueRange, TIMEFRAME_MS, type Candle } from '../../domain/candles.ts';
import { max, min, type Decimal } from '../../domain/decimal.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { startVenueUnderTest } from './venue-under-test.ts';

const SYMBOL = 'ATR/USDT:USDT';
const MINUTE_MS = TIMEFRAME_MS['1m'];
/** What was paid early and late in each of these minutes. */
const MINUTES: readonly (readonly [Decimal, Decimal])[] = [
  ['100', '101'],
  ['103.5', '102'],
  ['99', '99.5'],
  ['99.5', '99.5'],
  ['97.1', '104.4'],
  ['104', '100'],
  ['100.1', '100.2'],
  ['108', '107'],
  ['101', '103'],
  ['103', '102.5'],
];

/** Each opens at the close before it, as candles of a market that trades on do. */
const candlesFrom = (startMs: number): Candle[] =>
  MINUTES.map(([early, close], index) => {
    const open = MINUTES[index - 1]?.[1] ?? early;
    const all = [open, early, close];
    return {
      openedAtMs: startMs + index * MINUTE_MS,
      open,
      high: all.reduce(max),
      low: all.reduce(min),
      close,
    };
  });

const joined = (candles: readonly Candle[]): Candle | undefined =>
  candles.reduce<Candle | undefined>(
    (all, one) =>
      all ? { ...all, high: max(all.high, one.high), low: min(all.low, one.low), close: one.close } : one,
    undefined,
  );

describe.each(['bingx', 'bybit', 'binance'] as const)('candles of the venue by %s', (name) => {
  let exchange: Exchange;
  let stop: () => Promise<void>;
  let startMs: number;

  beforeEach(async () => {
    const venue = await startVenueUnderTest(name, 'one-way');
    const { control } = venue;
    startMs = Math.floor(Date.now() / TIMEFRAME_MS['5m'] - 4) * TIMEFRAME_MS['5m'];
    const at = (ms: number) => control.setClockSkew(startMs + ms - Date.now());
    await at(5_000);
    await control.addMarket({ symbol: 'ATR-USDT', price: '100', tickSize: '0.1', lotSize: '0.001' });
    for (const [minute, [early, late]] of MINUTES.entries()) {
      await at(minute * MINUTE_MS + 10_000);
      await control.setPrice({ symbol: 'ATR-USDT', last: early });
      await at(minute * MINUTE_MS + 40_000);
      await control.setPrice({ symbol: 'ATR-USDT', last: late });
    }
    await control.setClockSkew(0);
    const opened = await venue.open('candles');
    ({ exchange } = opened);
    stop = async () => {
      await opened.stop();
      await venue.stop();
    };
  });
  afterEach(() => stop());

  it('are those of the minutes, and of five minutes together', async () => {
    const inTime = ({ openedAtMs }: Candle): boolean =>
      openedAtMs >= startMs && openedAtMs < startMs + MINUTES.length * MINUTE_MS;
    const minutes = (await exchange.candles({ symbol: SYMBOL, timeframe: '1m', limit: 60 })).filter(inTime);
    expect(minutes).toEqual(candlesFrom(startMs));
    const fives = (await exchange.candles({ symbol: SYMBOL, timeframe: '5m', limit: 12 })).filter(inTime);
    expect(fives).toEqual([joined(minutes.slice(0, 5)), joined(minutes.slice(5))]);
    // By hand: ranges 2.5, 3, 0 and 7.3.
    expect(averageTrueRange(minutes.slice(0, 5), 4)).toBe('3.2');
  });
});
