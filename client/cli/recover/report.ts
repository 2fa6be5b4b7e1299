/** What `recover` found and did: the shape behind `--json`, and the same for people. */
import type { ClosedPosition } from '../../../domain/exchange-truth.ts';
import type { AccountMode } from '../../../domain/terms.ts';
import type { TradeRow } from '../../../journal/journal.ts';
import type { Context } from '../context.ts';
import { tradesTable } from '../render/trades.ts';
import type { Judged } from './look.ts';

export type Recovery = Judged & {
  account: string;
  mode: AccountMode;
  sinceAt: string;
  untilAt: string;
  symbols: string[];
  /** Symbols that the exchange lists and that were not asked for. */
  notAsked: number;
  /** Records of an older bot that no closed position could be found for. */
  unmatched: { place: string; why: string }[];
  executed: boolean;
  written: TradeRow[];
};

export function recoveryText(report: Recovery, context: Context): string {
  const { colors } = context;
  const { missing, written, executed, failures, unclear, unmatched, left, known } = report;
  const shown = executed ? written : missing;
  const list = (word: string, lines: readonly string[]) =>
    lines.map((line) => `${colors.yellow(word)} ${line}`);
  return [
    headline(report),
    ...(shown.length > 0 ? ['', tradesTable(shown, context), ''] : []),
    ...list(
      'unclear',
      unclear.map(({ row, why }) => `${described(row)}: ${why}`),
    ),
    ...list(
      'not found',
      unmatched.map(({ place, why }) => `${place}: ${why}`),
    ),
    ...failures.map(({ symbol, why }) => `${colors.red('not read')} ${symbol}: ${why}`),
    ...left.map(({ row, workflowId }) => `${described(row)} is left to ${workflowId}, which runs.`),
    ...(known > 0 ? [`${counted(known, 'closed position')} in the journal already.`] : []),
    ...(report.notAsked > 0
      ? [`${counted(report.notAsked, 'other symbol')} of the exchange not asked for; name one with --symbol.`]
      : []),
    ...(!executed && missing.length > 0 ? ['Nothing was changed. Write them with --execute.'] : []),
  ].join('\n');
}

function headline({ account, sinceAt, executed, missing, written }: Recovery): string {
  const since = sinceAt.slice(0, 10);
  if (executed && written.length > 0) return `${account}: ${written.length} written to the journal:`;
  const none = executed ? written.length === 0 : missing.length === 0;
  return none
    ? `${account}: nothing to recover; the journal lacks no position that was closed since ${since}.`
    : `${account}: the journal lacks ${missing.length} closed since ${since}:`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? ' is' : 's are'}`;

const described = ({ symbol, leg, side, quantity, closedAtMs }: ClosedPosition): string =>
  `${symbol} ${leg} ${side} ${quantity}${closedAtMs === undefined ? '' : `, closed ${new Date(closedAtMs).toISOString()}`}`;
