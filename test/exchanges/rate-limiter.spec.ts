import { describe, expect, it } from 'vitest';
import {
  createRateLimiter,
  type Denial,
  type Grant,
  type LimiterClock,
  type LimiterRules,
} from '../../exchanges/rate-limiter.ts';

const RULES: LimiterRules = {
  buckets: { orders: { limit: 1, windowMs: 1_000 } },
  maxInFlight: 10,
  maxQueued: 3,
};

/** A clock that a test moves; timers fire in order when it passes them. */
function createTestClock(): LimiterClock & { advance(ms: number): Promise<void> } {
  let nowMs = 0;
  let timers: { atMs: number; wake: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    wakeAfter: (ms, wake) => {
      const timer = { atMs: nowMs + ms, wake };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance: async (ms) => {
      const untilMs = nowMs + ms;
      for (;;) {
        const [next] = timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
        if (!next) break;
        timers = timers.filter((other) => other !== next);
        nowMs = next.atMs;
        next.wake();
        await settled();
      }
      nowMs = untilMs;
      await settled();
    },
  };
}

/** Lets promise reactions run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const ask = { buckets: ['orders'], priority: 'entry', maxWaitMs: 5_000 } as const;

function outcomeOf(promise: Promise<Grant | Denial>): { value?: Grant | Denial } {
  const seen: { value?: Grant | Denial } = {};
  void promise.then((value) => {
    seen.value = value;
  });
  return seen;
}

describe('the rate limiter', () => {
  it('grants at once while there is room and then as soon as there is room again', async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(RULES, clock);
    expect(await limiter.acquire(ask)).toMatchObject({ granted: true });
    const second = outcomeOf(limiter.acquire(ask));
    await clock.advance(999);
    expect(second.value).toBeUndefined();
    await clock.advance(1);
    expect(second.value).toMatchObject({ granted: true });
  });

  it('gives a request back unsent when its wait is over, with the time after which to ask again', async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(RULES, clock);
    await limiter.acquire(ask);
    const waiting = outcomeOf(limiter.acquire({ ...ask, maxWaitMs: 300 }));
    await clock.advance(300);
    expect(waiting.value).toEqual({
      granted: false,
      reason: 'waited 300 ms for the rate limit',
      retryAfterMs: 700,
    });
    await clock.advance(5_000);
    expect(await limiter.acquire(ask)).toMatchObject({ granted: true });
  });

  it('tells those it gives back to come again after the others, not all at once', async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(RULES, clock);
    await limiter.acquire(ask);
    const impatient = outcomeOf(limiter.acquire({ ...ask, maxWaitMs: 100 }));
    const patient = [outcomeOf(limiter.acquire(ask)), outcomeOf(limiter.acquire(ask))];
    await clock.advance(100);
    expect(impatient.value).toMatchObject({ granted: false, retryAfterMs: 2_900 });
    await clock.advance(2_000);
    expect(patient.map(({ value }) => value?.granted)).toEqual([true, true]);
  });

  it('makes everybody wait for as long as the exchange said', async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(RULES, clock);
    expect(limiter.penalise(3_000)).toBe(3_000);
    const close = outcomeOf(limiter.acquire({ ...ask, buckets: [], priority: 'close' }));
    await clock.advance(2_999);
    expect(close.value).toBeUndefined();
    await clock.advance(1);
    expect(close.value).toMatchObject({ granted: true });
  });

  it('denies at once what a penalty would keep waiting too long', async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(RULES, clock);
    limiter.penalise(60_000);
    expect(await limiter.acquire(ask)).toEqual({
      granted: false,
      reason: 'the exchange asked for a pause',
      retryAfterMs: 60_000,
    });
  });

  it('doubles a penalty of unknown length while the exchange keeps saying "too many", and forgets it later', async () => {
    const clock = createTestClock();
    const limiter = createRateLimiter(RULES, clock);
    const lengths: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const lengthMs = limiter.penalise();
      lengths.push(lengthMs);
      await clock.advance(lengthMs + 1);
    }
    expect(lengths).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000]);
    await clock.advance(120_000);
    expect(limiter.penalise()).toBe(1_000);
  });

  it('counts answers to requests of one burst as one penalty', () => {
    const limiter = createRateLimiter(RULES, createTestClock());
    expect([limiter.penalise(), limiter.penalise(), limiter.penalise()]).toEqual([1_000, 1_000, 1_000]);
  });

  it('never waits longer than ten minutes, whatever an answer claims', () => {
    const limiter = createRateLimiter(RULES, createTestClock());
    expect(limiter.penalise(7 * 24 * 60 * 60_000)).toBe(600_000);
  });

  it('keeps the stricter limits for a while once the exchange said "too many" twice', async () => {
    const clock = createTestClock();
    const strictBuckets = { address: { limit: 1, windowMs: 2_000 } };
    const limiter = createRateLimiter({ ...RULES, strictBuckets }, clock);
    const two = async (): Promise<boolean> => {
      const asked = { ...ask, buckets: ['address'] };
      await limiter.acquire(asked);
      const second = outcomeOf(limiter.acquire(asked));
      await clock.advance(1_000);
      const atOnce = second.value?.granted === true;
      await clock.advance(5_000);
      return atOnce;
    };
    limiter.penalise(10);
    await clock.advance(11);
    expect(await two()).toBe(true);
    limiter.penalise(10);
    await clock.advance(11);
    expect(await two()).toBe(false);
    await clock.advance(5 * 60_000);
    expect(await two()).toBe(true);
  });

  it('denies everything once closed', async () => {
    const limiter = createRateLimiter(RULES, createTestClock());
    await limiter.acquire(ask);
    const waiting = limiter.acquire(ask);
    limiter.close();
    expect(await waiting).toMatchObject({ granted: false, reason: 'the gateway is closed' });
    expect(await limiter.acquire(ask)).toMatchObject({ granted: false });
  });
});
