/** Times in which a price was not seen, until it is known how far it went. Pure bookkeeping, bounded. */
import type { WatchedPrice } from '../../exchanges/price-triggers.ts';

export type Gap = WatchedPrice & { sinceMs: number; untilMs: number };

export type PriceGaps = {
  /** One more, or one that could not be looked into; gaps of one price are one. */
  note(gap: Gap): void;
  /** The oldest, `count` at most; they are no longer waiting. */
  take(count: number, nowMs: number): Gap[];
};

/** Each costs a read; beyond it the price of the moment has to do. */
const MAX_GAPS = 1_000;
/** So long after its end a gap is history: the price now is what counts. */
const VALID_MS = 60_000;

export function createPriceGaps(): PriceGaps {
  const gaps = new Map<string, Gap>();
  return {
    note: (gap) => {
      const key = `${gap.workingType} ${gap.symbol}`;
      const known = gaps.get(key);
      if (!known && gaps.size >= MAX_GAPS) return;
      const sinceMs = Math.min(gap.sinceMs, known?.sinceMs ?? Infinity);
      gaps.set(key, { ...gap, sinceMs, untilMs: Math.max(gap.untilMs, known?.untilMs ?? 0) });
    },
    take: (count, nowMs) => {
      for (const [key, { untilMs }] of gaps) if (nowMs - untilMs > VALID_MS) gaps.delete(key);
      const taken = [...gaps].slice(0, count);
      for (const [key] of taken) gaps.delete(key);
      return taken.map(([, gap]) => gap);
    },
  };
}
