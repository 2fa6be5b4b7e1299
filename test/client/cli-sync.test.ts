/** `diagnose`, `sync` and `report`: what they print, and how they end. */
import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../client/errors.ts';
import type { SyncRequest } from '../../client/api.ts';
import type { Diagnosis } from '../../domain/audit/diagnosis.ts';
import { counts, type Difference } from '../../domain/audit/difference.ts';
import { planSync } from '../../domain/audit/sync-plan.ts';
import type { SyncReport } from '../../domain/audit/sync-report.ts';
import { configOf } from './config-of.ts';
import { holdfast } from './fake-context.ts';
import { difference } from './views.ts';

const two = configOf('accounts: { bybit: { exchange: bybit }, paper: { adoption: { policy: ignore } } }');
const live = configOf('accounts: { main: { mode: live, live: true, apiKeyEnv: K, secretEnv: S } }');

const diagnosis = (
  account: string,
  differences: Difference[] = [],
  change: Partial<Diagnosis> = {},
): Diagnosis => ({
  account,
  agrees: !differences.some(counts),
  positions: 2,
  differences,
  unprotected: [],
  notLookedAt: [],
  checkedAt: '2026-01-02T03:05:00.000Z',
  ...change,
});

const drifted = [
  difference(),
  difference({
    kind: 'only_at_exchange',
    symbol: 'ETH/USDT:USDT',
    text: 'the exchange holds short 1 without a stop, Holdfast holds nothing',
    here: null,
    there: '1',
    workflowId: null,
  }),
  difference({
    kind: 'foreign_order',
    weight: 'note',
    text: '9 (limit buy 1 at 5) was not placed by Holdfast',
    here: null,
    there: '9',
  }),
];
const naked = {
  unprotected: [
    { symbol: 'ETH/USDT:USDT', leg: 'net', side: 'short', quantity: '1', coveredQuantity: '0', kept: false },
  ],
} as const;

const diagnose = async (account: string): Promise<Diagnosis> =>
  account === 'paper'
    ? diagnosis(account, drifted, { unprotected: [...naked.unprotected] })
    : diagnosis(account);

