/** An account whose gateway does not come: said at once, tried again, and nobody else's business. */
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import type { NativeConnection } from '@temporalio/worker';
import { ConfigError } from '../../config/errors.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { createAccountServer } from '../../worker/account-server.ts';
import type { Shared } from '../../worker/deps.ts';
import { openWithin, type OpenGateway } from '../../worker/gateway.ts';
import { configOf } from '../client/config-of.ts';
import { createFakeExchange } from '../support/fake-exchange.ts';

const { accounts } = configOf('accounts: { a: { mode: live, live: true, apiKeyEnv: K, secretEnv: S } }');
const account = accounts['a'];
if (!account) throw new Error('there is no account a');
const log = pino({ level: 'silent' });

function serve(open: OpenGateway) {
  const stop = new AbortController();
  const server = createAccountServer({
    account: account as NonNullable<typeof account>, // checked above, once for all tests
    // Nothing of these is reached before an account is admitted.
    shared: { log } as Shared,
    connection: {} as NativeConnection,
    namespace: 'n',
    shutdownGraceTime: '1s',
    stop: stop.signal,
    open,
    delays: { firstMs: 1, longestMs: 4, localMs: 4, examineMs: 1, doubtMs: 1 },
  });
  const kept = server.keep();
  return { server, end: async () => (stop.abort(), kept) };
}

describe('an account that cannot be served', () => {
  it.each<[string, () => Promise<Exchange>, RegExp]>([
    [
      'its adapter does not load',
      () => Promise.reject(new SyntaxError('unexpected token')),
      /unexpected token/,
    ],
    [
      'its keys are missing',
      () =>
        Promise.reject(
          new ConfigError([{ source: '/k', path: '', problem: 'no such file', fix: 'Create it' }]),
        ),
      /no such file/,
    ],
    [
      'the opening throws at once',
      () => {
        throw new Error('at once');
      },
      /at once/,
    ],
  ])('is said and tried again: %s', async (_, open, reason) => {
    const tries = vi.fn<() => Promise<Exchange>>(open);
    const { server, end } = serve(tries);
    await server.tried;
    expect(server.report().status).toMatchObject({
      state: 'not_served',
      reason: expect.stringMatching(reason),
    });
    await expect.poll(() => tries.mock.calls.length).toBeGreaterThan(3);
    await end();
  });

  it('is not served while its live key can withdraw, and its gateway is closed each time', async () => {
    const close = vi.fn<() => Promise<void>>(async () => undefined);
    const rich = async (): Promise<Exchange> => ({
      ...createFakeExchange({ account: 'a', clock: { now: () => 0 } }),
      health: async () => ({ reachable: true, permissions: { trade: true, withdraw: true }, problems: [] }),
      balance: async () => ({ asset: 'USDT', equity: '1', available: '1', atMs: 0 }),
      close,
    });
    const { server, end } = serve(rich);
    await server.tried;
    expect(server.report().status).toMatchObject({
      state: 'not_served',
      reason: expect.stringContaining('can withdraw'),
      remedy: expect.stringContaining('withdrawal permission'),
    });
    await expect.poll(() => close.mock.calls.length).toBeGreaterThan(1);
    await end();
  });

  it('never tells a key, whatever an adapter throws', async () => {
    const { server, end } = serve(() =>
      Promise.reject(
        new Error('GET https://x.test/a?apiKey=abcdefgh12345678&signature=0123456789abcdef0123'),
      ),
    );
    await server.tried;
    expect(JSON.stringify(server.report())).not.toMatch(/abcdefgh12345678|0123456789abcdef0123/);
    await end();
  });
});

describe('a gateway that hangs', () => {
  it('is given up, and closed when it opens after all', async () => {
    const late = Promise.withResolvers<Exchange>();
    const close = vi.fn<() => Promise<void>>(async () => undefined);
    const opening = openWithin(() => late.promise, account as NonNullable<typeof account>, log, 5);
    await expect(opening).rejects.toThrow(/did not open within/);
    late.resolve({ ...createFakeExchange({ account: 'a', clock: { now: () => 0 } }), close });
    await expect.poll(() => close.mock.calls.length).toBe(1);
  });
});
