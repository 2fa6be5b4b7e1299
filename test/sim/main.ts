/**
 * `npm run sim`: random lives on the venue's own books, checked against them after every step.
 *
 *   npm run sim                          500 runs
 *   npm run sim -- --runs 10000          the long form; `--from N` begins at another seed
 *   npm run sim -- --minutes 30          as many as fit
 *   npm run sim -- --seed 4711           one run again, with all that happened; `--shrunk` what it needs
 *
 * Exit code 1 when an invariant broke: its seed is printed, and what is left of its schedule after shrinking.
 */
import { parseArgs } from 'node:util';
import { play, type Outcome } from './run.ts';
import { scheduleOf, type Schedule } from './schedule.ts';
import { shrink, withoutFigures } from './shrink.ts';
import { added, emptySummary, table } from './summary.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string' },
    from: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    shrunk: { type: 'boolean', default: false },
  },
});

const PROGRESS_EVERY = 500;
/** Failures that are shrunk and told at length; of the others only the seed is. */
const TOLD = 3;
/** More of them say nothing new. */
const MOST_BROKEN = 25;

function whole(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} is a whole number, not ${text}`);
  return value;
}

function playOne(seed: number): number {
  const schedule = scheduleOf(seed);
  const outcome = play(schedule, values.shrunk ? undefined : console.log);
  if (values.shrunk && outcome.broken) play(shrink(schedule, outcome).schedule, console.log);
  console.log(outcome.broken ? `\nBROKEN ${verdict(outcome)}` : `\nseed ${seed}: everything held`);
  return outcome.broken ? 1 : 0;
}

function playMany(): number {
  const startedMs = performance.now();
  const from = whole(values.from, 'from');
  const minutes = values.minutes === undefined ? null : whole(values.minutes, 'minutes');
  const runs = whole(
    values.runs ?? (minutes === null ? '500' : String(Number.MAX_SAFE_INTEGER - from)),
    'runs',
  );
  const untilMs = minutes === null ? Infinity : startedMs + minutes * 60_000;
  let summary = emptySummary();
  const broken: Outcome[] = [];
  for (
    let seed = from;
    seed < from + runs && performance.now() < untilMs && broken.length < MOST_BROKEN;
    seed += 1
  ) {
    const outcome = play(scheduleOf(seed));
    summary = added(summary, outcome);
    if (outcome.broken) broken.push(outcome);
    if (outcome.broken) console.log(`BROKEN ${verdict(outcome).split('\n')[0]}`);
    if (summary.runs % PROGRESS_EVERY === 0) console.log(`${summary.runs} runs, ${broken.length} broken`);
  }
  for (const outcome of firstOfEach(broken).slice(0, TOLD)) tell(outcome);
  console.log(`\n${table(summary, performance.now() - startedMs)}`);
  console.log(broken.length === 0 ? '\nevery invariant held' : `\n${broken.length} runs broke an invariant`);
  return broken.length === 0 ? 0 : 1;
}

const verdict = ({ schedule, broken }: Outcome): string =>
  `seed ${schedule.seed}, after ${((broken?.atMs ?? 0) / 1_000).toFixed(1)} s: ${broken?.what}`;

/** One outcome for each invariant that broke. */
function firstOfEach(broken: readonly Outcome[]): Outcome[] {
  const kinds = new Map<string, Outcome>();
  for (const outcome of broken) {
    const kind = withoutFigures(outcome.broken?.what ?? '');
    if (!kinds.has(kind)) kinds.set(kind, outcome);
  }
  return [...kinds.values()];
}

function tell(outcome: Outcome): void {
  const { schedule, tries } = shrink(outcome.schedule, outcome);
  console.log(`\n${verdict(outcome)}`);
  console.log(`what it needs (of ${outcome.schedule.steps.length} steps, after ${tries} tries):`);
  console.log(written(schedule));
  console.log(`again: npm run sim -- --seed ${schedule.seed} [--shrunk]`);
}

const written = ({ accounts, tidy, lagMs, steps }: Schedule): string =>
  [
    ...accounts.map((plan, index) => `  a${index + 1} ${JSON.stringify(plan)}`),
    `  ${tidy ? 'orders end with their position' : 'orders outlive their position'}, lists lag ${lagMs} ms`,
    ...steps.map(
      ({ waitMs, deed, account, pick, faults, readingFaults }) =>
        `  +${waitMs} ms a${account + 1} ${deed} ${pick}${faults.length > 0 ? ` calls: ${faults.join(' ')}` : ''}${readingFaults.length > 0 ? ` readings: ${readingFaults.join(' ')}` : ''}`,
    ),
  ].join('\n');

process.exitCode = values.seed === undefined ? playMany() : playOne(whole(values.seed, 'seed'));
