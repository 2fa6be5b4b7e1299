/** What screens say of accounts that take no entries. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountView } from '../../contract/messages.ts';
import { writeWorkerReport, type AccountStatus } from '../../config/serving.ts';
import type { HoldfastConfig } from '../../config/config.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { configOf } from './config-of.ts';
import { holdfast, type Setting } from './fake-context.ts';
import { view } from './views.ts';

const NOW = Date.parse('2026-01-02T03:05:30Z');
const halted = { reason: 'strange orders', atMs: NOW, orderIds: ['71', '72'] };
const HALTED =
  'halted: strange orders (71, 72, since 2026-01-02T03:05:30.000Z). Another copy may trade this account: end it, look at these orders, then resume';

const account = (change: Partial<AccountView> = {}): AccountView => ({
  account: 'paper',
  exchange: 'bingx',
  mode: 'paper',
  paused: false,
  pausedReason: null,
  halted: null,
  limits: { maxOpenPositions: 10 },
  legs: [],
  unmanaged: [],
  ...change,
});

let config: HoldfastConfig;
beforeEach(() => {
  const dataDir = temporaryFolder();
  config = { ...configOf(''), dataDir };
  const status: AccountStatus = { state: 'serving', sinceAt: '', notes: [] };
  const report = { account: 'paper', status, checkedAt: null, limits: null, watch: null };
  writeWorkerReport(dataDir, { pid: 1, writtenAt: new Date(NOW).toISOString(), accounts: [report] });
});

const run = (line: string, shown: Partial<AccountView>, setting: Setting = {}) =>
  holdfast(line, {
    config,
    nowMs: NOW,
    ...setting,
    holdfast: { positions: async () => [view()], account: async () => account(shown), ...setting.holdfast },
  });

describe('positions', () => {
  it('says that entries are halted or paused, and nothing where they are on', async () => {
    const { out } = await run('positions', { halted, paused: true, pausedReason: 'lunch' });
    expect(out).toContain(`Entries on paper are ${HALTED}.\nEntries on paper are paused: lunch.\n`);
    expect((await run('positions', {})).out).not.toMatch(/Entries/);
  });

  it('in JSON says it beside the answer', async () => {
    const { out, err } = await run('positions --json', { halted });
    expect(JSON.parse(out)).toHaveLength(1);
    expect(err).toBe(`Entries on paper are ${HALTED}.\n`);
  });

  it('does without where the workflow does not answer, and asks no account that nobody serves', async () => {
    const silent = { account: () => Promise.reject(new Error('late')) };
    expect((await run('positions', {}, { holdfast: silent })).out).toMatch(/BTC/);
    const asked: string[] = [];
    const asking = { account: async (name: string) => account({ account: String(asked.push(name)) }) };
    await run('positions', {}, { holdfast: asking, config: configOf(`dataDir: ${temporaryFolder()}`) });
    expect(asked).toEqual([]);
  });
});

it('check says it after its verdict, which it does not change', async () => {
  const agreed = {
    account: 'paper',
    agrees: true,
    positions: 1,
    differences: [],
    checkedAt: '2026-01-02T03:05:30Z',
  };
  const { out, code } = await run('check', { halted }, { holdfast: { check: async () => agreed } });
  expect(out).toBe(`ok paper: Holdfast and exchange agree on 1 position\nEntries on paper are ${HALTED}.\n`);
  expect(code).toBe(0);
});

it('resume answers with what is left, pause with both', async () => {
  const resume = async () => account();
  const pause = async () => account({ halted, paused: true });
  expect((await run('resume', {}, { holdfast: { resume } })).out).toBe(
    'paper on bingx, paper: taking entries, 0 of 10 positions\n',
  );
  expect((await run('pause', {}, { holdfast: { pause } })).out).toBe(
    `paper on bingx, paper: ${HALTED}, paused, 0 of 10 positions\n`,
  );
});
