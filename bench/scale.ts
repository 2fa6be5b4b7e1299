/**
 * What a position costs when there are ten, a hundred and a thousand of them on one account: opening,
 * memory, quiet, crossing. Leaves all of them open, for the benchmarks that need as many.
 */
import { closedByWatcher, targetsOf, TERMS } from './crossing.ts';
import { openedTogether } from './open.ts';
import { usageOf } from './process-usage.ts';
import { quietness, type Quiet } from './quiet.ts';
import type { Report, Row } from './report.ts';
import type { Setting } from './setting.ts';
import { figures, rounded } from './statistics.ts';
import { atMost, type Target } from './target.ts';

/** Entries at once: as many as a person could want, few enough that none waits for long. */
const WAVE = 50;
/** Crossings measured at each size; each takes one position away. */
const CROSSINGS = 10;
const FLAT = 1.5;
const KB = 1_024;

/** What was measured with so many positions open. `openMs`: for each of those that this step opened. */
type Step = { count: number; openMs: number; residentBytes: number; crossingMs: number; quiet: Quiet };

/** Markets that the steps take: one for each position, and those whose positions the crossings take away. */
export const scaleMarkets = (steps: readonly number[]): number =>
  Math.max(...steps) + steps.length * CROSSINGS;

/**
 * @param steps ascending
 * @returns the indexes of the positions that are open now, as many as the last step says
 */
export async function scale(
  setting: Setting,
  steps: readonly number[],
  first: number,
): Promise<{ reports: Report[]; open: number[] }> {
  const measured: Step[] = [];
  const open: number[] = [];
  let next = first;
  const openMore = async (count: number): Promise<number> => {
    const startedMs = Date.now();
    for (let left = count; left > 0; left -= WAVE) {
      const wave = Array.from({ length: Math.min(WAVE, left) }, () => next++);
      await openedTogether(setting, wave, TERMS);
      open.push(...wave);
    }
    return (Date.now() - startedMs) / count;
  };
  for (const count of steps) {
    const openMs = await openMore(count + CROSSINGS - open.length);
    const { residentBytes } = usageOf(setting.worker);
    const crossings: number[] = [];
    const targets = await targetsOf(setting);
    for (const index of open.splice(0, CROSSINGS))
      crossings.push(await closedByWatcher(setting, index, targets));
    const quiet = await quietness(setting, open);
    measured.push({ count, openMs, residentBytes, crossingMs: figures(crossings).p50, quiet });
  }
  const last = measured.at(-1);
  return { reports: [growth(measured), ...(last ? [last.quiet.report] : [])], open };
}

function growth(steps: readonly Step[]): Report {
  const row = (what: string, unit: string, bound: string, of: (step: Step) => number): Row => {
    const values = steps.map(of);
    return {
      what,
      value: values.map(rounded).join(' / '),
      unit,
      bound,
      data: Object.fromEntries(steps.map(({ count }, index) => [`at${count}`, values[index] ?? Number.NaN])),
      target: flat(values),
    };
  };
  const sizes = steps.map(({ count }) => count).join(' / ');
  return {
    name: `growth: ${sizes} positions open on one account`,
    rows: [
      row('opening one, in waves', 'ms', 'Temporal and two cores', ({ openMs }) => openMs),
      row('crossing, median', 'ms', 'a workflow task and a call: Temporal', ({ crossingMs }) => crossingMs),
      row(
        'quiet, of a core for each 1,000',
        '%',
        'one reading of the account every 5 s',
        ({ count, quiet }) => (quiet.coreShare * 100 * 1_000) / count,
      ),
      ...memory(steps),
    ],
  };
}

/** Between the last two sizes: the first ones are lost in what a process needs anyway. */
function memory(steps: readonly Step[]): Row[] {
  const [before, last] = steps.slice(-2);
  if (!before || !last) return [];
  const bytes = (last.residentBytes - before.residentBytes) / (last.count - before.count);
  return [
    {
      what: `memory of a cached position, from ${before.count} to ${last.count}`,
      value: rounded(bytes / KB),
      unit: 'KB',
      bound: "the workflow's own objects in the shared isolate, garbage not yet collected included",
      data: { bytes },
      target: atMost(bytes / KB, 300, 'KB'),
    },
  ];
}

/** Flat: the last size costs no more for each position than the one before, but for noise. */
function flat(values: readonly number[]): Target {
  const [before = Number.NaN, last = Number.NaN] = values.slice(-2);
  return { ...atMost(last / before, FLAT, 'x'), text: `last <= ${FLAT} x the one before` };
}
