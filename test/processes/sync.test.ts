/**
 * S5: bot and exchange have drifted apart while nothing ran, on Bybit and Binance at once. Of 16 positions
 * 9 were closed by hand and 7 changed, and 8 others were opened: diagnosed exactly, put right in one run,
 * and the second run finds nothing.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Diagnosis } from '../../domain/audit/diagnosis.ts';
import { add, eq, mul, sub } from '../../domain/decimal.ts';
import type { SyncReport } from '../../domain/audit/sync-report.ts';
import type { Books, OrderRow } from '../../venue/control/types.ts';
import { ensureDailySync } from '../../worker/daily-sync.ts';
import type { Life } from '../support/agreement.ts';
import { eventually } from '../support/eventually.ts';
import { openProtected } from '../support/lives.ts';
import { startProcesses, type Processes } from '../support/processes.ts';

const PROJECT = join(import.meta.dirname, '../..');
/** In hedge mode each is two legs. */
const MARKETS = [
  ['BTC', '0.01'],
  ['ETH', '0.2'],
  ['SOL', '4'],
  ['LTC', '6'],
  ['XRP', '900'],
  ['BNB', '1'],
  ['DOGE', '4000'],
] as const;
const ACCOUNTS = ['bybit', 'binance'];
const SETTLED_WITHIN_MS = 60_000;

type Fate = 'closed' | 'changed' | 'strange';
type Case = { life: Life; side: 'long' | 'short'; quantity: string; fate: Fate };

/** The first 24 legs of the two accounts in turn, so that each has some of every fate. */
const cases: Case[] = MARKETS.flatMap(([base, quantity]) =>
  (['long', 'short'] as const).flatMap((side) =>
    ACCOUNTS.map((account) => ({
      life: { account, symbol: `${base}/USDT:USDT`, leg: side },
      side,
      quantity,
    })),
  ),
)
  .slice(0, 24)
  .map((each, index) => ({ ...each, fate: fateOf(index) }));

/** 9, 7 and 8. */
function fateOf(index: number): Fate {
  if (index === 22) return 'closed';
  return (['closed', 'changed', 'strange'] as const)[index % 3] ?? 'closed';
}

const of = (fate: Fate): Case[] => cases.filter((each) => each.fate === fate);
const venueSymbol = ({ symbol }: Life): string => `${symbol.split('/')[0]}-USDT`;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
let processes: Processes;

