/** Counts and times what happens, by the catalogue. Never throws: no order waits or fails for a figure. */
import type { MetricMeter } from '@temporalio/common';
import { EVENTS, type CounterName, type EventName, type HistogramName, type Labels } from './catalogue.ts';

export type Meters = {
  /** One more, or `by` more; 0 makes the series known before anything has happened. */
  count<Name extends CounterName>(name: Name, labels: Labels<Name>, by?: number): void;
  seconds<Name extends HistogramName>(name: Name, labels: Labels<Name>, seconds: number): void;
};

/** For a worker whose metrics nobody can ask for. */
export const NO_METERS: Meters = { count: () => undefined, seconds: () => undefined };

/** @param meter the SDK's own: what is told it comes out beside the SDK's metrics */
export function createMeters(meter: Pick<MetricMeter, 'createCounter' | 'createHistogram'>): Meters {
  const counters = new Map<EventName, ReturnType<MetricMeter['createCounter']>>();
  const histograms = new Map<EventName, ReturnType<MetricMeter['createHistogram']>>();
  for (const [name, { kind, help }] of Object.entries(EVENTS)) {
    const known = name as EventName; // a key of EVENTS, which `entries` forgets
    if (kind === 'counter') counters.set(known, meter.createCounter(withoutTotal(name), '', help));
    else histograms.set(known, meter.createHistogram(name, 'float', '', help));
  }
  return {
    count: (name, labels, by = 1) => quietly(() => counters.get(name)?.add(by, labels)),
    seconds: (name, labels, seconds) =>
      quietly(() => histograms.get(name)?.record(Math.max(0, seconds), labels)),
  };
}

/** The exporter writes it at the end of every counter. */
const withoutTotal = (name: string): string => name.replace(/_total$/, '');

function quietly(record: () => void): void {
  try {
    record();
  } catch {
    return;
  }
}
