/** Meters that remember: each series by its name and labels. */
import type { Meters } from '../../../worker/metrics/meters.ts';

export function createCounted() {
  const counts = new Map<string, number>();
  const times: [string, number][] = [];
  const key = (name: string, labels: object): string => `${name} ${Object.values(labels).join(' ')}`.trim();
  const meters: Meters = {
    count: (name, labels, by = 1) => {
      const series = key(name, labels);
      counts.set(series, (counts.get(series) ?? 0) + by);
    },
    seconds: (name, labels, seconds) => times.push([key(name, labels), seconds]),
  };
  return { meters, counts, times };
}
