/** Reads single figures out of the worker's own metrics. */
import type { Setting } from './setting.ts';

/** The sum of all series of a metric whose labels contain these. */
export async function metric(
  { config }: Setting,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<number> {
  const { host, port } = config.health;
  const response = await fetch(`http://${host}:${port}/metrics`, { signal: AbortSignal.timeout(5_000) });
  return sumOf(await response.text(), name, labels);
}

/** @param text in the Prometheus text format */
export function sumOf(text: string, name: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)))
    .reduce(
      (sum, line) =>
        sum +
        Number(
          line
            .slice(line.lastIndexOf('}') + 1)
            .trim()
            .split(' ')[0],
        ),
      0,
    );
}
