import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../venue/book/rows.ts';
import { createRateLimiter } from '../../venue/protocols/binance/limits.ts';
import { binanceClient, SYMBOL, V1 } from './binance-support.ts';
import { testVenue } from './support.ts';

const ALICE = { account: 'alice', remote: '127.0.0.1' };
/** A full minute of the clock. */
const MINUTE = 60_000 * 1_000;

describe('rate limits of Binance', () => {
  it('count weight by the clock’s minute: 2400, then HTTP 429 and when to come back', () => {
    const limiter = createRateLimiter(() => DEFAULT_SETTINGS);
    const check = (weight: number, atMs: number) =>
      limiter.check(ALICE, { weight, newOrders: 0 }, MINUTE + atMs);
    expect(check(2_400, 1_000)).toEqual({ headers: { 'X-MBX-USED-WEIGHT-1M': '2400' }, refused: undefined });
    expect(check(1, 20_000)).toMatchObject({
      headers: { 'X-MBX-USED-WEIGHT-1M': '2401', 'Retry-After': '40' },
      refused: { code: -1003, status: 429 },
    });
    expect(check(1, 60_000)).toMatchObject({ headers: { 'X-MBX-USED-WEIGHT-1M': '1' }, refused: undefined });
  });

  it('count new orders in ten seconds and a minute, apart from weight', () => {
    const limiter = createRateLimiter(() => DEFAULT_SETTINGS);
    const check = (newOrders: number, atMs: number) =>
      limiter.check(ALICE, { weight: 0, newOrders }, MINUTE + atMs);
    expect(check(300, 0)).toMatchObject({
      headers: { 'X-MBX-ORDER-COUNT-10S': '300', 'X-MBX-ORDER-COUNT-1M': '300' },
      refused: undefined,
    });
    expect(check(1, 2_000)).toMatchObject({
      headers: { 'Retry-After': '8' },
      refused: { code: -1015, status: 429 },
    });
    expect([check(300, 10_000), check(300, 20_000), check(299, 30_000)].map((one) => one.refused)).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect(check(1, 40_000)).toMatchObject({ refused: { code: -1015 }, headers: { 'Retry-After': '20' } });
  });

  it('count accounts apart, addresses together where told to', () => {
    const check = (ipLimits: boolean) => {
      const limiter = createRateLimiter(() => ({ ...DEFAULT_SETTINGS, ipLimits }));
      limiter.check(ALICE, { weight: 2_400, newOrders: 0 }, MINUTE);
      return limiter.check({ ...ALICE, account: 'bob' }, { weight: 1, newOrders: 0 }, MINUTE).refused?.code;
    };
    expect([check(false), check(true)]).toEqual([undefined, -1003]);
  });

  it('ban a storm with HTTP 418 for two minutes', () => {
    const limiter = createRateLimiter(() => DEFAULT_SETTINGS);
    const check = (atMs: number) => limiter.check(ALICE, { weight: 2_401, newOrders: 0 }, MINUTE + atMs);
    const statuses = Array.from({ length: 30 }, () => check(0).refused?.status);
    expect([statuses[0], statuses[18], statuses[19], statuses[29]]).toEqual([429, 429, 418, 418]);
    const light = (atMs: number) => limiter.check(ALICE, { weight: 1, newOrders: 0 }, MINUTE + atMs);
    expect(light(110_000)).toMatchObject({
      headers: { 'Retry-After': '10' },
      refused: { status: 418, msg: expect.stringContaining('banned until') as string },
    });
    expect(light(121_000).refused).toBeUndefined();
  });

  it('show in the headers of every answer, also while they are off', async () => {
    const venue = await testVenue();
    const call = binanceClient(venue.url);
    const answer = await call('GET', `${V1}/userTrades`, { symbol: SYMBOL });
    expect(answer.headers.get('x-mbx-used-weight-1m')).toBe('5');
    const batch = [1, 2].map(() => ({ symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '0.01' }));
    const placed = await call('POST', `${V1}/batchOrders`, { batchOrders: JSON.stringify(batch) });
    expect(placed.headers.get('x-mbx-order-count-10s')).toBe('2');
    await venue.dispose();
  });

  it('answer over the wire as documented', async () => {
    const venue = await testVenue({ settings: { rateLimits: true } });
    const call = binanceClient(venue.url);
    const answers = await Promise.all(Array.from({ length: 85 }, () => call('GET', `${V1}/income`)));
    const limited = answers.filter(({ status }) => status === 429);
    // A new minute may begin in between.
    expect(limited.length).toBeLessThanOrEqual(5);
    for (const answer of limited) {
      expect(answer.body).toMatchObject({ code: -1003, msg: expect.stringContaining('2400') as string });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    await venue.dispose();
  });
});
