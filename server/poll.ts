/** Waiting for something outside to become true, within a limit. */
import { setTimeout as delay } from 'node:timers/promises';

export type PollOptions = {
  /** Completes the sentence `... did not happen within N s`. */
  what: string;
  timeoutMs: number;
  everyMs?: number;
  signal?: AbortSignal;
};

const DEFAULT_INTERVAL_MS = 100;

/**
 * Calls `probe` until it resolves, and returns its value. A rejection means "not yet"; when time is
 * up the last one becomes the cause and part of the message. Aborting rejects with the signal's reason.
 */
export async function pollUntil<T>(probe: () => Promise<T>, options: PollOptions): Promise<T> {
  const deadlineMs = Date.now() + options.timeoutMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      options.signal?.throwIfAborted();
      if (Date.now() >= deadlineMs) {
        const reason = error instanceof Error ? error.message : String(error);
        const limit = `${options.timeoutMs / 1000} s`;
        throw new Error(`${options.what} did not happen within ${limit}: ${reason}`, { cause: error });
      }
    }
    await pause(options);
  }
}

/** Ends early with the signal's own reason, which says more than that something was aborted. */
async function pause({ everyMs = DEFAULT_INTERVAL_MS, signal }: PollOptions): Promise<void> {
  try {
    await delay(everyMs, undefined, signal && { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
