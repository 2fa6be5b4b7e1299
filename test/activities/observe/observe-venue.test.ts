/** The watcher against a real venue, through the real gateway and a real journal: no part is a fake but Temporal. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLevelChanges } from '../../../activities/observe/level-changes.ts';
import { createObserve } from '../../../activities/observe/observe.ts';
import type { PriceCrossing } from '../../../domain/commands.ts';
import type { ToldSnapshot } from '../../../domain/reconcile/snapshot-shape.ts';
import { createExchange } from '../../../exchanges/create.ts';
import { openSqliteJournal } from '../../../journal/sqlite.ts';
import { startVenue } from '../../../venue/venue.ts';
import { aLevel, aPublication } from '../../journal/records.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const ACCOUNT = { name: 'main', apiKey: 'watcher-key', secret: 'watcher-secret', hedgeMode: true };
const LEG = { account: 'main', symbol: 'BTC-USDT', leg: 'long' } as const;

/** Quicker than in earnest, so that the tests are. */
const POLL_MS = 1_500;

async function watchVenue() {
  const folder = temporaryFolder();
  const settings = { positionLagMs: 0, rateLimits: false };
  const venue = await startVenue({
    data: join(folder, 'venue'),
    feed: 'still',
    accounts: [ACCOUNT],
    settings,
  });
  await venue.control.setPrice({ symbol: 'BTC-USDT', last: '50000' });
  const { apiKey, secret } = ACCOUNT;
  const exchange = await createExchange({
    account: 'main',
    exchange: 'bingx',
    mode: 'paper',
    endpoint: venue.url,
    apiKey,
    secret,
  });
  const journal = openSqliteJournal({ file: join(folder, 'journal.db') });
  const levelChanges = createLevelChanges();
  const told: { leg: string; snapshot: ToldSnapshot; atMs: number }[] = [];
  const crossings: (PriceCrossing & { seenAtMs: number })[] = [];
  const cancellation = new AbortController();
  const observer = createObserve({
    exchange,
    journal,
    levelChanges,
    signals: {
      reconcile: async ({ symbol, leg }, snapshot) => {
        told.push({ leg: `${symbol} ${leg}`, snapshot, atMs: Date.now() });
        return 'delivered';
      },
      priceCrossed: async (_, crossing) => {
        crossings.push({ ...crossing, seenAtMs: Date.now() });
        return 'delivered';
      },
      unmanaged: async () => {},
    },
    clock: { now: Date.now },
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    pollMs: POLL_MS,
    run: () => ({ heartbeat: () => {}, cancelled: cancellation.signal }),
  });
  const ended = observer.observe({ account: 'main' }).catch(() => {});
  onTestFinished(async () => {
    cancellation.abort(new Error('the test is over'));
    await ended;
    await exchange.close();
    await journal.close();
    await venue.stop();
  });
  await eventually(async () =>
    expect(observer.health()).toMatchObject({ websocketConnected: true, errors: 0 }),
  );
  const arm = async (...prices: string[]) => {
    await journal.publish(aPublication(1, { levels: prices.map((price) => aLevel(price, { price })) }));
    levelChanges.announce('main');
  };
  return { control: venue.control, observer, told, crossings, arm };
}

describe('the watcher on a real venue', () => {
  it('tells a position opened by hand within a second, by the private stream', async () => {
    const { control, told } = await watchVenue();
    const openedAtMs = Date.now();
    await control.trade({ ...LEG, action: 'open', direction: 'long', quantity: '0.05' });
    await eventually(async () => expect(told).toHaveLength(1));
    expect(told[0]).toMatchObject({
      leg: 'BTC/USDT:USDT long',
      snapshot: { complete: true, position: { quantity: '0.05', side: 'long' } },
    });
    expect((told[0]?.atMs ?? 0) - openedAtMs).toBeLessThan(1_000);
    await control.trade({ ...LEG, action: 'close' });
    await eventually(async () => expect(told).toHaveLength(2));
    expect(told[1]?.snapshot).not.toHaveProperty('position');
  });

  it('tells it within one reading when the private stream is deaf', async () => {
    const { control, told } = await watchVenue();
    await control.sockets({ action: 'silent', match: { stream: 'private' } });
    await control.trade({ ...LEG, action: 'open', direction: 'long', quantity: '0.05' });
    await eventually(async () => expect(told).toHaveLength(1), 2 * POLL_MS);
  });

  it('makes nothing of readings that the venue spoils, and tells the truth afterwards', async () => {
    const { control, told, observer } = await watchVenue();
    await control.trade({ ...LEG, action: 'open', direction: 'long', quantity: '0.05' });
    await eventually(async () => expect(told).toHaveLength(1));
    await control.planFault({
      kind: 'malformed-numbers',
      match: { pathContains: '/user/positions' },
      count: 1,
    });
    await control.trade({ ...LEG, action: 'reduce', quantity: '0.02' });
    await eventually(async () => expect(observer.health().errors).toBeGreaterThan(0));
    expect(told).toHaveLength(1);
    await eventually(async () => expect(told).toHaveLength(2));
    expect(told[1]?.snapshot.position?.quantity).toBe('0.03');
  });

  it('tells a crossing at once, once', async () => {
    const { control, crossings, arm, observer } = await watchVenue();
    await arm('49000', '48985');
    await eventually(async () => expect(observer.health().ageOfPriceMs).not.toBeNull());
    await control.setPrice({ symbol: 'BTC-USDT', last: '49000.1' });
    const movedAtMs = Date.now();
    await control.setPrice({ symbol: 'BTC-USDT', last: '48990' });
    await eventually(async () => expect(crossings).toHaveLength(1));
    expect(crossings[0]).toMatchObject({ crossingId: '49000@1', price: '48990' });
    expect((crossings[0]?.seenAtMs ?? 0) - movedAtMs).toBeLessThan(500);
    await control.setPrice({ symbol: 'BTC-USDT', last: '48980' });
    await eventually(async () => expect(crossings.map(({ levelId }) => levelId)).toEqual(['49000', '48985']));
  });

  it('finds a crossing that happened while the price socket was away', async () => {
    const { control, crossings, arm, observer } = await watchVenue();
    await arm('49000');
    await eventually(async () => expect(observer.health().ageOfPriceMs).not.toBeNull());
    await control.sockets({ action: 'drop', match: { stream: 'public' } });
    await control.setPrice({ symbol: 'BTC-USDT', last: '48990' });
    await eventually(async () => expect(crossings).toHaveLength(1));
  });
});
