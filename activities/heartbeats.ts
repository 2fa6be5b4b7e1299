/**
 * Heartbeats for activities that only read: when a worker dies, Temporal notices by their absence and
 * lets another one read, instead of waiting for the longest time that such a read may take.
 */
import { Context } from '@temporalio/activity';

/** Several within the heartbeat timeout of `workflows/proxies.ts`, so that a few may be late. */
const BEAT_MS = 1_000;

/** The same activity, with heartbeats as long as it runs. */
export function beating<Input, Output>(
  read: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat(), BEAT_MS);
    try {
      return await read(input);
    } finally {
      clearInterval(timer);
    }
  };
}
