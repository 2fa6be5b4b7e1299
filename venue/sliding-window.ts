/** Counts what happened lately: the core of every exchange's rate limits. Not kept over a restart. */

/** With more keys than this, those that have been quiet for a window are forgotten. */
const SWEEP_ABOVE = 1_000;

export type Room = {
  readonly taken: boolean;
  /** How much more fits now. */
  readonly left: number;
  /** When the oldest of what fills the window leaves it. */
  readonly resetsAtMs: number;
};

export type SlidingWindow = {
  /** Takes `cost` of `limit` where all of it fits; takes nothing where it does not. */
  readonly take: (key: string, limit: number, nowMs: number, cost?: number) => Room;
  /** Counts one more without any limit. Returns how many there were within the window, this one among them. */
  readonly count: (key: string, nowMs: number) => number;
  readonly forget: (key: string) => void;
};

export function createSlidingWindow(windowMs: number): SlidingWindow {
  const seen = new Map<string, number[]>();

  function recentOf(key: string, nowMs: number): number[] {
    if (seen.size > SWEEP_ABOVE)
      for (const [old, times] of seen) if ((times.at(-1) ?? 0) <= nowMs - windowMs) seen.delete(old);
    const recent = (seen.get(key) ?? []).filter((atMs) => atMs > nowMs - windowMs);
    seen.set(key, recent);
    return recent;
  }

  return {
    take(key, limit, nowMs, cost = 1) {
      const recent = recentOf(key, nowMs);
      const taken = recent.length + cost <= limit;
      if (taken) for (let n = 0; n < cost; n += 1) recent.push(nowMs);
      const resetsAtMs = recent[0] === undefined ? nowMs : recent[0] + windowMs;
      return { taken, left: Math.max(0, limit - recent.length), resetsAtMs };
    },
    count: (key, nowMs) => recentOf(key, nowMs).push(nowMs),
    forget: (key) => void seen.delete(key),
  };
}
