/**
 * Which request may leave when: the pure core of the rate limiter. Time is a parameter; nothing waits.
 *
 * Invariants:
 * - Within any window of a bucket, at most `limit` requests leave, each counted by what it costs.
 * - Of the requests that could leave, the one of the best rank leaves first, the older one at a tie.
 * - Waiting improves the rank by one per `AGEING_MS`, down to that of a close: nothing starves for ever.
 * - During a penalty nothing leaves; the queue never holds more than its limit.
 */

export type Priority = 'close' | 'stop' | 'cancel' | 'entry' | 'read';

export const RANKS: Record<Priority, number> = { close: 0, stop: 1, cancel: 2, entry: 3, read: 4 };

/** One limit of the exchange: so many requests in a sliding window. */
export type Bucket = { limit: number; windowMs: number };

/** How full a limit was. */
export type BucketUse = { name: string; used: number } & Bucket;

export type LimiterRules = {
  buckets: Readonly<Record<string, Bucket>>;
  /** Limits that count besides while the exchange keeps saying "too many": see `restrict`. */
  strictBuckets?: Readonly<Record<string, Bucket>>;
  /** Requests that may be under way at once. */
  maxInFlight: number;
  maxQueued: number;
};

export type Job = {
  id: number;
  /**
   * Names of the buckets that this request counts in, each as often as it costs; unknown names limit
   * nothing. No request may cost more than its bucket holds.
   */
  buckets: readonly string[];
  priority: Priority;
  enqueuedAtMs: number;
};

/** After waiting this long a request is treated as one rank more urgent. */
export const AGEING_MS = 5_000;

export function createLimiterCore(rules: LimiterRules) {
  const starts = new Map<string, number[]>();
  const peaks = new Map<string, number>();
  let queue: Job[] = [];
  let inFlight = 0;
  let penaltyUntilMs = 0;
  let strictUntilMs = 0;

  const bucketOf = (name: string, nowMs: number): Bucket | undefined =>
    rules.buckets[name] ?? (nowMs < strictUntilMs ? rules.strictBuckets?.[name] : undefined);

  /** When the bucket has room for `cost` again: `nowMs` or earlier means now. */
  const freeAtMs = (name: string, cost: number, nowMs: number): number => {
    const bucket = bucketOf(name, nowMs);
    if (!bucket) return nowMs;
    const recent = recentStarts(starts, name, nowMs - bucket.windowMs);
    const blocking = recent.length + cost - 1 - bucket.limit;
    return blocking < 0 ? nowMs : (recent[blocking] ?? nowMs) + bucket.windowMs;
  };
  /** How long the requests that wait for a bucket keep it busy. */
  const backlogMs = (name: string, nowMs: number): number => {
    const bucket = bucketOf(name, nowMs);
    if (!bucket) return 0;
    const waiting = queue.reduce((cost, job) => cost + (costsOf(job.buckets).get(name) ?? 0), 0);
    return Math.floor(waiting / bucket.limit) * bucket.windowMs;
  };
  const jobFreeAtMs = (job: Job, nowMs: number): number =>
    [...costsOf(job.buckets)].reduce(
      (latestMs, [name, cost]) => Math.max(latestMs, freeAtMs(name, cost, nowMs)),
      penaltyUntilMs,
    );

  return {
    /** Queues a job; returns the jobs that had to give way for it, possibly itself. */
    add(job: Job): Job[] {
      queue.push(job);
      if (queue.length <= rules.maxQueued) return [];
      const last = queue.reduce((worst, other) =>
        comesBefore(worst, other, job.enqueuedAtMs) ? other : worst,
      );
      queue = queue.filter((other) => other !== last);
      return [last];
    },
    remove(id: number): void {
      queue = queue.filter((job) => job.id !== id);
    },
    /** Takes every job that may leave at `nowMs`, in order. */
    take(nowMs: number): Job[] {
      const taken: Job[] = [];
      for (const job of ordered(queue, nowMs)) {
        if (inFlight >= rules.maxInFlight) break;
        if (jobFreeAtMs(job, nowMs) > nowMs) continue;
        for (const name of job.buckets) {
          const bucket = bucketOf(name, nowMs);
          if (!bucket) continue;
          const used = recentStarts(starts, name, nowMs - bucket.windowMs).push(nowMs);
          peaks.set(name, Math.max(used, peaks.get(name) ?? 0));
        }
        inFlight += 1;
        taken.push(job);
      }
      if (taken.length > 0) queue = queue.filter((job) => !taken.includes(job));
      return taken;
    },
    /** A request that left has ended. */
    finish(): void {
      inFlight = Math.max(0, inFlight - 1);
    },
    /** When `take` is worth calling again; `undefined` while nothing waits or only a `finish` helps. */
    wakeAtMs(nowMs: number): number | undefined {
      if (queue.length === 0 || inFlight >= rules.maxInFlight) return undefined;
      return Math.min(...queue.map((job) => jobFreeAtMs(job, nowMs)));
    },
    /** Nothing leaves before `untilMs`. A shorter penalty never shortens a longer one. */
    penalise(untilMs: number): void {
      penaltyUntilMs = Math.max(penaltyUntilMs, untilMs);
    },
    /** The strict limits count until `untilMs`. */
    restrict(untilMs: number): void {
      strictUntilMs = Math.max(strictUntilMs, untilMs);
    },
    penaltyLeftMs: (nowMs: number): number => Math.max(0, penaltyUntilMs - nowMs),
    /** When a job of these buckets could leave after everything that waits for the same buckets. */
    freeInMs: (buckets: readonly string[], nowMs: number): number =>
      Math.max(
        0,
        penaltyUntilMs - nowMs,
        ...[...costsOf(buckets)].map(
          ([name, cost]) => freeAtMs(name, cost, nowMs) - nowMs + backlogMs(name, nowMs),
        ),
      ),
    queued: (): number => queue.length,
    /** The most that left within one window of each bucket since this was asked last. */
    peaks(nowMs: number): BucketUse[] {
      const used = [...peaks].flatMap(([name, most]) => {
        const bucket = bucketOf(name, nowMs);
        return bucket ? [{ name, used: most, ...bucket }] : [];
      });
      peaks.clear();
      return used;
    },
  };
}

function costsOf(buckets: readonly string[]): ReadonlyMap<string, number> {
  const costs = new Map<string, number>();
  for (const name of buckets) costs.set(name, (costs.get(name) ?? 0) + 1);
  return costs;
}

/** The start times of a bucket after `cutoffMs`, kept in place; bounded by the bucket's limit. */
function recentStarts(starts: Map<string, number[]>, name: string, cutoffMs: number): number[] {
  const times = starts.get(name) ?? [];
  while (times.length > 0 && (times[0] ?? 0) <= cutoffMs) times.shift();
  starts.set(name, times);
  return times;
}

function ordered(queue: readonly Job[], nowMs: number): Job[] {
  return [...queue].sort((a, b) => (comesBefore(a, b, nowMs) ? -1 : 1));
}

function comesBefore(a: Job, b: Job, nowMs: number): boolean {
  const byRank = rankAt(a, nowMs) - rankAt(b, nowMs);
  return byRank === 0 ? a.id < b.id : byRank < 0;
}

function rankAt(job: Job, nowMs: number): number {
  const steps = Math.floor(Math.max(0, nowMs - job.enqueuedAtMs) / AGEING_MS);
  return Math.max(RANKS.close, RANKS[job.priority] - steps);
}
