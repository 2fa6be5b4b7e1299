/** Differences as a table, grouped by account, and what they add up to. */
import type { Diagnosis } from '../../../domain/audit/diagnosis.ts';
import { counts, type Difference } from '../../../domain/audit/difference.ts';
import { countsByKind } from '../../../domain/audit/sync-report.ts';
import type { Colors } from '../context.ts';
import { table, type Column } from '../table.ts';
import { orDash } from './format.ts';

export type Look = { colors: Colors; width: number };

/** One that could not be examined has `error`. */
export type Diagnosed = Diagnosis | { account: string; error: string };

export const isDiagnosis = (one: Diagnosed): one is Diagnosis => !('error' in one);

export function diagnosisText(all: readonly Diagnosed[], look: Look): string {
  const done = all.filter(isDiagnosis);
  const found = done.flatMap(({ differences }) => differences);
  return [
    ...all.map((one) => accountText(one, look)),
    ...(all.length > 1 ? [totalLine(done, found, all.length - done.length, look)] : []),
  ].join('\n');
}

function accountText(one: Diagnosed, look: Look): string {
  const { colors, width } = look;
  if (!isDiagnosis(one)) return `${colors.red('unknown')} ${one.account}: ${one.error}`;
  const { account, agrees, positions, differences, unprotected, notLookedAt } = one;
  const held = `${positions} ${positions === 1 ? 'position' : 'positions'} at the exchange`;
  const head = agrees
    ? `${colors.green('ok')} ${account}: Holdfast and exchange agree, ${held}`
    : `${colors.red('differs')} ${account}: ${summary(differences)}; ${held}`;
  return [
    head,
    ...(differences.length > 0 ? [indented(table(differences, columnsOf(look), width - 2, colors.dim))] : []),
    ...(unprotected.length > 0
      ? [`  ${colors.red('without a full stop')} ${unprotected.map(nakedText).join(', ')}`]
      : []),
    ...notLookedAt.map((what) => `  ${colors.dim('not looked at')} ${what}`),
  ].join('\n');
}

const nakedText = ({ symbol, side, quantity, coveredQuantity }: Diagnosis['unprotected'][number]): string =>
  `${symbol} ${side} ${quantity}${coveredQuantity === '0' ? '' : ` (${coveredQuantity} covered)`}`;

const columnsOf = ({ colors }: Look): Column<Difference>[] => [
  { head: 'SYMBOL', cell: ({ symbol }) => symbol, rank: 0 },
  { head: 'LEG', cell: ({ leg }) => leg, rank: 2 },
  {
    head: 'DIFFERENCE',
    cell: (one) => (counts(one) ? one.kind : colors.dim(`${one.kind} (note)`)),
    rank: 0,
  },
  { head: 'HERE', cell: ({ here }) => orDash(here), align: 'right', rank: 1 },
  { head: 'EXCHANGE', cell: ({ there }) => orDash(there), align: 'right', rank: 1 },
  { head: 'WHAT', cell: ({ text }) => text, rank: 3 },
];

function totalLine(
  done: readonly Diagnosis[],
  found: readonly Difference[],
  unknown: number,
  { colors }: Look,
): string {
  const unlooked = unknown === 0 ? '' : `, ${unknown} not examined`;
  const open = found.filter(counts);
  const what = open.length === 0 ? colors.green('no difference') : summary(found);
  return `${colors.bold('total')} ${done.length} accounts${unlooked}: ${what}`;
}

/** `24 differences: 9 only_here, 8 only_at_exchange, 7 quantity`. */
export function summary(differences: readonly Difference[]): string {
  const open = differences.filter(counts);
  if (open.length === 0) return 'no difference';
  return `${open.length} ${open.length === 1 ? 'difference' : 'differences'}: ${countsByKind(open)}`;
}

export const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
