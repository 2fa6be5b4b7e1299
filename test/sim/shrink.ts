/**
 * Makes a schedule that fails shorter while it still fails: whole runs of steps are left out first, then
 * single ones, then faults one by one. What remains is what the failure needs.
 */
import { play, type Outcome } from './run.ts';
import type { Schedule } from './schedule.ts';

export type Shrunk = { schedule: Schedule; outcome: Outcome; tries: number };

/** Runs tried at most: each takes about as long as the one that failed. */
const MAX_TRIES = 400;

/** @param outcome of the schedule, broken */
export function shrink(schedule: Schedule, outcome: Outcome, maxTries = MAX_TRIES): Shrunk {
  let best: Shrunk = { schedule, outcome, tries: 0 };
  const attempt = (candidate: Schedule): boolean => {
    if (best.tries >= maxTries) return false;
    const tried = play(candidate);
    const fails = tried.broken !== null && sameKind(tried.broken.what, outcome.broken?.what ?? '');
    best = fails
      ? { schedule: candidate, outcome: tried, tries: best.tries + 1 }
      : { ...best, tries: best.tries + 1 };
    return fails;
  };
  for (
    let size = Math.ceil(schedule.steps.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  )
    dropSteps(() => best.schedule, size, attempt);
  dropFaults(() => best.schedule, attempt);
  return best;
}

/** The same invariant, whatever figures it names. */
const sameKind = (a: string, b: string): boolean => withoutFigures(a) === withoutFigures(b);

export const withoutFigures = (text: string): string =>
  text
    .split('\n')[0]
    ?.replace(/\b0m[0-9a-z]{7}\b|\bhf[0-9a-z]{24}\b|\d+(\.\d+)?/g, '#')
    .replace(/\b[A-Z]{3}\/USDT:USDT\/(net|long|short)/g, 'leg') ?? '';

function dropSteps(current: () => Schedule, size: number, attempt: (candidate: Schedule) => boolean): void {
  for (let from = 0; from < current().steps.length;) {
    const { steps } = current();
    const left = [...steps.slice(0, from), ...steps.slice(from + size)];
    if (!attempt({ ...current(), steps: left })) from += size;
  }
}

function dropFaults(current: () => Schedule, attempt: (candidate: Schedule) => boolean): void {
  for (let index = 0; index < current().steps.length; index += 1) {
    for (const key of ['faults', 'readingFaults'] as const) {
      const step = current().steps[index];
      if (!step || step[key].length === 0) continue;
      attempt({ ...current(), steps: current().steps.with(index, { ...step, [key]: [] }) });
    }
  }
}
