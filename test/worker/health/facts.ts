/** What is known of an account that is well; a test changes what it is about. */
import type { ObserveHealth } from '../../../activities/observe/deps.ts';
import type { AccountReport, TruthReport } from '../../../config/serving.ts';
import type { AccountFacts } from '../../../worker/health/account-health.ts';

export const NOW = Date.parse('2026-03-01T12:00:00Z');
export const at = (ms: number): string => new Date(NOW + ms).toISOString();

export const truth = (change: Partial<TruthReport> = {}): TruthReport => ({
  state: 'in_agreement',
  agreedAt: at(-2_000),
  ageMs: 2_000,
  differs: 0,
  differsSince: null,
  legs: [],
  reconciliations: { today: { closed_outside: 2, adopted: 1 }, lastHour: { adopted: 1 } },
  alert: null,
  cover: { uncovered: 0, uncoveredMs: 400, longestMs: 0, uncoveredTodayMs: 1_500 },
  balance: null,
  ...change,
});

const watch = { streamsOpen: true, truthAgeMs: 2_000, positions: 3, pendingOrders: 6 };

export const report = (change: Partial<AccountReport> = {}): AccountReport => ({
  account: 'a',
  status: { state: 'serving', sinceAt: at(-60_000), notes: [] },
  checkedAt: at(-10_000),
  limits: [{ name: 'orders/uid', used: 4, limit: 10, windowMs: 1_000 }],
  watch,
  truth: truth(),
  ...change,
});

export const watcher = (change: Partial<ObserveHealth> = {}): ObserveHealth => ({
  watching: true,
  websocketConnected: true,
  activePositions: 3,
  pendingOrders: 6,
  lastUpdateMs: NOW - 1_900,
  errors: 5,
  ageOfTruthMs: 2_000,
  ageOfPriceMs: 800,
  prices: [],
  agreement: { state: 'in_agreement', agreedAtMs: null, count: 0, sinceMs: null, legs: [] },
  reconciliations: { today: {}, lastHour: {}, alert: null, uncoveredTodayMs: 1_500 },
  cover: { uncovered: 0, uncoveredMs: 400, longestMs: 0 },
  balance: null,
  ...change,
});

export const facts = (change: Partial<AccountFacts> = {}): AccountFacts => ({
  own: report(),
  watcher: watcher(),
  elsewhere: undefined,
  ...change,
});
