/** What `migrate` found and did: the shape behind `--json`, and the same for people. */
import type { AccountMode } from '../../../domain/terms.ts';
import type { MigrationStep } from '../../migrate/migration.ts';
import type { Unreadable } from '../../migrate/record.ts';
import type { Colors, Context } from '../context.ts';
import { liveBanner } from '../render/format.ts';
import { TO_DO, type Outcome } from './execute.ts';

export type MigrationReport = {
  account: string;
  mode: AccountMode;
  /** The file. */
  from: string;
  executed: boolean;
  items: Outcome[];
  unreadable: Unreadable[];
  /** Workflows that took a position over and were not covered some seconds later. */
  uncovered: string[];
};

/** A person has to look at it. */
const OPEN_QUESTIONS: readonly MigrationStep[] = ['unclear', 'not_found'];

export const asksForSomebody = ({ items, unreadable, uncovered }: MigrationReport): boolean =>
  unreadable.length > 0 ||
  uncovered.length > 0 ||
  items.some(({ step, done }) => OPEN_QUESTIONS.includes(step) || done === false);

export function migrationText(report: MigrationReport, { colors }: Context): string {
  const { items, unreadable, executed, uncovered } = report;
  const toDo = items.filter(({ step }) => TO_DO.includes(step));
  const over = items.filter(({ step }) => step === 'ended').length;
  return [
    ...liveBanner([report.mode], colors),
    headline(report, toDo.length),
    // A bot's state is mostly what is long over.
    ...items.filter(({ step }) => step !== 'ended').flatMap((item) => itemLines(item, colors)),
    ...(over > 0 ? [`${over} ${over === 1 ? 'record says' : 'records say'} that it is over.`] : []),
    ...unreadable.map(({ place, why }) => `${colors.red('unreadable')} ${place}: ${why}`),
    ...uncovered.map((workflowId) => `${colors.red('no cover yet')} ${workflowId}: see holdfast positions`),
    ...(!executed && toDo.length > 0
      ? ['Nothing was changed. Stop the old bot, then do it with --execute.']
      : []),
  ].join('\n');
}

function headline({ account, items, unreadable, executed }: MigrationReport, toDo: number): string {
  const records = items.reduce((count, item) => count + item.records.length, unreadable.length);
  const done = items.filter((item) => item.done === true).length;
  const what = executed
    ? `${done} of ${toDo} steps done`
    : toDo === 0
      ? 'nothing to do'
      : `${toDo} ${toDo === 1 ? 'step' : 'steps'} to do`;
  return `${account}: ${records} ${records === 1 ? 'record' : 'records'}, ${what}.`;
}

function itemLines(
  { symbol, leg, text, records, remarks, step, done, error }: Outcome,
  colors: Colors,
): string[] {
  const state = error === null ? '' : ` ${colors.red(`not done: ${error}`)}`;
  const mark = done === true ? ` ${colors.green('done')}` : state;
  return [
    `${wordOf(step, colors)} ${symbol}${leg === null ? '' : ` ${leg}`}: ${text}${mark}`,
    ...records.map((place) => `    ${place}`),
    ...remarks.map((remark) => `    ${colors.yellow('note')} ${remark}`),
  ];
}

const WORDS: Readonly<Record<MigrationStep, string>> = {
  take_over: 'take over',
  set_protection: 'protect',
  write_trade: 'write trade',
  kept: 'kept',
  written: 'written',
  ended: 'over',
  elsewhere: 'elsewhere',
  left: 'no record',
  unclear: 'unclear',
  not_found: 'not found',
};

function wordOf(step: MigrationStep, colors: Colors): string {
  if (OPEN_QUESTIONS.includes(step)) return colors.yellow(WORDS[step]);
  return TO_DO.includes(step) ? colors.bold(WORDS[step]) : colors.dim(WORDS[step]);
}
