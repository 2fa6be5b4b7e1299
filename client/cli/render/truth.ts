/** How well the worker that watches an account knows it, in words. */
import type { TruthReport } from '../../../config/serving.ts';
import type { Colors } from '../context.ts';
import { duration, plural } from './format.ts';

/** `truth 2 s old, 3 reconciliations today, FREQUENT`: for one line. */
export function truthText(truth: TruthReport, colors: Colors): string {
  const { ageMs, state, alert, cover, reconciliations } = truth;
  const age = ageMs === null ? 'no reading yet' : `truth ${duration(ageMs)} old`;
  const today = totalOf(reconciliations.today);
  return [
    state === 'unknown' ? colors.red(age) : age,
    ...(today === 0 ? [] : [plural(today, 'reconciliation today', 'reconciliations today')]),
    ...(alert === null ? [] : [colors.red('frequent')]),
    ...(cover.uncovered === 0 ? [] : [colors.red(`${cover.uncovered} not covered`)]),
  ].join(', ');
}

/** What a person who looks at the positions should know besides. */
export function truthRemarks({ state, ageMs, alert, reconciliations }: TruthReport): string[] {
  const stale = state === 'unknown' && ageMs !== null;
  const often = countsText(reconciliations.lastHour);
  return [
    ...(stale ? [`not read in full for ${duration(ageMs)}`] : []),
    ...(alert === null ? [] : [`reconciliations are frequent${often && `, in the last hour: ${often}`}`]),
  ];
}

/** `closed_outside 8, adopted 4`, the most frequent first. */
export const countsText = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');

export const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
