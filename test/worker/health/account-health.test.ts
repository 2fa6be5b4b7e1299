/** How one account is told: its figures, what is wrong with it, and who knows. */
import { describe, expect, it } from 'vitest';
import type { AccountReport } from '../../../config/serving.ts';
import { accountHealth } from '../../../worker/health/account-health.ts';
import { at, facts, report, truth, watcher } from './facts.ts';

const { watch: WATCH } = report();

describe('an account that is well', () => {
  it('tells every figure of its watcher', () => {
    expect(accountHealth(facts())).toEqual({
      account: 'a',
      healthy: true,
      problems: [],
      notes: [],
      state: 'serving',
      watched_by: 'this_worker',
      websocket_connected: true,
      active_positions: 3,
      pending_orders: 6,
      last_update: at(-1_900),
      errors: 5,
      age_of_truth_seconds: 2,
      age_of_price_seconds: 0.8,
      uncovered_positions: 0,
      uncovered_seconds: 0.4,
      uncovered_today_seconds: 1.5,
      drift: 'in_agreement',
      differing_legs: 0,
      differing: [],
      reconciliations: {
        today: { closed_outside: 2, adopted: 1 },
        last_hour: { adopted: 1 },
        frequent: false,
      },
      rate_limits: [{ limit: 'orders/uid', used: 4, allowed: 10, window_seconds: 1 }],
    });
  });

  it.each<[string, Partial<AccountReport>]>([
    ['truth of 15 s', { truth: truth({ ageMs: 15_000 }) }],
    [
      'a stop that is being replaced',
      {
        truth: truth({ cover: { uncovered: 1, uncoveredMs: 4_000, longestMs: 4_000, uncoveredTodayMs: 0 } }),
      },
    ],
    ['a note', { status: { state: 'serving', sinceAt: at(0), notes: ['the key can withdraw'] } }],
  ])('may have %s', (_, change) => {
    expect(accountHealth(facts({ own: report(change) }))).toMatchObject({ healthy: true, problems: [] });
  });
});

describe('an account that is not well', () => {
  const legs = [{ symbol: 'BTC/USDT:USDT', leg: 'net', sinceAt: at(-30_000), text: 'only at the exchange' }];
  const alert = { sinceAt: at(-1_000), count: 11, windowMs: 3_600_000 };
  it.each<[string, Partial<AccountReport>, RegExp]>([
    ['is connecting', { status: { state: 'connecting', sinceAt: at(0) } }, /^it is being connected$/],
    [
      'is not served',
      {
        status: {
          state: 'not_served',
          sinceAt: at(0),
          reason: 'no keys',
          remedy: 'Write them',
          retryAt: null,
        },
      },
      /^it is not served: no keys\. Write them$/,
    ],
    ['was never read', { watch: null, truth: truth({ ageMs: null }) }, /^nobody has read the account yet$/],
    ['was read long ago', { truth: truth({ ageMs: 15_600 }) }, /^the last complete reading is 16 s old$/],
    ['has lost a socket', { watch: { ...WATCH!, streamsOpen: false } }, /^a socket is down/],
    [
      'does not agree with the exchange',
      { truth: truth({ state: 'differs', differs: 1, legs }) },
      /^positions and exchange differ on 1 leg: BTC\/USDT:USDT net, only at the exchange$/,
    ],
    ['is reconciled too often', { truth: truth({ alert }) }, /^reconciliations are frequent$/],
    [
      'has been without cover',
      {
        truth: truth({ cover: { uncovered: 1, uncoveredMs: 6_400, longestMs: 6_400, uncoveredTodayMs: 0 } }),
      },
      /^a position is without full cover, for 6 s by now$/,
    ],
  ])('%s', (_, change, problem) => {
    const health = accountHealth(facts({ own: report(change) }));
    expect(health).toMatchObject({ healthy: false, problems: [expect.stringMatching(problem)] });
  });

  it('has an old price', () => {
    const health = accountHealth(facts({ watcher: watcher({ ageOfPriceMs: 25_500 }) }));
    expect(health.problems).toEqual(['a price is 26 s old']);
  });
});

describe('an account that this worker serves and does not watch', () => {
  const own = report({ watch: null, truth: null });
  const idle = watcher({ watching: false, errors: 0, lastUpdateMs: null, ageOfPriceMs: null });

  it('is known by what the worker tells that watches it', () => {
    expect(accountHealth(facts({ own, watcher: idle, elsewhere: report() }))).toMatchObject({
      healthy: true,
      watched_by: 'another_worker',
      active_positions: 3,
      age_of_truth_seconds: 2,
      errors: null,
      age_of_price_seconds: null,
    });
  });

  it('is not well when nobody watches it', () => {
    expect(accountHealth(facts({ own, watcher: idle }))).toMatchObject({
      healthy: false,
      watched_by: 'nobody',
      problems: ['nobody has read the account yet'],
      active_positions: null,
      drift: 'unknown',
    });
  });
});
