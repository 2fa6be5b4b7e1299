/** Whether something happens too often: raised once, and ended only when it has become much rarer. Pure. */
import type { FrequencyRule } from '../../domain/audit/reconciliations.ts';

export type FrequencyAlert = {
  sinceMs: number;
  /** Within the window, when it was looked at last. */
  count: number;
  windowMs: number;
};

export function createFrequencyAlert({ count: limit, windowMs }: FrequencyRule) {
  let alert: FrequencyAlert | null = null;
  return {
    /** @param count how often it happened within the window that ends now */
    judge: (count: number, nowMs: number): 'raised' | 'ended' | 'unchanged' => {
      if (alert === null && count > limit) {
        alert = { sinceMs: nowMs, count, windowMs };
        return 'raised';
      }
      if (alert === null) return 'unchanged';
      // Half of it: a count that goes up and down by one is one episode.
      const ended = count <= limit / 2;
      alert = ended ? null : { ...alert, count };
      return ended ? 'ended' : 'unchanged';
    },
    now: (): FrequencyAlert | null => alert,
  };
}
