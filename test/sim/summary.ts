/** Adds up what many runs did, and writes it as a table. */
import type { Outcome } from './run.ts';

export type Summary = {
  runs: number;
  lives: number;
  adopted: number;
  steps: number;
  faults: Map<string, number>;
  exits: Map<string, number>;
  longestGapMs: number;
  longestGapSeed: number | null;
};

export const emptySummary = (): Summary => ({
  runs: 0,
  lives: 0,
  adopted: 0,
  steps: 0,
  faults: new Map(),
  exits: new Map(),
  longestGapMs: 0,
  longestGapSeed: null,
});

export function added(summary: Summary, outcome: Outcome): Summary {
  const longer = outcome.longestGapMs > summary.longestGapMs;
  return {
    runs: summary.runs + 1,
    lives: summary.lives + outcome.lives,
    adopted: summary.adopted + outcome.adopted,
    steps: summary.steps + outcome.steps,
    faults: merged(summary.faults, outcome.faults),
    exits: merged(summary.exits, outcome.exits),
    longestGapMs: longer ? outcome.longestGapMs : summary.longestGapMs,
    longestGapSeed: longer ? outcome.schedule.seed : summary.longestGapSeed,
  };
}

function merged(counts: Map<string, number>, more: Partial<Record<string, number>>): Map<string, number> {
  const sum = new Map(counts);
  for (const [name, count] of Object.entries(more)) sum.set(name, (sum.get(name) ?? 0) + (count ?? 0));
  return sum;
}

export function table(summary: Summary, tookMs: number): string {
  const { runs, lives, adopted, steps, faults, exits, longestGapMs, longestGapSeed } = summary;
  const rows: [string, string][] = [
    ['runs', String(runs)],
    ['positions', `${lives}, ${adopted} of them taken up`],
    ['steps', String(steps)],
    [
      'time',
      `${(tookMs / 1_000).toFixed(1)} s, ${Math.round((lives * 60_000) / Math.max(1, tookMs))} positions a minute`,
    ],
    [
      'longest without cover',
      `${(longestGapMs / 1_000).toFixed(1)} s${longestGapSeed === null ? '' : `, seed ${longestGapSeed}`}`,
    ],
    ...listed('faults met', faults),
    ...listed('ended by', exits),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

const listed = (title: string, counts: Map<string, number>): [string, string][] =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count], index) => [index === 0 ? title : '', `${String(count).padStart(7)} ${name}`]);
