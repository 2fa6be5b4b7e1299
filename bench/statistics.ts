/** Figures of a sample. Pure. */

export type Figures = { count: number; p50: number; p99: number; max: number };

/** @param samples at least one, any order */
export function figures(samples: readonly number[]): Figures {
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    p50: percentile(sorted, 50),
    p99: percentile(sorted, 99),
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** Nearest rank. */
function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** At most one decimal, for a table. */
export const rounded = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1));

/** Milliseconds as seconds, for a table. */
export const seconds = (ms: number): string => (ms / 1_000).toFixed(2);

/**
 * The least time in which a limit of `limit` requests in any `windowMs` lets `count` of them through:
 * the first ones leave at once, every later group a whole window after the one before.
 */
export const allowedMs = (count: number, { limit, windowMs }: { limit: number; windowMs: number }): number =>
  Math.max(0, Math.ceil(count / limit) - 1) * windowMs;

/** `count` moments, evenly over a period, each in the middle of its share. */
export const spread = (count: number, periodMs: number): number[] =>
  Array.from({ length: count }, (_, index) => ((index + 0.5) * periodMs) / count);
