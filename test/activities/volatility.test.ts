/** How far a price usually goes, as a workflow asks for it. */
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { createExchangeActivities } from '../../activities/exchange.ts';
import type { Candle } from '../../domain/candles.ts';
import { ExchangeFault } from '../../exchanges/errors.ts';
import type { CandleQuery } from '../../exchanges/exchange.ts';
import { emptyJournal } from '../support/empty-journal.ts';
import { createFakeExchange } from '../support/fake-exchange.ts';

const BTC = 'BTC/USDT:USDT';
const clock = { now: () => 1_000 };
const HOUR_MS = 3_600_000;

function readVolatility(candles: (query: CandleQuery) => Promise<Candle[]>) {
  const exchange = { ...createFakeExchange({ account: 'a', clock }), candles };
  const accounts = new Map([['a', { exchange, positionMode: 'one-way' as const, leverage: null }]]);
  const activities = createExchangeActivities({
    accounts,
    latestSnapshot: () => undefined,
    journal: emptyJournal(),
    clock,
  });
  return activities.readVolatility({ account: 'a', symbol: BTC, timeframe: '1h', periods: 2 });
}

const candle = (hour: number, high: string, low: string): Candle => ({
  openedAtMs: hour * HOUR_MS,
  open: '100',
  high,
  low,
  close: '100',
});

describe('the volatility of a market', () => {
  it('is the average true range of enough closed candles, with the time that it tells of', async () => {
    const asked: CandleQuery[] = [];
    const answer = await readVolatility(async (query) => {
      asked.push(query);
      return [candle(0, '101', '99'), candle(1, '102', '98'), candle(2, '101', '99')];
    });
    expect(answer).toEqual({ atr: '3', asOfMs: 3 * HOUR_MS });
    expect(asked).toEqual([{ symbol: BTC, timeframe: '1h', limit: 15 }]);
  });

  it('is unknown of a market that is too young, which is an answer', async () => {
    expect(await readVolatility(async () => [candle(0, '101', '99'), candle(1, '102', '98')])).toEqual({
      atr: null,
      asOfMs: 2 * HOUR_MS,
    });
  });

  it('fails where the exchange does not answer, so that it is asked again', async () => {
    const failing = readVolatility(() => Promise.reject(new ExchangeFault('unavailable', 'no answer')));
    await expect(failing).rejects.toBeInstanceOf(ApplicationFailure);
    await expect(failing).rejects.toMatchObject({ nonRetryable: false });
  });
});
