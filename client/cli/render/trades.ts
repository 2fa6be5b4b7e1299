/** Finished trades as a table, and their sums. */
import { add, isPositive, ZERO, type Decimal } from '../../../domain/decimal.ts';
import type { TradeRow } from '../../../journal/journal.ts';
import type { Colors } from '../context.ts';
import { table, type Column } from '../table.ts';
import { duration, liveBanner, modeText, moment, orDash, profit } from './format.ts';

/** The one reason that is too long for a narrow table. */
const SHORT_REASON: Readonly<Record<string, string>> = { EXCHANGE_CLOSED_RECONCILIATION: 'EXCHANGE_CLOSED' };

export function tradesTable(
  rows: readonly TradeRow[],
  { colors, width }: { colors: Colors; width: number },
): string {
  if (rows.length === 0) return 'No trade has ended yet.';
  const wide = width >= 120;
  const columns: Column<TradeRow>[] = [
    {
      head: wide ? 'CLOSED (UTC)' : 'CLOSED UTC',
      cell: ({ exitAt }) => (wide ? moment(exitAt) : moment(exitAt).slice(5, 16)),
      rank: 1,
    },
    { head: 'SYMBOL', cell: ({ symbol }) => symbol, rank: 0 },
    { head: 'SIDE', cell: ({ side }) => side, rank: 0 },
    { head: 'QTY', cell: ({ quantity }) => quantity, align: 'right', rank: 3 },
    { head: 'ENTRY', cell: ({ entryPrice }) => orDash(entryPrice), align: 'right', rank: 2 },
    { head: 'CLOSE', cell: ({ closePrice }) => orDash(closePrice), align: 'right', rank: 2 },
    { head: 'NET', cell: ({ netPnl }) => profit(netPnl, colors), align: 'right', rank: 0 },
    {
      head: 'REASON',
      cell: ({ exitReason }) => (wide ? exitReason : (SHORT_REASON[exitReason] ?? exitReason)),
      rank: 0,
    },
    {
      head: 'ACCOUNT',
      cell: ({ account, mode }) => (mode === 'live' ? `${account} ${modeText(mode, colors)}` : account),
      rank: 3,
    },
    { head: 'GROSS', cell: ({ realizedPnl }) => profit(realizedPnl, colors), align: 'right', rank: 4 },
    { head: 'FEES', cell: ({ fees }) => orDash(fees), align: 'right', rank: 5 },
    { head: 'FUNDING', cell: ({ funding }) => orDash(funding), align: 'right', rank: 6 },
  ];
  return [
    ...liveBanner(
      rows.map(({ mode }) => mode),
      colors,
    ),
    table(rows, columns, width, colors.dim),
  ].join('\n');
}

export type TradeSummary = {
  account: string;
  trades: number;
  won: number;
  lost: number;
  /** Sums of what is known; `unknown` counts the trades whose net profit is not known yet. */
  netPnl: Decimal;
  fees: Decimal;
  funding: Decimal;
  unknown: number;
  /** Milliseconds without full cover, of all trades together. */
  uncoveredMs: number;
  byReason: Record<string, number>;
};

/** One summary per account, ordered by name. */
export function summarize(rows: readonly TradeRow[]): TradeSummary[] {
  const accounts = [...new Set(rows.map(({ account }) => account))].sort();
  return accounts.map((account) =>
    summary(
      account,
      rows.filter((row) => row.account === account),
    ),
  );
}

function summary(account: string, rows: readonly TradeRow[]): TradeSummary {
  const known = rows.map(({ netPnl }) => netPnl).filter((value) => value !== null);
  const byReason: Record<string, number> = {};
  for (const { exitReason } of rows) byReason[exitReason] = (byReason[exitReason] ?? 0) + 1;
  const won = known.filter(isPositive).length;
  return {
    account,
    trades: rows.length,
    won,
    lost: known.filter((value) => !isPositive(value)).length,
    netPnl: known.reduce(add, ZERO),
    fees: rows.reduce((sum, { fees }) => add(sum, fees ?? ZERO), ZERO),
    funding: rows.reduce((sum, { funding }) => add(sum, funding ?? ZERO), ZERO),
    unknown: rows.length - known.length,
    uncoveredMs: rows.reduce((sum, { uncoveredMs }) => sum + uncoveredMs, 0),
    byReason,
  };
}

export function summaryLines(summaries: readonly TradeSummary[], colors: Colors): string {
  if (summaries.length === 0) return 'No trade has ended yet.';
  return summaries
    .flatMap((one) => [
      `${colors.bold(one.account)}  ${one.trades} trades, ${one.won} won, ${one.lost} lost${one.unknown > 0 ? `, ${one.unknown} not settled yet` : ''}`,
      `  net ${profit(one.netPnl, colors)}  fees ${one.fees}  funding ${one.funding}  without cover ${duration(one.uncoveredMs)}`,
      ...Object.entries(one.byReason).map(([reason, count]) => `  ${String(count).padStart(5)}  ${reason}`),
    ])
    .join('\n');
}
