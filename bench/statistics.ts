/** Figures of a sample. */

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