describe('diagnose', () => {
  it('has a line for each difference, grouped by account, and what they add up to', async () => {
    const { code, out, err } = await holdfast('diagnose', {
      config: two,
      width: 140,
      holdfast: { diagnose },
    });
    expect([code, err]).toEqual([6, '']);
    expect(out).toMatchInlineSnapshot(`
      "ok bybit: Holdfast and exchange agree, 2 positions at the exchange
      differs paper: 2 differences: 1 quantity, 1 only_at_exchange; 2 positions at the exchange
        SYMBOL         LEG  DIFFERENCE            HERE  EXCHANGE  WHAT
        BTC/USDT:USDT  net  quantity              0.05      0.04  0.05 here, 0.04 at the exchange
        ETH/USDT:USDT  net  only_at_exchange         -         1  the exchange holds short 1 without a stop, Holdfast holds nothing
        BTC/USDT:USDT  net  foreign_order (note)     -         9  9 (limit buy 1 at 5) was not placed by Holdfast
        without a full stop ETH/USDT:USDT short 1
      total 2 accounts: 2 differences: 1 quantity, 1 only_at_exchange
      "
    `);
  });

  it('fits 80 columns', async () => {
    const { out } = await holdfast('diagnose -a paper', { config: two, width: 80, holdfast: { diagnose } });
    for (const line of out.split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('that finds nothing to put right ends well, a note or not', async () => {
    const note = async () =>
      diagnosis('paper', drifted.slice(2), { notLookedAt: ['closed positions: no answer'] });
    const { code, out } = await holdfast('diagnose', { holdfast: { diagnose: note } });
    expect(code).toBe(0);
    expect(out).toContain('ok paper: Holdfast and exchange agree, 2 positions at the exchange');
    expect(out).toContain('not looked at closed positions: no answer');
  });

  it('goes on without an exchange that does not answer, and says so by its exit code', async () => {
    const fail = async (account: string) => {
      if (account === 'bybit') throw new HoldfastError('exchange_unreachable', 'It does not answer.');
      return diagnosis(account);
    };
    const { code, out } = await holdfast('diagnose', { config: two, holdfast: { diagnose: fail } });
    expect(code).toBe(5);
    expect(out).toContain('unknown bybit: It does not answer.');
    expect(out).toContain('total 1 accounts, 1 not examined: no difference');
  });

  it('in JSON is what was found, account by account', async () => {
    const { out } = await holdfast('diagnose --json', { config: two, holdfast: { diagnose } });
    expect(JSON.parse(out)).toEqual([diagnosis('bybit'), await diagnose('paper')]);
  });

  it('looks back as far as it is told to', async () => {
    const asked: unknown[] = [];
    const ask = async (account: string, options?: object) => (asked.push(options), diagnosis(account));
    await holdfast('diagnose --days 30', { holdfast: { diagnose: ask } });
    expect(asked).toEqual([{ days: 30 }]);
    expect(await holdfast('diagnose --days soon', { holdfast: { diagnose: ask } })).toMatchObject({
      code: 2,
    });
  });
});

/** As the worker would answer: everything that can be done is. */
const done = ({ accounts, policy = 'protect' }: SyncRequest): SyncReport => ({
  id: 'r',
  at: '2026-01-02T03:05:30.000Z',
  cause: 'request',
  executed: true,
  accounts: accounts.map((account) => {
    const before = diagnosis(account, account === 'paper' ? drifted : []);
    const outcomes = planSync(before.differences, policy).map((action) => ({
      action,
      result: 'done' as const,
      text: null,
    }));
    return { account, state: 'examined', before, after: diagnosis(account), outcomes };
  }),
});

describe('sync', () => {
  it('shows what it would do, and does nothing', async () => {
    const { code, out } = await holdfast('sync', { config: two, width: 120, holdfast: { diagnose } });
    expect(code).toBe(6);
    expect(out).toMatchInlineSnapshot(`
      "ok bybit: nothing to do
      paper: 1 update, 1 create
        SYMBOL         LEG  ACTION            BECAUSE
        BTC/USDT:USDT  net  update            quantity
        ETH/USDT:USDT  net  create (protect)  only_at_exchange
      Nothing was changed. Add --execute to do it.
      "
    `);
  });

  it('with --execute lets the worker do it, by the policy of each account', async () => {
    const asked: SyncRequest[] = [];
    const sync = async (request: SyncRequest) => (asked.push(request), done(request));
    const { code, out } = await holdfast('sync --execute', { config: two, width: 120, holdfast: { sync } });
    expect(code).toBe(0);
    // What is ignored as a rule is taken up by whoever asks for a sync.
    expect(asked).toEqual([{ accounts: ['bybit', 'paper'], policy: 'protect' }]);
    expect(out).toMatchInlineSnapshot(`
      "ok bybit: no difference
      ok paper: no difference; 2 done
        SYMBOL         LEG  ACTION            BECAUSE           RESULT  WHY
        BTC/USDT:USDT  net  update            quantity          done
        ETH/USDT:USDT  net  create (protect)  only_at_exchange  done
      Synced 2026-01-02 03:05:30 UTC: everything agrees
      "
    `);
  });

  it('takes positions up by the policy that was named', async () => {
    const asked: SyncRequest[] = [];
    const sync = async (request: SyncRequest) => (asked.push(request), done(request));
    await holdfast('sync --execute --policy manage -a paper', { config: two, holdfast: { sync } });
    expect(asked).toEqual([{ accounts: ['paper'], policy: 'manage' }]);
    expect(await holdfast('sync --policy adopt', { config: two })).toMatchObject({ code: 2 });
  });

  it('says what was not done, and why', async () => {
    const sync = async (request: SyncRequest): Promise<SyncReport> => ({
      ...done(request),
      accounts: [
        { account: 'bybit', state: 'failed', error: 'no worker serves the account' },
        {
          account: 'paper',
          state: 'examined',
          before: diagnosis('paper', drifted),
          after: diagnosis('paper', drifted.slice(1)),
          outcomes: planSync(drifted, 'protect').map((action, index) => ({
            action,
            result: index === 0 ? 'done' : 'not_done',
            text: index === 0 ? null : 'the position mode is another',
          })),
        },
      ],
    });
    const { code, out } = await holdfast('sync --execute', { config: two, width: 120, holdfast: { sync } });
    expect(code).toBe(6);
    expect(out).toMatchInlineSnapshot(`
      "unknown bybit: no worker serves the account
      differs paper: 1 difference: 1 only_at_exchange; 1 done, 1 NOT DONE
        SYMBOL         LEG  ACTION            BECAUSE           RESULT    WHY
        BTC/USDT:USDT  net  update            quantity          done
        ETH/USDT:USDT  net  create (protect)  only_at_exchange  NOT DONE  the position mode is another
      Synced 2026-01-02 03:05:30 UTC: differences are left
      "
    `);
  });

  it('asks before it works with real money, and shows what it would come to', async () => {
    const ask = async () => diagnosis('main', drifted);
    const setting = { config: live, isTty: true, holdfast: { diagnose: ask } };
    const { code, out } = await holdfast('sync --execute', { ...setting, confirm: () => false });
    expect(code).toBe(0);
    expect(out).toContain('create (protect)');
    expect(out.trimEnd().endsWith('Nothing was done.')).toBe(true);
    const sync = async (request: SyncRequest) => done(request);
    const yes = await holdfast('sync --execute --yes', { ...setting, holdfast: { sync } });
    expect(yes.out).toContain('everything agrees');
  });

  it('in JSON is the plan, or the report', async () => {
    const plan = JSON.parse((await holdfast('sync --json', { config: two, holdfast: { diagnose } })).out);
    expect(plan).toMatchObject({
      executed: false,
      plans: [
        { account: 'bybit', actions: [] },
        { account: 'paper', actions: [{ action: 'update' }, { action: 'create' }] },
      ],
    });
    const sync = async (request: SyncRequest) => done(request);
    const { out } = await holdfast('sync --execute --json', { config: two, holdfast: { sync } });
    expect(JSON.parse(out)).toMatchObject({ executed: true, report: { cause: 'request' } });
  });
});

describe('report', () => {
  const daily = (change: Partial<SyncReport> = {}): SyncReport => ({
    ...done({ accounts: ['bybit'] }),
    at: '2026-01-02T00:05:00.000Z',
    cause: 'daily',
    executed: false,
    ...change,
  });

  it('lists the last ones, and the newest in full where something was left', async () => {
    const left = diagnosis('paper', drifted, { unprotected: [...naked.unprotected] });
    const newest = daily({
      at: '2026-01-03T00:05:00.000Z',
      accounts: [
        { account: 'bybit', state: 'failed', error: 'no worker serves the account' },
        { account: 'paper', state: 'examined', before: left, after: left, outcomes: [] },
      ],
    });
    const syncReports = async () => [newest, daily()];
    const { code, out } = await holdfast('report', { width: 140, holdfast: { syncReports } });
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "WHEN (UTC)           CAUSE  DID      ACCOUNTS  FOUND                                          LEFT  NO FULL STOP         NOT EXAMINED
      2026-01-03 00:05:00  daily  compare         2  2 differences: 1 quantity, 1 only_at_exchange     2  paper ETH/USDT:USDT  bybit
      2026-01-02 00:05:00  daily  compare         1  none                                              0  -                    -

      unknown bybit: no worker serves the account
      differs paper: 2 differences: 1 quantity, 1 only_at_exchange
        without a full stop ETH/USDT:USDT short 1
      Compared 2026-01-03 00:05:00 UTC: differences are left
      "
    `);
  });

  it('says when there is none yet', async () => {
    const { out } = await holdfast('report', { holdfast: { syncReports: async () => [] } });
    expect(out).toContain('No comparison is on record yet.');
  });

  it('in JSON is what is on record, so many', async () => {
    const asked: unknown[] = [];
    const syncReports = async (limit?: number) => (asked.push(limit), [daily()]);
    const { out } = await holdfast('report -n 3 --json', { holdfast: { syncReports } });
    expect(JSON.parse(out)).toEqual([daily()]);
    expect(asked).toEqual([3]);
  });
});
