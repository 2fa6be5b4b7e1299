/** From what is counted to the SDK's endpoint. */
import type { MetricMeter } from '@temporalio/common';
import { describe, expect, it, vi } from 'vitest';
import { openExporter } from '../../../worker/metrics/exporter.ts';
import { createMeters } from '../../../worker/metrics/meters.ts';

describe('meters', () => {
  const fakes = (record: (...of: unknown[]) => void) => {
    const created: string[] = [];
    const instrument = (name: string) => {
      created.push(name);
      return {
        add: (...of: unknown[]) => record(name, ...of),
        record: (...of: unknown[]) => record(name, ...of),
      };
    };
    // Of an instrument only what records is used.
    return {
      created,
      meter: { createCounter: instrument, createHistogram: instrument } as unknown as MetricMeter,
    };
  };

  it('leave the end of a counter to the exporter, and never record a time before zero', () => {
    const record = vi.fn<(...of: unknown[]) => void>();
    const { created, meter } = fakes(record);
    const meters = createMeters(meter);
    expect(created.filter((name) => name.endsWith('_total'))).toEqual([]);
    meters.count('holdfast_crossings_total', { account: 'a', kind: 'stop' });
    meters.seconds('holdfast_tick_to_close_seconds', { account: 'a' }, -1);
    expect(record.mock.calls).toEqual([
      ['holdfast_crossings', 1, { account: 'a', kind: 'stop' }],
      ['holdfast_tick_to_close_seconds', 0, { account: 'a' }],
    ]);
  });

  it('that fail fail nothing else', () => {
    const { meter } = fakes(() => {
      throw new Error('gone');
    });
    expect(() =>
      createMeters(meter).count('holdfast_crossings_total', { account: 'a', kind: 'stop' }),
    ).not.toThrow();
  });
});

describe('the endpoint of the SDK', () => {
  it('is opened elsewhere when its port was taken meanwhile', async () => {
    const tried: string[] = [];
    await openExporter((bindAddress) => {
      tried.push(bindAddress);
      if (tried.length < 3) throw new Error('Address already in use');
    });
    expect(tried).toHaveLength(3);
    for (const address of tried) expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('is given up with its last words', async () => {
    const install = vi.fn<() => void>(() => {
      throw new Error('Address already in use');
    });
    await expect(openExporter(install)).rejects.toThrow('Address already in use');
    expect(install).toHaveBeenCalledTimes(5);
  });
});
