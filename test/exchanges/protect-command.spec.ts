/** `holdfast protect` as it is run when all is lost: a process of its own, no Temporal, no journal or a broken one. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { folderForAll, temporaryFolder } from '../support/temporary.ts';
import { startVenue, type Venue } from '../../venue/venue.ts';

const PROJECT = join(import.meta.dirname, '../..');
const LEGS = [
  { account: 'one', exchange: 'bingx', leg: 'net' },
  { account: 'two', exchange: 'bybit', leg: 'long' },
  { account: 'three', exchange: 'binance', leg: 'net' },
] as const;

let venue: Venue;

beforeAll(async () => {
  venue = await startVenue({
    data: folderForAll(),
    feed: 'still',
    symbols: [],
    markets: [{ symbol: 'BTC-USDT', price: '50000', tickSize: '0.1', lotSize: '0.0001' }],
    settings: { positionLagMs: 0, slippageBps: 0 },
  });
});
afterAll(() => venue.stop());

it('covers every naked position of three exchanges, once', async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  mkdirSync(data);
  const config = configure(folder, data);
  for (const { account, leg } of LEGS) {
    const keys = { apiKey: `key-${account}`, secret: 's' };
    await venue.control.createAccount({ name: account, ...keys, hedgeMode: leg === 'long' });
    const trade = { account, leg, symbol: 'BTC-USDT', quantity: '0.05' } as const;
    await venue.control.trade({ ...trade, action: 'open', direction: 'long' });
  }
  const command = (name: string) => holdfast(name, '--json', '--config', config);

  const before = await command('verify-protection');
  expect(before.code).toBe(6);
  expect(coversIn(before.out)).toEqual(['naked', 'naked', 'naked']);
  expect(existsSync(join(data, 'journal.db'))).toBe(false);

  writeFileSync(join(data, 'journal.db'), 'no database at all');
  expect(await command('protect')).toMatchObject({ code: 0, err: '' });
  const stops = async () =>
    (await Promise.all(LEGS.map(({ account }) => venue.control.books(account)))).map(({ orders }) =>
      orders
        .filter(({ state }) => state === 'new')
        .map(({ type, stopPrice, quantity }) => [type, stopPrice, quantity]),
    );
  expect(await stops()).toEqual(LEGS.map(() => [['STOP_MARKET', '47500', '0.05']]));

  const again = await command('protect');
  expect([again.code, coversIn(again.out)]).toEqual([0, ['covered', 'covered', 'covered']]);
  expect(await stops()).toEqual(LEGS.map(() => [['STOP_MARKET', '47500', '0.05']]));
}, 60_000);

const coversIn = (out: string): string[] =>
  (JSON.parse(out) as { positions: { cover: string }[] }[]).flatMap(({ positions }) =>
    positions.map(({ cover }) => cover),
  );

/** Nothing listens where Temporal should be. */
function configure(folder: string, dataDir: string): string {
  const accounts = LEGS.map(({ account, exchange, leg }) => {
    const keysFile = join(folder, `${account}.json`);
    writeFileSync(keysFile, JSON.stringify({ apiKey: `key-${account}`, secret: 's' }), { mode: 0o600 });
    const positionMode = leg === 'long' ? 'hedge' : 'one-way';
    return [account, { exchange, positionMode, keysFile, endpoint: venue.url }] as const;
  });
  const file = join(folder, 'holdfast.json');
  const temporal = { address: '127.0.0.1:9' };
  writeFileSync(file, JSON.stringify({ dataDir, temporal, accounts: Object.fromEntries(accounts) }));
  return file;
}

function holdfast(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const node = join(PROJECT, 'node_modules/.bin/node');
  return new Promise((resolve) => {
    execFile(node, [join(PROJECT, 'client/cli/main.ts'), ...args], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}
