/** Counts, times and logs what the watcher does, in one place, so that its work stays readable. */
import type { Decimal } from '../../domain/decimal.ts';
import type { ReconciliationCounts, ReconciliationKind } from '../../journal/journal.ts';
import type {
  BalanceResult,
  Delivery,
  FiguresResult,
  LevelKind,
  ObserveLog,
  ObserveMetrics,
  SignalKind,
} from './deps.ts';
import { messageOf } from './pause.ts';

export type Tally = {
  snapshot(result: 'complete' | 'incomplete' | 'failed', tookMs: number, problems: readonly string[]): void;
  /** Runs a signal; passes its answer or its error on. */
  signal(kind: SignalKind, send: () => Promise<Delivery>): Promise<Delivery>;
  crossing(kind: LevelKind, fields: { workflowId: string; crossingId: string; price: Decimal }): void;
  balance(result: BalanceResult, tookMs: number): void;
  /** So many more of each kind since the last call. */
  reconciled(more: ReconciliationCounts): void;
  figures(result: FiguresResult): void;
  failure(what: string, error: unknown): void;
  errors(): number;
};

type Options = {
  account: string;
  clock: { now(): number };
  log: ObserveLog;
  metrics: ObserveMetrics | undefined;
};

export function createTally({ account, clock, log, metrics }: Options): Tally {
  let errors = 0;
  const failure = (what: string, error: unknown): void => {
    errors += 1;
    log.warn({ account, error: messageOf(error) }, what);
  };
  return {
    snapshot: (result, tookMs, problems) => {
      metrics?.snapshot(result, tookMs);
      if (result !== 'complete')
        failure(
          `a reading of the account ${result === 'failed' ? 'failed' : 'is incomplete'}`,
          problems.join('; '),
        );
    },
    signal: async (kind, send) => {
      const startedMs = clock.now();
      try {
        const result = await send();
        metrics?.signal(kind, result, clock.now() - startedMs);
        return result;
      } catch (error) {
        metrics?.signal(kind, 'failed', clock.now() - startedMs);
        failure(`a ${kind} signal was not delivered`, error);
        throw error;
      }
    },
    crossing: (kind, fields) => {
      metrics?.crossing(kind, fields.workflowId);
      log.info({ account, kind, ...fields }, 'a price level was crossed');
    },
    balance: (result, tookMs) => metrics?.balance(result, tookMs),
    reconciled: (more) => {
      for (const [kind, count] of Object.entries(more))
        // The keys of counts are kinds, which `entries` forgets.
        metrics?.reconciled(kind as ReconciliationKind, count);
    },
    figures: (result) => metrics?.figures(result),
    failure,
    errors: () => errors,
  };
}
