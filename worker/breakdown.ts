/**
 * Notices a worker that the SDK gave up. It shuts such a worker down by itself, and takes a minute over it
 * in which nobody is served: better end at once, and let the supervisor start anew.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from '@temporalio/worker';

const LOOK_EVERY_MS = 1_000;

/** Rejects once the worker no longer runs although nobody asked it to stop; never resolves. */
export async function brokenDown(
  worker: Pick<Worker, 'getState'>,
  stop: AbortSignal,
  everyMs = LOOK_EVERY_MS,
): Promise<never> {
  while (!stop.aborted) {
    await delay(everyMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
    if (!stop.aborted && worker.getState() !== 'RUNNING')
      throw new Error('the worker that decides broke down; the log says why');
  }
  // Whoever asked it to stop waits for its end, not for this.
  return new Promise<never>(() => {});
}