beforeAll(async () => {
  // How fast an exchange lets 24 legs be read is not what this is about.
  const settings = {
    limits: { max_open_positions: 50 },
    adoption: { policy: 'ignore' },
    rate_limits: 'off',
  };
  processes = await startProcesses({
    folder,
    accounts: [
      { name: 'bybit', exchange: 'bybit', positionMode: 'hedge' },
      { name: 'binance', exchange: 'binance', positionMode: 'hedge' },
    ],
    account: settings,
    // What is changed by hand is asked about at once.
    venueArguments: ['--position-lag-ms', '0'],
  });
  await processes.venue.control.changeSettings({ rateLimits: false });
});
afterAll(async () => {
  await processes.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

type Ran = { code: number; out: string; err: string };

const cli = (...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const main = join(PROJECT, 'client/cli/main.ts');
    execFile(
      process.execPath,
      [main, ...args, '--config', processes.configFile],
      { maxBuffer: 10_000_000 },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });

const books = async (): Promise<Books[]> =>
  Promise.all(ACCOUNTS.map((account) => processes.venue.control.books(account)));

/** What somebody could have changed: what is open and what rests. */
const state = (all: readonly Books[]) =>
  all.map(({ positions, orders, fills }) => ({
    positions: positions.map(({ symbol, leg, quantity }) => `${symbol} ${leg} ${quantity}`),
    orders: orders.map(({ orderId, state: now }) => `${orderId} ${now}`),
    fills: fills.length,
  }));

it('16 positions are open, and nothing differs', async () => {
  const ours = [...of('closed'), ...of('changed')];
  expect([of('closed').length, of('changed').length, of('strange').length]).toEqual([9, 7, 8]);
  await Promise.all(ours.map((each) => openProtected(processes, each)));
  await eventually(async () => expect(await cli('diagnose')).toMatchObject({ code: 0 }), SETTLED_WITHIN_MS);
});

it('24 discrepancies that came about while nothing ran are found, each by its kind', async () => {
  const { worker, temporal, venue } = processes;
  await worker.stop();
  await temporal.stop();
  const { control } = venue;
  for (const { life } of of('closed'))
    await control.trade({ account: life.account, symbol: venueSymbol(life), leg: life.leg, action: 'close' });
  for (const [index, { life, quantity }] of of('changed').entries())
    await control.trade({
      account: life.account,
      symbol: venueSymbol(life),
      leg: life.leg,
      action: index % 2 === 0 ? 'reduce' : 'add',
      quantity: changeOf(quantity),
    });
  for (const { life, side, quantity } of of('strange'))
    await control.trade({
      account: life.account,
      symbol: venueSymbol(life),
      leg: life.leg,
      action: 'open',
      direction: side,
      quantity,
    });

  const { code, out, err } = await cli('diagnose', '--json');
  expect([code, err]).toEqual([6, '']);
  const found = JSON.parse(out) as Diagnosis[]; // the documented shape, which the assertions look at
  expect(found.map(({ account }) => account)).toEqual(ACCOUNTS);
  const kinds = found.flatMap(({ differences }) =>
    differences.map(({ account, symbol, leg, kind }) => `${account} ${symbol} ${leg} ${kind}`),
  );
  const expected = cases.map(({ life: { account, symbol, leg }, fate }) => {
    const kind = { closed: 'only_here', changed: 'quantity', strange: 'only_at_exchange' }[fate];
    return `${account} ${symbol} ${leg} ${kind}`;
  });
  expect(kinds.toSorted()).toEqual(expected.toSorted());
});

const changeOf = (quantity: string): string => mul(quantity, '0.5');

it('a dry run says what it would do, and does nothing', async () => {
  const before = state(await books());
  const { code, out } = await cli('sync', '--json');
  expect(code).toBe(6);
  const { plans } = JSON.parse(out) as { plans: { actions: { action: string }[] }[] }; // as documented
  const actions = plans.flatMap(({ actions: planned }) => planned.map(({ action }) => action));
  const counted = (name: string): number => actions.filter((action) => action === name).length;
  expect([counted('close'), counted('update'), counted('create'), actions.length]).toEqual([9, 7, 8, 24]);
  expect(state(await books())).toEqual(before);
});

it('one run puts all of it right', async () => {
  await processes.temporal.start();
  await processes.worker.start();
  const ran = await cli('sync', '--execute', '--json');
  expect(ran).toMatchObject({ code: 0, err: '' });
  const { report } = JSON.parse(ran.out) as { report: SyncReport }; // as documented
  expect(report.accounts.map(({ account, state: end }) => `${account} ${end}`)).toEqual(
    ACCOUNTS.map((account) => `${account} examined`),
  );
  await expectAllRight();
});

async function expectAllRight(): Promise<void> {
  const all = await books();
  const views = await processes.holdfast.positions();
  for (const each of [...of('changed'), ...of('strange')]) {
    const { life, quantity, fate } = each;
    const isLeg = (row: { symbol: string; leg: string }): boolean =>
      row.symbol === venueSymbol(life) && row.leg === life.leg;
    const mine = all[ACCOUNTS.indexOf(life.account)];
    const position = mine?.positions.find(isLeg);
    const view = views.find(
      ({ account, symbol, leg }) => account === life.account && symbol === life.symbol && leg === life.leg,
    );
    const isAdd = of('changed').indexOf(each) % 2 === 1;
    const wanted = fate === 'strange' ? quantity : (isAdd ? add : sub)(quantity, changeOf(quantity));
    expect(eq(position?.quantity ?? '0', wanted), `${life.account} ${life.symbol} at the venue`).toBe(true);
    expect(view, `${life.account} ${life.symbol} here`).toMatchObject({
      covered: true,
      adopted: fate === 'strange',
      side: each.side,
    });
    expect(eq(view?.quantity ?? '0', wanted)).toBe(true);
    const stops = mine?.orders.filter((order) => isLeg(order) && isRestingStop(order)) ?? [];
    expect(stops.map((stop) => eq(stop.quantity, wanted))).toEqual([true]);
  }
  expect(views).toHaveLength(15);
  const trades = await processes.journal.trades();
  expect(trades.map(({ exitReason, figuresSource }) => `${exitReason} ${figuresSource}`)).toEqual(
    Array.from({ length: 9 }, () => 'EXCHANGE_CLOSED_RECONCILIATION exchange'),
  );
}

const isRestingStop = ({ type, state: now }: OrderRow): boolean => type === 'STOP_MARKET' && now === 'new';

it('the second run finds nothing, and changes nothing', async () => {
  const before = state(await books());
  expect(await cli('sync', '--execute')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/everything agrees/),
  });
  expect(state(await books())).toEqual(before);
});

it('the report of it is on record, and the daily one is scheduled', async () => {
  const { code, out } = await cli('report', '--json');
  expect(code).toBe(0);
  const reports = JSON.parse(out) as SyncReport[]; // as documented
  expect(reports.map(({ cause, executed }) => `${cause} ${executed}`)).toEqual([
    'request true',
    'request true',
  ]);
  const schedule = processes.client.schedule.getHandle('holdfast-daily-sync');
  expect((await schedule.describe()).info.nextActionTimes[0]?.toISOString()).toMatch(/T00:05:00/);
  await schedule.trigger();
  await eventually(async () => {
    const [newest] = await processes.journal.syncReports();
    expect(newest).toMatchObject({ cause: 'daily', executed: false });
    expect(newest?.accounts.map((each) => (each.state === 'failed' ? each : each.after.differences))).toEqual(
      ACCOUNTS.map(() => []),
    );
  }, SETTLED_WITHIN_MS);
});

it('the schedule follows the configuration, and stays paused where a person paused it', async () => {
  const { client, config } = processes;
  const schedule = client.schedule.getHandle('holdfast-daily-sync');
  await schedule.pause('quarter end');
  await ensureDailySync(client, {
    ...config,
    dailySync: { ...config.dailySync, at: '06:30', execute: true },
  });
  const described = await schedule.describe();
  expect(described.state).toMatchObject({ paused: true, note: 'quarter end' });
  expect(described.spec.calendars).toMatchObject([{ hour: [{ start: 6 }], minute: [{ start: 30 }] }]);
  expect(described.action).toMatchObject({ args: [{ execute: true, accounts: ACCOUNTS }] });
  const without = { ...config, dailySync: { ...config.dailySync, enabled: false } };
  await ensureDailySync(client, without);
  await expect(schedule.describe()).rejects.toMatchObject({ name: 'ScheduleNotFoundError' });
  await ensureDailySync(client, without);
});
