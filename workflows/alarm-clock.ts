/**
 * One timer for a workflow's next deadline. A timer costs two events, so it is kept when the deadline
 * moves back (it rings early, which is harmless) and replaced only when it moves forward.
 */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { ASKED_TOO_EARLY } from '../contract/failures.ts';
import { spoil } from './spoiled-run.ts';

export type AlarmClock = {
  /** Rings at this time, ms; null: no deadline. */
  set(atMs: number | null, nowMs: number): void;
  /** Whether it rang since it was last set. A ring before its time spoils the run and counts as none. */
  rang(): boolean;
};

export function createAlarmClock(): AlarmClock {
  let armedAtMs: number | null = null;
  let scope: CancellationScope | null = null;
  let rang = false;

  const disarm = (): void => {
    scope?.cancel();
    scope = null;
    armedAtMs = null;
  };

  const arm = (atMs: number, nowMs: number): void => {
    disarm();
    armedAtMs = atMs;
    const own = new CancellationScope();
    scope = own;
    void own.run(async () => {
      try {
        await sleep(Math.max(1, atMs - nowMs), { summary: 'until the next deadline' });
        // Only in a replay for a query alone; see `spoiled-run.ts`.
        if (Date.now() < atMs) spoil(ASKED_TOO_EARLY);
        else rang = true;
        if (scope === own) {
          scope = null;
          armedAtMs = null;
        }
      } catch (error) {
        if (!isCancellation(error)) throw error;
      }
    });
  };

  return {
    set(atMs, nowMs) {
      rang = false;
      if (atMs === null) disarm();
      else if (armedAtMs === null || atMs < armedAtMs) arm(atMs, nowMs);
    },
    rang: () => rang,
  };
}
