/** What all accounts together come to, as JSON and as metrics. */
import { describe, expect, it } from 'vitest';
import { accountHealth, type AccountFacts } from '../../../worker/health/account-health.ts';
import { exposition } from '../../../worker/health/exposition.ts';
import { healthReport, type WorkerFacts } from '../../../worker/health/report.ts';
import { at, facts, NOW, report, truth, watcher } from './facts.ts';

const of = (change: Partial<WorkerFacts> = {}) =>
  healthReport({
    pid: 7,
    startedMs: NOW - 90_000,
    nowMs: NOW,
    decides: true,
    temporal: { ok: true },
    journal: { ok: true },
    accounts: [],
    ...change,
  });
const healths = (...all: AccountFacts[]) => all.map(accountHealth);

const good = facts();
const quiet = facts({
  own: report({
    account: 'b',
    watch: { streamsOpen: true, truthAgeMs: 0, positions: 1, pendingOrders: 1 },
    truth: truth({ ageMs: 4_000, reconciliations: { today: { adl: 1 }, lastHour: {} } }),
  }),
  watcher: watcher({ ageOfPriceMs: null, errors: 1, lastUpdateMs: NOW - 3_900 }),
});
const sick = facts({
  own: report({
    account: 'sick',
    status: { state: 'not_served', sinceAt: at(0), reason: 'no keys', remedy: 'Write them', retryAt: null },
    watch: null,
    truth: null,
    limits: null,
  }),
  watcher: undefined,
});

describe('the whole', () => {
  it('adds up what counts and takes the worst of what ages', () => {
    expect(of({ accounts: healths(good, quiet) })).toMatchObject({
      healthy: true,
      ready: true,
      problems: [],
      uptime_seconds: 90,
      websocket_connected: true,
      active_positions: 4,
      pending_orders: 7,
      last_update: at(-3_900),
      errors: 6,
      age_of_truth_seconds: 4,
      age_of_price_seconds: 0.8,
      uncovered_seconds: 0.8,
      drift: 'in_agreement',
      reconciliations_today: 4,
      reconciliations_frequent: false,
    });
  });

  it('is not well with one bad account, which hides nothing of the others', () => {
    const told = of({ accounts: healths(good, sick) });
    expect(told).toMatchObject({
      healthy: false,
      ready: true,
      problems: ['sick: it is not served: no keys. Write them'],
      websocket_connected: true,
      active_positions: 3,
      age_of_truth_seconds: 2,
      drift: 'unknown',
    });
    expect(told.accounts.map(({ account, healthy }) => [account, healthy])).toEqual([
      ['a', true],
      ['sick', false],
    ]);
  });

  it.each<[string, Partial<WorkerFacts>, string]>([
    [
      'Temporal',
      { temporal: { ok: false, problem: 'no answer within 2 s' } },
      'Temporal: no answer within 2 s',
    ],
    ['the journal', { journal: { ok: false, problem: 'disk is full' } }, 'journal: disk is full'],
    ['a worker that decides', { decides: false }, 'the worker takes no work yet'],
  ])('is neither well nor ready without %s', (_, change, problem) => {
    expect(of({ accounts: healths(good), ...change })).toMatchObject({
      healthy: false,
      ready: false,
      problems: [problem],
    });
  });

  it('is not ready while an account is connecting', () => {
    const own = report({ status: { state: 'connecting', sinceAt: at(0) } });
    expect(of({ accounts: healths(good, facts({ own })) }).ready).toBe(false);
  });
});

describe('as metrics', () => {
  const text = (change: Partial<WorkerFacts> = {}): string => exposition(of(change));

  it('they say the same', () => {
    const said = text({ accounts: healths(good, sick) });
    for (const line of [
      '# TYPE holdfast_active_positions gauge',
      'holdfast_active_positions{account="a"} 3',
      'holdfast_age_of_truth_seconds{account="a"} 2',
      'holdfast_age_of_price_seconds{account="a"} 0.8',
      'holdfast_uncovered_seconds{account="a"} 0.4',
      'holdfast_rate_limit_used{account="a",limit="orders/uid"} 4',
      'holdfast_account_served{account="sick"} 0',
      'holdfast_account_healthy{account="sick"} 0',
      'holdfast_healthy 0',
      'holdfast_ready 1',
      `holdfast_worker_start_time_seconds ${(NOW - 90_000) / 1_000}`,
    ])
      expect(said.split('\n')).toContain(line);
    expect(said.endsWith('\n')).toBe(true);
  });

  it('leave out what is not known, and what another worker tells', () => {
    const own = report({ watch: null, truth: null });
    const others = facts({ own, watcher: watcher({ watching: false }), elsewhere: report() });
    const said = text({ accounts: healths(others, quiet) });
    expect(said).not.toContain('holdfast_active_positions{account="a"}');
    expect(said).toContain('holdfast_account_watched{account="a"} 0');
    expect(said).not.toContain('holdfast_age_of_price_seconds');
  });

  it('keep names that would break a line in their place', () => {
    const limits = [{ name: 'a"b\\c\nd', used: 1, limit: 2, windowMs: 1 }];
    expect(text({ accounts: healths(facts({ own: report({ limits }) })) })).toContain(
      String.raw`holdfast_rate_limit_used{account="a",limit="a\"b\\c\nd"} 1`,
    );
  });
});
