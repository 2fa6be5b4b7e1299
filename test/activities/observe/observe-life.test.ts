import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { UNKNOWN_TRUTH } from '../../../activities/observe/truth.ts';
import { aPosition, anOrder } from '../../support/fake-exchange.ts';
import { startWatching, STARTED_MS } from './bench.ts';

describe('the activity', () => {
  it('ends by cancellation alone, with its reason, and closes its streams', async () => {
    const { exchange, cancel, ended, pass } = startWatching((bench) =>
      bench.exchange.say(async () => Promise.reject(new Error('502'))),
    );
    await pass(600_000);
    const reason = new CancelledFailure('WORKER_SHUTDOWN');
    cancel(reason);
    expect(await ended).toBe(reason);
    expect(exchange.calls.stopped).toBe(2);
    const calls = exchange.calls.snapshot.length;
    await pass(600_000);
    expect(exchange.calls.snapshot).toHaveLength(calls);
  });

  it('ends while a reading is under way, and tells nothing of it', async () => {
    const { cancel, ended, told, pass } = startWatching(({ exchange }) =>
      exchange.say(async () => {
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        return { positions: [aPosition()] };
      }),
    );
    await pass(1_000);
    cancel();
    await pass(3_000);
    expect(await ended).toBeInstanceOf(Error);
    expect(told).toEqual([]);
  });

  it('heartbeats every second with what it knows', async () => {
    const { heartbeats, exchange, pass } = startWatching((bench) => {
      bench.exchange.say({ positions: [aPosition()] });
    });
    await pass(1_000);
    const SEEN_MS = Date.now();
    exchange.tick({ symbol: 'BTC/USDT:USDT', last: '50000', atMs: SEEN_MS });
    await pass(2_500);
    expect(heartbeats).toEqual([
      { snapshotAgeMs: null, priceAgeMs: null, pricesSeenAtMs: null, positions: 0, errors: 0 },
      { snapshotAgeMs: 1_000, priceAgeMs: 0, pricesSeenAtMs: null, positions: 1, errors: 0 },
      { snapshotAgeMs: 2_000, priceAgeMs: 1_000, pricesSeenAtMs: SEEN_MS, positions: 1, errors: 0 },
      { snapshotAgeMs: 3_000, priceAgeMs: 2_000, pricesSeenAtMs: SEEN_MS, positions: 1, errors: 0 },
    ]);
  });

  it('gives way to a later attempt in the same process', async () => {
    const { observer, exchange, ended, pass } = startWatching();
    await pass(1_000);
    const second = observer.observe({ account: 'main' }).catch(() => {});
    expect(await ended).toMatchObject({ message: expect.stringContaining('took over') });
    const before = exchange.calls.snapshot.length;
    await pass(10_000);
    expect(exchange.calls.snapshot.length - before).toBe(2);
    void second;
  });

  it('refuses an account that this process does not reach, for good', async () => {
    const { observer } = startWatching();
    await expect(observer.observe({ account: 'other' })).rejects.toMatchObject({
      type: 'Misconfigured',
      nonRetryable: true,
    });
  });

  it('goes on when a stream cannot be opened, and opens it later', async () => {
    let tries = 0;
    const { exchange, told, observer, pass } = startWatching((bench) => {
      const open = bench.exchange.streamAccount.bind(bench.exchange);
      bench.exchange.say({ orders: [anOrder()] });
      bench.exchange.streamAccount = (options) => {
        tries += 1;
        if (tries < 3) throw new Error('no listen key');
        return open(options);
      };
    });
    await pass(500);
    expect([told.length, observer.health().websocketConnected]).toEqual([1, false]);
    await pass(5_000);
    expect([exchange.calls.snapshot.length, observer.health().websocketConnected]).toEqual([2, true]);
  });
});

describe('health', () => {
  it('is empty before anything runs', async () => {
    const { observer, cancel, ended } = startWatching();
    cancel();
    await ended;
    expect(observer.health()).toEqual({
      watching: false,
      websocketConnected: false,
      activePositions: 0,
      pendingOrders: 0,
      lastUpdateMs: null,
      errors: 0,
      ageOfTruthMs: null,
      ageOfPriceMs: null,
      prices: [],
      ...UNKNOWN_TRUTH,
    });
    expect(observer.lastSnapshot()).toBeUndefined();
  });

  it('tells positions, orders, streams and ages', async () => {
    const { observer, exchange, pass } = startWatching((bench) =>
      bench.exchange.say({ positions: [aPosition()], orders: [anOrder()] }),
    );
    await pass(500);
    exchange.tick({ symbol: 'BTC/USDT:USDT', last: '50000', atMs: Date.now() });
    await pass(1_000);
    expect(observer.health()).toMatchObject({
      watching: true,
      websocketConnected: true,
      activePositions: 1,
      pendingOrders: 1,
      lastUpdateMs: STARTED_MS,
      errors: 0,
      ageOfTruthMs: 1_500,
      ageOfPriceMs: 1_000,
      prices: [
        {
          symbol: 'BTC/USDT:USDT',
          workingType: 'CONTRACT_PRICE',
          price: '50000',
          seenAtMs: STARTED_MS + 500,
        },
      ],
    });
    expect(observer.lastSnapshot()).toMatchObject({ complete: true, positions: [aPosition()] });
    exchange.streamState = 'silent';
    expect(observer.health().websocketConnected).toBe(true);
    exchange.streamState = 'down';
    expect(observer.health().websocketConnected).toBe(false);
  });
});
