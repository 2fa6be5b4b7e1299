/**
 * One worker, one configuration, many accounts, all but two of them sick in a way of their own
 * (scenario 31): the others are served as if they were alone, each sick one is said, and those whose
 * cause goes away are served without anybody starting anything.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSilentServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accountReports, readWorkerReports } from '../../config/serving.ts';
import type { Life } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { ask, askHealth } from '../support/health.ts';
import { openProtected, untilOver } from '../support/lives.ts';
import { startProcesses, type Processes } from '../support/processes.ts';

const PROJECT = join(import.meta.dirname, '../..');
const KEYS = {
  late: 'late-key',
  wrong: 'unknown-key',
  rich: 'rich-key',
  hedged: 'hedged-key',
  banned: 'banned-key',
  stranger: 'stranger-key',
};
const EXCHANGES = ['bingx', 'bybit', 'binance'] as const;
/** The longest pause between two attempts, and one on a machine that is busy. */
const RECOVERS_WITHIN_MS = 50_000;

/** One on each exchange. */
const GOOD = ['good', 'fine', 'well'];

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
const keysFile = (name: keyof typeof KEYS): string => join(folder, `${name}.json`);
let processes: Processes;
let banned: Awaited<ReturnType<typeof startBanned>>;
let silent: Awaited<ReturnType<typeof startSilent>>;

beforeAll(async () => {
  banned = await startBanned();
  silent = await startSilent();
  for (const name of ['wrong', 'rich', 'hedged', 'banned', 'stranger'] as const) writeKeys(name);
  processes = await startProcesses({
    folder,
    accounts: GOOD,
    others: ({ venueUrl: endpoint }) => ({
      fine: { exchange: 'bybit' },
      well: { exchange: 'binance' },
      'no-file': { keysFile: keysFile('late'), endpoint },
      'wrong-keys': { keysFile: keysFile('wrong'), endpoint },
      malformed: { endpoint: 'not a url' },
      down: { endpoint: 'http://127.0.0.1:9' },
      silent: { endpoint: silent.url },
      banned: { mode: 'live', live: true, keysFile: keysFile('banned'), endpoint: banned.url },
      ...onEach('rich', { mode: 'live', live: true, keysFile: keysFile('rich'), endpoint }),
      ...onEach('hedged', { keysFile: keysFile('hedged'), endpoint }),
      ...onEach('stranger', { keysFile: keysFile('stranger'), endpoint }),
    }),
  });
  const { control } = processes.venue;
  const keys = (name: keyof typeof KEYS) => ({ apiKey: KEYS[name], secret: 's' });
  await control.createAccount({ name: 'rich', ...keys('rich'), permissions: ['read', 'trade', 'withdraw'] });
  await control.createAccount({ name: 'hedged', ...keys('hedged'), hedgeMode: true });
  await control.createAccount({ name: 'banned', ...keys('banned') });
});
/** The same sickness on every exchange: `rich-bybit` and so on. */
const onEach = (name: string, settings: object): Record<string, Record<string, unknown>> =>
  Object.fromEntries(EXCHANGES.map((exchange) => [`${name}-${exchange}`, { exchange, ...settings }]));

