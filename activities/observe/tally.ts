/** Counts, times and logs what the watcher does, in one place, so that its work stays readable. */
import type { Delivery, ObserveLog, ObserveMetrics, SignalKind } from './deps.ts';
import { messageOf } from './pause.ts';

export type Tally = {
  snapshot(result: 'complete' | 'incomplete' | 'failed', tookMs: number, problems: readonly string[]): void;
  /** Runs a signal; passes its answer or its error on. */
  signal(kind: SignalKind, send: () => Promise<Delivery>): Promise<Delivery>;
  crossing(kind: 'stop' | 'target', fields: object): void;
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
      metrics?.crossing(kind);
      log.info({ account, kind, ...fields }, 'a price level was crossed');
    },
    failure,
    errors: () => errors,
  };
}
