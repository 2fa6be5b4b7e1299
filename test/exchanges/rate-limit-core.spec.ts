import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import {
  AGEING_MS,
  createLimiterCore,
  type Job,
  type LimiterRules,
  type Priority,
} from '../../exchanges/rate-limit-core.ts';

const PRIORITIES: readonly Priority[] = ['close', 'stop', 'cancel', 'entry', 'read'];
const WINDOW_MS = 1_000;

const rules = (limit: number, overrides: Partial<LimiterRules> = {}): LimiterRules => ({
  buckets: { orders: { limit, windowMs: WINDOW_MS }, reads: { limit: limit + 1, windowMs: WINDOW_MS } },
  maxInFlight: 1_000,
  maxQueued: 1_000,
  ...overrides,
});

const arrival = fc.record({
  gapMs: fc.integer({ min: 0, max: 400 }),
  priority: fc.constantFrom(...PRIORITIES),
  buckets: fc.constantFrom<string[]>(['orders'], ['reads'], ['orders', 'reads']),
});
type Arrival = { gapMs: number; priority: Priority; buckets: string[] };

/** Runs arrivals through a core, waking exactly when it says; returns who left when. */
function play(
  core: ReturnType<typeof createLimiterCore>,
  arrivals: readonly Arrival[],
): { job: Job; atMs: number }[] {
  const left: { job: Job; atMs: number }[] = [];
  let nowMs = 1_000_000;
  const drain = (untilMs: number): void => {
    for (
      let wakeAtMs = core.wakeAtMs(nowMs);
      wakeAtMs !== undefined && wakeAtMs <= untilMs;
      wakeAtMs = core.wakeAtMs(nowMs)
    ) {
      nowMs = Math.max(nowMs, wakeAtMs);
      for (const job of core.take(nowMs)) left.push({ job, atMs: nowMs });
    }
    nowMs = Math.max(nowMs, untilMs);
  };
  arrivals.forEach(({ gapMs, priority, buckets }, index) => {
    drain(nowMs + gapMs);
    core.add({ id: index + 1, priority, buckets, enqueuedAtMs: nowMs });
    for (const job of core.take(nowMs)) left.push({ job, atMs: nowMs });
  });
  drain(nowMs + 10 * 60_000);
  return left;
}