afterAll(async () => {
  await processes.close();
  await banned.close();
  await silent.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

it('the good ones are served as if they were alone', async () => {
  const lives = GOOD.map((account): Life => ({ account, symbol: 'BTC/USDT:USDT', leg: 'net' }));
  await Promise.all(lives.map((life) => openProtected(processes, { life, quantity: '0.05' })));
  await processes.venue.control.setPrice({ symbol: 'BTC-USDT', last: '67000', path: 'walk' });
  await untilOver(processes, lives);
  const trades = await Promise.all(GOOD.map((account) => processes.journal.trades({ account })));
  expect(trades).toMatchObject(GOOD.map(() => [{ exitReason: 'TAKE_PROFIT', closePrice: '66300' }]));
});

it('each sick one is said, with what to do', async () => {
  await eventually(async () => {
    expect(statusOf('no-file')).toMatchObject({
      state: 'not_served',
      reason: expect.stringMatching(/no such file/),
    });
    expect(statusOf('wrong-keys')).toMatchObject({
      state: 'not_served',
      reason: expect.stringMatching(/does not accept the keys/),
    });
    expect(statusOf('malformed')).toMatchObject({
      state: 'not_served',
      retryAt: null,
      reason: expect.stringMatching(/base URL/),
    });
    // Live: of a key about which the exchange says nothing, nothing is known.
    expect(statusOf('banned')).toMatchObject({
      state: 'not_served',
      reason: expect.stringMatching(/does not answer/),
    });
    // Paper: served as soon as it answers, and nothing is lost meanwhile.
    for (const name of ['down', 'silent'])
      expect(statusOf(name)).toMatchObject({
        state: 'serving',
        notes: [expect.stringMatching(/does not answer/)],
      });
  }, RECOVERS_WITHIN_MS);
});

it.each(EXCHANGES)('%s is believed when it speaks against an account', async (exchange) => {
  await eventually(async () => {
    expect(statusOf(`rich-${exchange}`)).toMatchObject({
      state: 'not_served',
      reason: expect.stringMatching(/can withdraw money/),
    });
    expect(statusOf(`stranger-${exchange}`)).toMatchObject({
      state: 'not_served',
      reason: expect.stringMatching(/does not accept the keys/),
    });
    expect(statusOf(`hedged-${exchange}`)).toMatchObject({
      state: 'serving',
      notes: [expect.stringMatching(/in hedge mode/)],
    });
  }, RECOVERS_WITHIN_MS);
});

it('health says which are sick and why, and that the others are well', async () => {
  const report = await eventually(async () => {
    const told = await askHealth(processes.config);
    expect(told.status).toBe(503);
    const accounts = new Map(told.report.accounts.map((account) => [account.account, account]));
    for (const name of GOOD)
      expect(accounts.get(name)).toMatchObject({ healthy: true, watched_by: 'this_worker', problems: [] });
    for (const name of ['no-file', 'malformed', 'rich-bybit', 'stranger-binance'])
      expect(accounts.get(name)).toMatchObject({
        state: 'not_served',
        problems: [expect.stringMatching(/^it is not served: /)],
      });
    for (const name of ['down', 'silent'])
      expect(accounts.get(name)).toMatchObject({ problems: ['nobody has read the account yet'] });
    return told.report;
  });
  expect(JSON.stringify(report)).not.toMatch(new RegExp(Object.values(KEYS).join('|')));
  expect((await ask(processes.config, '/health/ready')).status).toBe(200);
});

it('doctor shows each as a row, and says by its exit code that something is wrong', async () => {
  const { code, out } = await cli('doctor', '--json');
  const accounts = (JSON.parse(out) as { state: string; account?: { name: string } }[]).filter(
    ({ account }) => account !== undefined,
  );
  expect(code).toBe(6);
  const row = (name: string) => accounts.find(({ account }) => account?.name === name);
  for (const name of GOOD)
    expect(row(name)).toMatchObject({
      state: 'ok',
      account: {
        served: 'serving',
        reachable: true,
        keys: 'accepted',
        permissions: { trade: true, withdraw: false },
        positionMode: 'one-way',
        sockets: { prices: 'live', account: 'live' },
        positions: 0,
        drift: [],
        problems: [],
      },
    });
  for (const exchange of EXCHANGES) {
    expect(row(`rich-${exchange}`)).toMatchObject({
      state: 'wrong',
      account: { permissions: { withdraw: true } },
    });
    expect(row(`stranger-${exchange}`)).toMatchObject({ state: 'wrong', account: { keys: 'refused' } });
    expect(row(`hedged-${exchange}`)).toMatchObject({ state: 'wrong', account: { positionMode: 'hedge' } });
  }
  for (const name of ['no-file', 'malformed', 'down', 'silent', 'banned'])
    expect([name, row(name)?.state]).toEqual([name, 'wrong']);
  expect(out).not.toMatch(new RegExp(Object.values(KEYS).join('|')));
});

it('the list of positions names those that nobody looks after', async () => {
  const { code, out, err } = await cli('positions');
  expect([code, err]).toEqual([0, '']);
  for (const name of ['no-file', 'wrong-keys', 'malformed', 'rich-bybit'])
    expect(out).toContain(`${name} is not served`);
  expect(out).not.toContain('good is not served');
});

it.each(EXCHANGES)(
  'an entry in the wrong position mode is refused on %s, with what to do',
  async (exchange) => {
    const { code, err } = await cli('open', 'btc', 'long', '0.05', '--account', `hedged-${exchange}`);
    expect(code).toBe(3);
    expect(err).toMatch(/positionMode: hedge/);
  },
);

it('an entry on an account that is not served is not sent into the void', async () => {
  const { code, err } = await cli('open', 'btc', 'long', '0.05', '--account', 'rich-binance', '--yes');
  expect(code).toBe(5);
  expect(err).toMatch(/rich-binance is not served: .*can withdraw.*Nothing was sent/);
});

it('keys that are put right, and a ban that is over, count without a restart', async () => {
  writeKeys('late');
  banned.lift(`http://127.0.0.1:${processes.config.venue.port}`);
  const { control } = processes.venue;
  await control.createAccount({ name: 'no-file', apiKey: KEYS.late, secret: 's' });
  await control.createAccount({ name: 'wrong-keys', apiKey: KEYS.wrong, secret: 's' });
  await eventually(async () => {
    expect(statusOf('no-file')).toMatchObject({ state: 'serving', notes: [] });
    expect(statusOf('wrong-keys')).toMatchObject({ state: 'serving', notes: [] });
    expect(statusOf('banned')).toMatchObject({ state: 'serving', notes: [] });
  }, RECOVERS_WITHIN_MS);
  await openProtected(processes, {
    life: { account: 'no-file', symbol: 'ETH/USDT:USDT', leg: 'net' },
    quantity: '1',
  });
});

const statusOf = (name: string) =>
  accountReports(readWorkerReports(processes.config.dataDir, Date.now())).get(name)?.status;

function writeKeys(name: keyof typeof KEYS): void {
  writeFileSync(keysFile(name), JSON.stringify({ apiKey: KEYS[name], secret: 's' }), { mode: 0o600 });
  chmodSync(keysFile(name), 0o600);
}

const urlOf = (server: { address(): AddressInfo | string | null }): string => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return `http://127.0.0.1:${address.port}`;
};

/** Answers everything with a ban, until it is lifted: then it passes on what the venue says. */
async function startBanned() {
  let venueUrl: string | undefined;
  const server = createServer(async (request, response) => {
    if (venueUrl === undefined) return response.writeHead(418).end('{"code":100410,"msg":"banned"}');
    const { 'x-bx-apikey': key } = request.headers;
    const headers = typeof key === 'string' ? { 'X-BX-APIKEY': key } : {};
    const answer = await fetch(`${venueUrl}${request.url}`, { method: request.method ?? 'GET', headers });
    return response.writeHead(answer.status).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: urlOf(server),
    lift: (url: string) => void (venueUrl = url),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Takes connections and never says a word. */
async function startSilent() {
  const sockets = new Set<Socket>();
  const server = createSilentServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: urlOf(server), close };
}

function cli(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const node = join(PROJECT, 'node_modules/.bin/node');
  const where = ['--config', processes.configFile, '--temporal', processes.temporal.address];
  return new Promise((resolve) => {
    execFile(node, [join(PROJECT, 'client/cli/main.ts'), ...args, ...where], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}
