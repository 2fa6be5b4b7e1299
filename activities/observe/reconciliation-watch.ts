/**
 * Counts the account's reconciliations out of the journal, which every worker writes, and raises an
 * alert when they become frequent: once for as long as it lasts.
 */
import type { FrequencyRule } from '../../domain/audit/reconciliations.ts';
import type { ReconciliationCounts } from '../../journal/journal.ts';
import type { ObserveDeps } from './deps.ts';
import { createFrequencyAlert } from './frequency-alert.ts';
import type { FrequencyAlert } from './frequency-alert.ts';
import { backoffMs, createPause } from './pause.ts';
import type { Tally } from './tally.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export type ReconciliationHealth = {
  /** By kind, since midnight UTC and within the last hour. */
  today: ReconciliationCounts;
  lastHour: ReconciliationCounts;
  /** null: they are not frequent. */
  alert: FrequencyAlert | null;
  /** Milliseconds without full cover of all trades that ended since midnight UTC. */
  uncoveredTodayMs: number;
};

export const NOTHING_COUNTED: ReconciliationHealth = {
  today: {},
  lastHour: {},
  alert: null,
  uncoveredTodayMs: 0,
};

export type ReconciliationWatch = {
  /** Runs until the run is over; never throws. */
  keep(): Promise<void>;
  now(): ReconciliationHealth;
};

type Wiring = Pick<ObserveDeps, 'exchange' | 'journal' | 'clock' | 'log'> & {
  pollMs: number;
  rule: FrequencyRule;
  tally: Tally;
  over: AbortSignal;
};

export function createReconciliationWatch(wiring: Wiring): ReconciliationWatch {
  const { exchange, journal, clock, tally, over, rule, log, pollMs } = wiring;
  const { account } = exchange;
  const startedMs = clock.now();
  const alert = createFrequencyAlert(rule);
  let health = NOTHING_COUNTED;
  let exported: ReconciliationCounts = {};

  const since = (ms: number): Promise<ReconciliationCounts> =>
    journal.reconciliationCounts({ account, sinceAt: new Date(ms).toISOString() });
  const look = async (): Promise<void> => {
    const nowMs = clock.now();
    const todayMs = nowMs - (nowMs % DAY_MS);
    const [today, lastHour, inWindow, ever] = [
      await since(todayMs),
      await since(nowMs - HOUR_MS),
      await since(nowMs - rule.windowMs),
      await since(startedMs),
    ];
    const uncoveredTodayMs = await journal.uncoveredMs({ account, sinceAt: new Date(todayMs).toISOString() });
    const change = alert.judge(totalOf(inWindow), nowMs);
    if (change === 'raised')
      log.warn({ account, ...rule, byKind: inWindow }, 'reconciliations are frequent: look into it');
    if (change === 'ended') log.info({ account }, 'reconciliations are not frequent any more');
    health = { today, lastHour, alert: alert.now(), uncoveredTodayMs };
    tally.reconciled(increase(exported, ever));
    exported = ever;
  };
  return {
    keep: async () => {
      const pause = createPause(over);
      for (let failures = 0; !over.aborted;) {
        try {
          await look();
          failures = 0;
        } catch (error) {
          failures += 1;
          tally.failure('the reconciliations could not be counted', error);
        }
        await pause.wait(failures === 0 ? pollMs : backoffMs(pollMs, failures));
      }
    },
    now: () => health,
  };
}

export const totalOf = (counts: ReconciliationCounts): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

const increase = (before: ReconciliationCounts, after: ReconciliationCounts): ReconciliationCounts =>
  Object.fromEntries(
    Object.entries(after)
      // Both have the same kinds as keys, which `entries` forgets.
      .map(([kind, count]) => [kind, count - (before[kind as keyof ReconciliationCounts] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
