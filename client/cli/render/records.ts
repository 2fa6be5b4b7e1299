/** What the journal keeps besides trades: reconciliations and balances, as tables. */
import type { BalanceRecord, Reconciliation } from '../../../journal/journal.ts';
import type { Colors } from '../context.ts';
import { table, type Column } from '../table.ts';
import { moment } from './format.ts';

type Look = { colors: Colors; width: number };

const atColumn = <Row extends { atMs: number }>(): Column<Row> => ({
  head: 'AT (UTC)',
  cell: ({ atMs }) => moment(new Date(atMs).toISOString()),
  rank: 0,
});

const RECONCILIATIONS: Column<Reconciliation>[] = [
  atColumn(),
  { head: 'ACCOUNT', cell: ({ account }) => account, rank: 1 },
  { head: 'SYMBOL', cell: ({ symbol }) => symbol, rank: 0 },
  { head: 'LEG', cell: ({ leg }) => leg, rank: 2 },
  { head: 'KIND', cell: ({ kind }) => kind, rank: 0 },
  { head: 'WHAT', cell: ({ text }) => text, rank: 3 },
];

export const reconciliationsTable = (rows: readonly Reconciliation[], { colors, width }: Look): string =>
  rows.length === 0 ? 'Nothing had to be brought in line.' : table(rows, RECONCILIATIONS, width, colors.dim);

const BALANCES: Column<BalanceRecord>[] = [
  atColumn(),
  { head: 'ACCOUNT', cell: ({ account }) => account, rank: 0 },
  { head: 'ASSET', cell: ({ asset }) => asset, rank: 0 },
  { head: 'EQUITY', cell: ({ equity }) => equity, align: 'right', rank: 0 },
  { head: 'AVAILABLE', cell: ({ available }) => available, align: 'right', rank: 1 },
  { head: 'WHY', cell: ({ why }) => why, rank: 2 },
];

export const balancesTable = (rows: readonly BalanceRecord[], { colors, width }: Look): string =>
  rows.length === 0 ? 'No balance was written down yet.' : table(rows, BALANCES, width, colors.dim);
