import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../venue/book/rows.ts';
import { createRateLimiter } from '../../venue/protocols/bingx/limits.ts';
import { signedClient, testVenue } from './support.ts';

const ALICE = { account: 'alice', remote: '127.0.0.1' };

describe('rate limits', () => {
  it('limits an account on one endpoint within a second, and not on another', () => {
    const limiter = createRateLimiter(() => DEFAULT_SETTINGS);
    const check = (endpoint: string, atMs: number) =>
      limiter.check(endpoint, { uid: 2, ip: 1 }, ALICE, atMs)?.code;
    expect([check('a', 1_000), check('a', 1_100), check('a', 1_200)]).toEqual([undefined, undefined, 100410]);
    expect(check('b', 1_200)).toBeUndefined();
    expect(check('a', 2_001)).toBeUndefined();
  });

  it('limits accounts apart, and addresses where told to', () => {
    const settings = { ...DEFAULT_SETTINGS, ipLimits: true };
    const limiter = createRateLimiter(() => settings);
    const check = (account: string) =>
      limiter.check('a', { uid: 5, ip: 2 }, { account, remote: '10.0.0.1' }, 1_000)?.code;
    expect([check('alice'), check('bob'), check('carol')]).toEqual([undefined, undefined, 100410]);
  });

  it('escalates a storm from code 100410 to HTTP 429 to a ban with HTTP 418', () => {
    const limiter = createRateLimiter(() => DEFAULT_SETTINGS);
    const statuses = Array.from({ length: 100 }, () => limiter.check('a', { uid: 1 }, ALICE, 1_000)?.status);
    expect(statuses[0]).toBeUndefined();
    expect([statuses[5], statuses[30], statuses[99]]).toEqual([200, 429, 418]);
    expect(limiter.check('b', { uid: 1 }, ALICE, 60_000)?.status).toBe(418);
    expect(limiter.check('b', { uid: 1 }, ALICE, 122_000)).toBeUndefined();
  });

  it('answers as documented over the wire: HTTP 200, code 100410, data null', async () => {
    const venue = await testVenue({ settings: { rateLimits: true } });
    const call = signedClient(venue.url);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => call('GET', '/openApi/swap/v2/trade/openOrders')),
    );
    const limited = answers.filter((answer) => answer.code === 100410);
    expect(limited).toHaveLength(1);
    expect(limited[0]).toMatchObject({ status: 200 });
    expect(limited[0]?.text).toContain('"data":null');
    await venue.dispose();
  });
});
