/** Accounts that are served side by side, and keys that stop working meanwhile. */
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { ExchangeFault } from '../../exchanges/errors.ts';
import type { Exchange } from '../../exchanges/exchange.ts';
import { createAccountServer } from '../../worker/account-server.ts';
import { createShared, type Shared } from '../../worker/deps.ts';
import { createFakeExchange } from '../support/fake-exchange.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

let server: TestWorkflowEnvironment;
beforeAll(async () => {
  server = await startTimeSkipping();
});
afterAll(() => server.teardown());

/** Keys that a test can make wrong and right again, and how many gateways are open on them. */
function createKeys() {
  const keys = { right: true, opened: 0, closed: 0 };
  const open = async (): Promise<Exchange> => {
    keys.opened += 1;
    return {
      ...createFakeExchange({ account: 'a', clock: { now: Date.now } }),
      health: async () => ({ reachable: true, positionMode: 'one-way', problems: [] }),
      balance: async () => {
        if (!keys.right) throw new ExchangeFault('auth', 'balance: Incorrect apiKey');
        return { asset: 'USDT', equity: '1', available: '1', atMs: 0 };
      },
      close: async () => void (keys.closed += 1),
    };
  };
  return { keys, open };
}

it('keys that stop working end the service of their account only, and it begins again with right ones', async () => {
  const config = loadConfig({
    flags: { data: temporaryFolder(), demo: 'all' },
    env: {},
  });
  const client = new Client({ connection: server.connection });
  const shared = createShared(config, client, pino({ level: 'silent' }));
  const stop = new AbortController();
  const begin = (name: 'bingx' | 'bybit') => {
    const account = config.accounts[name];
    if (!account) throw new Error(`there is no account ${name}`);
    const { keys, open } = createKeys();
    const served = createAccountServer({
      account: { ...account, positionMode: 'one-way' },
      shared,
      connection: server.nativeConnection,
      namespace: server.namespace ?? 'default',
      shutdownGraceTime: '1s',
      stop: stop.signal,
      open,
      delays: { firstMs: 10, longestMs: 50, localMs: 50, examineMs: 20, doubtMs: 20 },
    });
    return { keys, served, kept: served.keep(), state: () => served.report().status.state };
  };
  const [one, other] = [begin('bingx'), begin('bybit')];
  try {
    await Promise.all([one.served.tried, other.served.tried]);
    expect([one.state(), other.state()]).toEqual(['serving', 'serving']);

    one.keys.right = false;
    await eventually(async () => expect(one.state()).toBe('not_served'));
    // Every attempt opens a gateway of its own, with the keys as they are then, and closes it.
    await eventually(async () => expect(one.keys.opened).toBeGreaterThan(3));
    expect(one.keys.opened - one.keys.closed).toBeLessThanOrEqual(1);
    expect([other.state(), other.keys.opened]).toEqual(['serving', 1]);

    one.keys.right = true;
    await eventually(async () => expect(one.state()).toBe('serving'));
  } finally {
    await end(stop, [one.kept, other.kept], shared);
  }
  expect([one, other].map(({ keys }) => keys.opened - keys.closed)).toEqual([0, 0]);
});

async function end(stop: AbortController, kept: readonly Promise<void>[], shared: Shared): Promise<void> {
  stop.abort();
  await Promise.all(kept);
  await shared.journal.close();
}
