/**
 * The rate limiter of one account: every request of its gateway passes here, and nothing else paces
 * them (ccxt's own limiter is off: it is first come, first served). See docs/decisions/rate-limiter.md.
 */
import {
  createLimiterCore,
  type BucketUse,
  type Job,
  type LimiterRules,
  type Priority,
} from './rate-limit-core.ts';

export type { LimiterRules, Priority } from './rate-limit-core.ts';

/** Leave to send one request; `done` must be called when it ended. */
export type Grant = { granted: true; done: () => void };

/** The request was not sent. `retryAfterMs` is when it would be worth another try. */
export type Denial = { granted: false; reason: string; retryAfterMs: number };

export type LimiterClock = {
  nowMs: () => number;
  /** Calls `wake` after `ms`; the returned function cancels it. */
  wakeAfter: (ms: number, wake: () => void) => () => void;
};

export type RateLimiter = {
  /** Waits for leave, at most `maxWaitMs`. */
  acquire: (request: {
    buckets: readonly string[];
    priority: Priority;
    maxWaitMs: number;
  }) => Promise<Grant | Denial>;
  /**
   * The exchange said "too many". Everybody waits: for as long as it said, else for a time that
   * doubles while it keeps saying so. Returns the length of the penalty.
   */
  penalise: (retryAfterMs?: number) => number;
  /** How full each limit got, at most, since this was asked last. */
  peaks: () => BucketUse[];
  /** Denies everything that waits and everything to come. */
  close: () => void;
};

const FIRST_PENALTY_MS = 1_000;
/** An exchange that wants more says so; a stop that waits to be placed can't wait for a guess. */
const LONGEST_PENALTY_MS = 8_000;
/** A penalty this long after the last one starts from the first length again. */
const PENALTY_MEMORY_MS = 10_000;
/** How long the strict limits count after the exchange said "too many" again. */
const STRICT_MS = 5 * 60_000;
/** No answer of an exchange keeps us quiet for longer than this. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;

export const systemClock: LimiterClock = {
  nowMs: () => Date.now(),
  wakeAfter: (ms, wake) => {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};

type Waiting = { settle: (outcome: Grant | Denial) => void };

export function createRateLimiter(rules: LimiterRules, clock: LimiterClock = systemClock): RateLimiter {
  const core = createLimiterCore(rules);
  const waiting = new Map<number, Waiting>();
  const penalties = createPenalties();
  let nextId = 1;
  let cancelWake: (() => void) | undefined;
  let closed = false;

  const deny = (job: Job, reason: string): void => {
    core.remove(job.id);
    const retryAfterMs = core.freeInMs(job.buckets, clock.nowMs());
    waiting.get(job.id)?.settle({ granted: false, reason, retryAfterMs });
  };
  const pump = (): void => {
    cancelWake?.();
    cancelWake = undefined;
    const nowMs = clock.nowMs();
    for (const job of core.take(nowMs)) {
      const done = once(() => finished(job, nowMs));
      waiting.get(job.id)?.settle({ granted: true, done });
    }
    const wakeAtMs = core.wakeAtMs(nowMs);
    if (wakeAtMs !== undefined) cancelWake = clock.wakeAfter(Math.max(1, wakeAtMs - nowMs), pump);
  };
  const finished = (job: Job, leftAtMs: number): void => {
    core.finish({ job, leftAtMs, nowMs: clock.nowMs() });
    pump();
  };

  return {
    acquire: ({ buckets, priority, maxWaitMs }) => {
      const nowMs = clock.nowMs();
      const penaltyLeftMs = core.penaltyLeftMs(nowMs);
      if (closed)
        return Promise.resolve({ granted: false, reason: 'the gateway is closed', retryAfterMs: 0 });
      if (penaltyLeftMs > maxWaitMs) {
        return Promise.resolve({
          granted: false,
          reason: 'the exchange asked for a pause',
          retryAfterMs: penaltyLeftMs,
        });
      }
      const job: Job = { id: nextId++, buckets, priority, enqueuedAtMs: nowMs };
      return new Promise((resolve) => {
        const cancelExpiry = clock.wakeAfter(maxWaitMs, () =>
          deny(job, `waited ${maxWaitMs} ms for the rate limit`),
        );
        waiting.set(job.id, {
          settle: (outcome) => {
            cancelExpiry();
            waiting.delete(job.id);
            resolve(outcome);
          },
        });
        for (const evicted of core.add(job)) deny(evicted, `more than ${rules.maxQueued} requests waiting`);
        pump();
      });
    },
    penalise: (retryAfterMs) => {
      const nowMs = clock.nowMs();
      const { lengthMs, repeated } = penalties.next(nowMs, core.penaltyLeftMs(nowMs), retryAfterMs);
      // Once can be an accident; twice means that its limits are not the ones we keep.
      if (repeated) core.restrict(nowMs + lengthMs + STRICT_MS);
      core.penalise(nowMs + lengthMs);
      pump();
      return lengthMs;
    },
    peaks: () => core.peaks(clock.nowMs()),
    close: () => {
      closed = true;
      cancelWake?.();
      for (const [id, { settle }] of [...waiting]) {
        core.remove(id);
        settle({ granted: false, reason: 'the gateway is closed', retryAfterMs: 0 });
      }
    },
  };
}

function once(work: () => void): () => void {
  let ran = false;
  return () => {
    if (!ran) work();
    ran = true;
  };
}

/** Doubling penalties. Answers to requests that left before the penalty began do not lengthen it. */
function createPenalties() {
  let doubledMs = 0;
  let endedAtMs = -Infinity;
  return {
    next(
      nowMs: number,
      leftMs: number,
      retryAfterMs: number | undefined,
    ): { lengthMs: number; repeated: boolean } {
      if (leftMs > 0 && retryAfterMs === undefined) return { lengthMs: leftMs, repeated: false };
      const repeated = leftMs === 0 && nowMs - endedAtMs <= PENALTY_MEMORY_MS;
      if (retryAfterMs === undefined)
        doubledMs =
          repeated && doubledMs > 0 ? Math.min(doubledMs * 2, LONGEST_PENALTY_MS) : FIRST_PENALTY_MS;
      const lengthMs = Math.min(retryAfterMs ?? doubledMs, MAX_RETRY_AFTER_MS);
      endedAtMs = Math.max(endedAtMs, nowMs + lengthMs);
      return { lengthMs, repeated };
    },
  };
}
