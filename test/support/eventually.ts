/** Waits for a condition of the outside world by asking again, within a bound; never by sleeping blindly. */
import { setTimeout as delay } from 'node:timers/promises';

const ASK_EVERY_MS = 50;
const DEFAULT_WITHIN_MS = 15_000;

/** Resolves with what `ask` answers once it stops throwing; rejects with its last error when time is up. */
export async function eventually<T>(
  ask: () => Promise<T>,
  withinMs = DEFAULT_WITHIN_MS,
  everyMs = ASK_EVERY_MS,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await delay(everyMs);
    }
  }
}
