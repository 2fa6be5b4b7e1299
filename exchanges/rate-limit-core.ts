/**
 * Which request may leave when: the pure core of the rate limiter. Time is a parameter; nothing waits.
 *
 * Invariants:
 * - Within any window of a bucket, the exchange counts at most `limit` requests, each by what it costs. It counts
 *   one when it arrives, somewhere between leaving and answer: so here it counts from its answer, and at the latest
 *   from `arrivesWithinMs` after it left.
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
  /** A request without an answer arrives this long after it left at the latest; default 0. */
  arrivesWithinMs?: number;
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
  const { arrivesWithinMs = 0 } = rules;
  /** By bucket, ascending: when each request has arrived at the latest. */
  const arrivals = new Map<string, number[]>();
  const peaks = new Map<string, number>();
  let queue: Job[] = [];
  let inFlight = 0;
  let penaltyUntilMs = 0;
  let strictUntilMs = 0;

  const bucketOf = (name: string, nowMs: number): Bucket | undefined =>
    rules.buckets[name] ?? (nowMs < strictUntilMs ? rules.strictBuckets?.[name] : undefined);

  /** When the bucket has room for `cost` again, if nothing is answered until then: `nowMs` or earlier means now. */
  const freeAtMs = (name: string, cost: number, nowMs: number): number => {
    const bucket = bucketOf(name, nowMs);
    if (!bucket) return nowMs;
    const recent = recentArrivals(arrivals, name, nowMs - bucket.windowMs);
    const blocking = recent.length + cost - 1 - bucket.limit;
    return blocking < 0 ? nowMs : (recent[blocking] ?? nowMs) + bucket.windowMs;
  };
  /** The same if what is under way arrived at once, as it mostly does. */
  const likelyFreeAtMs = (name: string, cost: number, nowMs: number): number => {
    const windowMs = bucketOf(name, nowMs)?.windowMs ?? 0;
    const atMs = freeAtMs(name, cost, nowMs);
    return atMs > nowMs + windowMs ? atMs - arrivesWithinMs : atMs;
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
          const used = recentArrivals(arrivals, name, nowMs - bucket.windowMs).push(nowMs + arrivesWithinMs);
          peaks.set(name, Math.max(used, peaks.get(name) ?? 0));
        }
        inFlight += 1;
        taken.push(job);
      }
      if (taken.length > 0) queue = queue.filter((job) => !taken.includes(job));
      return taken;
    },
    /** A request that left has ended, whatever came of it. */
    finish(ended?: { job: Job; leftAtMs: number; nowMs: number }): void {
      inFlight = Math.max(0, inFlight - 1);
      if (!ended) return;
      for (const name of ended.job.buckets)
        moveArrival(arrivals.get(name) ?? [], ended.leftAtMs + arrivesWithinMs, ended.nowMs);
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
          ([name, cost]) => likelyFreeAtMs(name, cost, nowMs) - nowMs + backlogMs(name, nowMs),
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

/** The arrivals of a bucket after `cutoffMs`, kept in place; bounded by the bucket's limit and what is under way. */
function recentArrivals(arrivals: Map<string, number[]>, name: string, cutoffMs: number): number[] {
  const times = arrivals.get(name) ?? [];
  while (times.length > 0 && (times[0] ?? 0) <= cutoffMs) times.shift();
  arrivals.set(name, times);
  return times;
}

/** Puts the answer's time in the place of what was assumed, if it came before that. */
function moveArrival(times: number[], assumedMs: number, answeredMs: number): void {
  const index = times.indexOf(assumedMs);
  if (index === -1 || answeredMs >= assumedMs) return;
  times.splice(index, 1);
  times.splice(times.findLastIndex((atMs) => atMs <= answeredMs) + 1, 0, answeredMs);
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
