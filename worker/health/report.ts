/** What `/health` and `/health/ready` say, from what is known of every account. Pure. */
import type { AccountHealth } from './account-health.ts';
import type { Probed } from './probe.ts';

export type WorkerFacts = {
  pid: number;
  startedMs: number;
  nowMs: number;
  /** Whether the worker that decides takes work. */
  decides: boolean;
  temporal: Probed;
  journal: Probed;
  accounts: readonly AccountHealth[];
};

/** The documented, stable shape behind `/health`: fields are added, never renamed or re-used. */
export type HealthReport = {
  healthy: boolean;
  ready: boolean;
  /** Everything that is wrong, each with its account where it has one. */
  problems: string[];
  at: string;
  pid: number;
  uptime_seconds: number;
  /** Of all accounts that are read. */
  websocket_connected: boolean;
  active_positions: number;
  pending_orders: number;
  /** The oldest of them. */
  last_update: string | null;
  errors: number;
  /** The worst of them. */
  age_of_truth_seconds: number | null;
  age_of_price_seconds: number | null;
  uncovered_positions: number;
  uncovered_seconds: number;
  drift: AccountHealth['drift'];
  reconciliations_today: number;
  reconciliations_frequent: boolean;
  temporal: Probed;
  journal: Probed;
  accounts: readonly AccountHealth[];
};

export function healthReport(facts: WorkerFacts): HealthReport {
  const { accounts, temporal, journal, nowMs, startedMs } = facts;
  const problems = [...worker(facts), ...accounts.flatMap(named)];
  return {
    healthy: problems.length === 0,
    ready: isReady(facts),
    problems,
    at: new Date(nowMs).toISOString(),
    pid: facts.pid,
    uptime_seconds: (nowMs - startedMs) / 1_000,
    ...totals(accounts),
    temporal,
    journal,
    accounts,
  };
}

/** Every account is served, or it is known why not; and what all need is there. */
const isReady = ({ decides, temporal, journal, accounts }: WorkerFacts): boolean =>
  decides && temporal.ok && journal.ok && accounts.every(({ state }) => state !== 'connecting');

const worker = ({ decides, temporal, journal }: WorkerFacts): string[] => [
  ...(decides ? [] : ['the worker takes no work yet']),
  ...(temporal.ok ? [] : [`Temporal: ${temporal.problem}`]),
  ...(journal.ok ? [] : [`journal: ${journal.problem}`]),
];

const named = ({ account, problems }: AccountHealth): string[] =>
  problems.map((problem) => `${account}: ${problem}`);

function totals(accounts: readonly AccountHealth[]) {
  const read = accounts.filter(({ watched_by }) => watched_by !== 'nobody');
  const all = <T>(of: (account: AccountHealth) => T | null): T[] =>
    read.map(of).filter((value): value is T & {} => value !== null);
  const sum = (of: (account: AccountHealth) => number | null): number =>
    all(of).reduce((total, value) => total + value, 0);
  const worst = (of: (account: AccountHealth) => number | null): number | null =>
    all(of).reduce<number | null>((most, value) => Math.max(most ?? value, value), null);
  return {
    websocket_connected: read.length > 0 && read.every((account) => account.websocket_connected === true),
    active_positions: sum((account) => account.active_positions),
    pending_orders: sum((account) => account.pending_orders),
    last_update: all((account) => account.last_update).toSorted()[0] ?? null,
    errors: sum((account) => account.errors),
    age_of_truth_seconds: worst((account) => account.age_of_truth_seconds),
    age_of_price_seconds: worst((account) => account.age_of_price_seconds),
    uncovered_positions: sum((account) => account.uncovered_positions),
    uncovered_seconds: sum((account) => account.uncovered_seconds),
    drift: driftOf(accounts),
    reconciliations_today: sum(({ reconciliations }) => total(reconciliations.today)),
    reconciliations_frequent: read.some(({ reconciliations }) => reconciliations.frequent),
  };
}

/** A difference counts most; agreement is only what all accounts are in. */
function driftOf(accounts: readonly AccountHealth[]): AccountHealth['drift'] {
  if (accounts.some(({ drift }) => drift === 'differs')) return 'differs';
  return accounts.every(({ drift }) => drift === 'in_agreement') ? 'in_agreement' : 'unknown';
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
