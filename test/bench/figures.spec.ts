import { describe, expect, it } from 'vitest';
import { sumOf } from '../../bench/exposition.ts';
import { cpuMsIn } from '../../bench/process-usage.ts';
import { allowedMs, figures, rounded, spread } from '../../bench/statistics.ts';
import { atLeast, atMost, both } from '../../bench/target.ts';

describe('figures of a sample', () => {
  it('are those of the nearest rank, whatever the order', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(figures(samples)).toEqual({ count: 100, p50: 50, p99: 99, max: 100 });
  });

  it('are the only sample where there is one', () => {
    expect(figures([7])).toEqual({ count: 1, p50: 7, p99: 7, max: 7 });
  });

  it('give the largest as p99 of fewer than a hundred', () => {
    expect(figures([5, 1, 9]).p99).toBe(9);
  });

  it('are shown with one decimal below a hundred', () => {
    expect([rounded(99.94), rounded(100.4)]).toEqual(['99.9', '100']);
  });
});

describe('what a limit allows', () => {
  it.each([
    [0, 0],
    [10, 0],
    [11, 1_000],
    [100, 9_000],
    [101, 10_000],
  ])('%i requests at ten a second take %i ms', (count, ms) => {
    expect(allowedMs(count, { limit: 10, windowMs: 1_000 })).toBe(ms);
  });
});

describe('phases of polling loops', () => {
  it('are spread evenly, so that their median waits half a period', () => {
    expect(spread(4, 1_000)).toEqual([125, 375, 625, 875]);
  });
});

describe('a target', () => {
  it('is met at its limit', () => {
    expect([atMost(20, 20, 'ms'), atLeast(0.5, 0.5, 'x')]).toEqual([
      { text: '<= 20 ms', met: true },
      { text: '>= 0.5 x', met: true },
    ]);
  });

  it('is missed by a figure that could not be measured', () => {
    expect([atMost(Number.NaN, 1, '').met, atLeast(Number.NaN, 1, '').met]).toEqual([false, false]);
  });

  it('of several is met when all are', () => {
    expect(both(atMost(1, 2, 'ms'), atMost(3, 2, 'ms'))).toEqual({ text: '<= 2 ms, <= 2 ms', met: false });
  });
});

describe('what a process used', () => {
  it('is read past a name with spaces and brackets', () => {
    const stat = '42 (node (main) x) S 1 42 42 0 -1 4194304 9 0 0 0 120 30 0 0 20 0 11 0 5 1 1';
    expect(cpuMsIn(stat)).toBe(1_500);
  });
});

describe('a figure out of the metrics', () => {
  const text = [
    '# TYPE signals_total counter',
    'signals_total{account="a",signal="reconcile"} 3',
    'signals_total{account="b",signal="reconcile"} 4',
    'signals_total{account="a",signal="crossed"} 5',
    'signals_total_created{account="a",signal="reconcile"} 99',
  ].join('\n');

  it('is the sum of the series that have these labels', () => {
    expect(sumOf(text, 'signals_total', { signal: 'reconcile' })).toBe(7);
    expect(sumOf(text, 'signals_total', { account: 'a', signal: 'reconcile' })).toBe(3);
  });

  it('is nothing where there is no such series', () => {
    expect(sumOf(text, 'signals_total', { account: 'c' })).toBe(0);
  });
});