describe('the rate limiter core', () => {
  it('never lets more than the limit leave within any window, whatever arrives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(arrival, { maxLength: 60 }), (limit, arrivals) => {
        const left = play(createLimiterCore(rules(limit)), arrivals);
        for (const [bucket, most] of [
          ['orders', limit],
          ['reads', limit + 1],
        ] as const) {
          const times = left.filter(({ job }) => job.buckets.includes(bucket)).map(({ atMs }) => atMs);
          for (const startMs of times) {
            expect(
              times.filter((atMs) => atMs >= startMs && atMs < startMs + WINDOW_MS).length,
            ).toBeLessThanOrEqual(most);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('lets everything leave in the end: nothing is lost and nothing leaves twice', () => {
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 60 }), (arrivals) => {
        const ids = play(createLimiterCore(rules(2)), arrivals).map(({ job }) => job.id);
        expect([...ids].sort((a, b) => a - b)).toEqual(arrivals.map((_, index) => index + 1));
      }),
      { numRuns: 100 },
    );
  });

  it('of requests that wait for the same limit, lets the more urgent leave first, the older at a tie', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PRIORITIES), { minLength: 2, maxLength: 8 }), (priorities) => {
        const core = createLimiterCore(rules(1));
        core.add({ id: 0, priority: 'read', buckets: ['orders'], enqueuedAtMs: 0 });
        core.take(0);
        priorities.forEach((priority, index) =>
          core.add({ id: index + 1, priority, buckets: ['orders'], enqueuedAtMs: 0 }),
        );
        const order = Array.from(priorities, (_, step) =>
          core.take((step + 1) * WINDOW_MS).map((job) => job),
        ).flat();
        // Within the first ageing step waiting does not change ranks yet.
        const before = order.slice(0, Math.floor(AGEING_MS / WINDOW_MS) - 1);
        const expected = priorities
          .map((priority, index) => ({ priority, id: index + 1 }))
          .sort((a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) || a.id - b.id);
        expect(before.map((job) => job.id)).toEqual(expected.slice(0, before.length).map((job) => job.id));
      }),
    );
  });

  it('does not starve a read, however many closes keep coming', () => {
    const core = createLimiterCore(rules(1));
    core.add({ id: 1, priority: 'read', buckets: ['orders'], enqueuedAtMs: 0 });
    let readAtMs: number | undefined;
    for (let second = 0; second < 60 && readAtMs === undefined; second += 1) {
      core.add({ id: 2 + second, priority: 'close', buckets: ['orders'], enqueuedAtMs: second * WINDOW_MS });
      const taken = core.take(second * WINDOW_MS);
      if (taken.some((job) => job.id === 1)) readAtMs = second * WINDOW_MS;
    }
    expect(readAtMs).toBeLessThanOrEqual(4 * AGEING_MS + WINDOW_MS);
  });

  it('lets nothing leave during a penalty, and a shorter one never shortens a longer', () => {
    const core = createLimiterCore(rules(5));
    core.penalise(10_000);
    core.penalise(4_000);
    core.add({ id: 1, priority: 'close', buckets: [], enqueuedAtMs: 0 });
    expect(core.take(9_999)).toEqual([]);
    expect(core.wakeAtMs(9_999)).toBe(10_000);
    expect(core.take(10_000)).toHaveLength(1);
  });

  it('charges a request as often as it names a bucket', () => {
    const core = createLimiterCore(rules(5));
    const costly = (id: number, cost: number): Job => ({
      id,
      priority: 'read',
      enqueuedAtMs: 0,
      buckets: Array.from({ length: cost }, () => 'orders'),
    });
    for (const job of [costly(1, 3), costly(2, 3), costly(3, 2)]) core.add(job);
    expect(core.take(0).map(({ id }) => id)).toEqual([1, 3]);
    expect(core.wakeAtMs(0)).toBe(WINDOW_MS);
    expect(core.take(WINDOW_MS - 1)).toEqual([]);
    expect(core.take(WINDOW_MS).map(({ id }) => id)).toEqual([2]);
  });

  it('counts a request from its answer: it may have arrived as late as that', () => {
    const core = createLimiterCore(rules(1, { arrivesWithinMs: 2_000 }));
    const job = (id: number): Job => ({ id, priority: 'read', buckets: ['orders'], enqueuedAtMs: 0 });
    const [first, second, third] = [job(1), job(2), job(3)];
    for (const each of [first, second, third]) core.add(each);
    expect(core.take(0)).toEqual([first]);
    expect(core.take(1_500), 'no answer yet').toEqual([]);
    core.finish({ job: first, leftAtMs: 0, nowMs: 1_600 });
    expect(core.wakeAtMs(1_600)).toBe(2_600);
    expect(core.take(2_599)).toEqual([]);
    expect(core.take(2_600)).toEqual([second]);
    expect(core.take(5_599), 'never answered').toEqual([]);
    expect(core.take(5_600)).toEqual([third]);
    core.finish({ job: second, leftAtMs: 2_600, nowMs: 5_600 });
    expect(core.take(9_000), 'nothing waits').toEqual([]);
  });

  it('tells the time of another try as if what is under way arrived at once', () => {
    const core = createLimiterCore(rules(1, { arrivesWithinMs: 2_000 }));
    core.add({ id: 1, priority: 'read', buckets: ['orders'], enqueuedAtMs: 0 });
    core.take(0);
    expect(core.freeInMs(['orders'], 300)).toBe(700);
  });

  it('keeps the queue within its limit by giving up the least urgent, youngest request', () => {
    const core = createLimiterCore(rules(1, { maxQueued: 2, maxInFlight: 0 }));
    const job = (id: number, priority: Priority): Job => ({ id, priority, buckets: [], enqueuedAtMs: 0 });
    expect(core.add(job(1, 'read'))).toEqual([]);
    expect(core.add(job(2, 'read'))).toEqual([]);
    expect(core.add(job(3, 'close'))).toEqual([job(2, 'read')]);
    expect(core.add(job(4, 'read'))).toEqual([job(4, 'read')]);
    expect(core.queued()).toBe(2);
  });

  it('keeps what is under way within its limit', () => {
    const core = createLimiterCore(rules(10, { maxInFlight: 2 }));
    for (let id = 1; id <= 3; id += 1) core.add({ id, priority: 'read', buckets: [], enqueuedAtMs: 0 });
    expect(core.take(0)).toHaveLength(2);
    expect(core.wakeAtMs(0)).toBeUndefined();
    core.finish();
    expect(core.take(0)).toHaveLength(1);
  });

  it('tells the most that left within one window since it was asked last', () => {
    const core = createLimiterCore(rules(3));
    const leave = (id: number, atMs: number) => {
      core.add({ id, priority: 'read', buckets: ['orders'], enqueuedAtMs: atMs });
      core.take(atMs);
    };
    for (const [index, atMs] of [0, 100, 5_000].entries()) leave(index, atMs);
    expect(core.peaks(5_000)).toEqual([{ name: 'orders', used: 2, limit: 3, windowMs: WINDOW_MS }]);
    expect(core.peaks(5_000)).toEqual([]);
    leave(9, 5_100);
    expect(core.peaks(5_100)).toMatchObject([{ used: 2 }]);
  });
});
