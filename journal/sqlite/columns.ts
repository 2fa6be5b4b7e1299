/**
 * Between rows and records: one list of columns per table, and readers that refuse what the schema
 * cannot hold. Column names here are constants of this code; values are always bound.
 */
import { isDecimal } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import { JournalFault } from '../fault.ts';
import type { TradeKey } from '../journal.ts';
import type { SqlRow, SqlValues } from './database.ts';

export const KEY_COLUMNS = ['account', 'symbol', 'leg', 'epoch'] as const;
export const WHERE_KEY = 'account = :account AND symbol = :symbol AND leg = :leg AND epoch = :epoch';
export const WHERE_LEG = 'account = :account AND symbol = :symbol AND leg = :leg';

/** `INSERT INTO table (a, b) VALUES (:a, :b)`. */
export const insertInto = (table: string, columns: readonly string[]): string =>
  `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((name) => `:${name}`).join(', ')})`;

export const keyValues = ({ account, symbol, leg, epoch }: TradeKey): SqlValues => ({
  account,
  symbol,
  leg,
  epoch,
});

export const legValues = ({ account, symbol, leg }: Omit<TradeKey, 'epoch'>): SqlValues => ({
  account,
  symbol,
  leg,
});

/** A figure on its way in: anything but plain decimal text is a defect of the caller. */
export function decimalIn(name: string, value: Decimal): Decimal {
  if (!isDecimal(value)) throw new JournalFault('invalid', `${name} is no decimal: ${JSON.stringify(value)}`);
  return value;
}

export const optionalDecimalIn = (name: string, value: Decimal | null | undefined): Decimal | null =>
  value === null || value === undefined ? null : decimalIn(name, value);

/** Times are kept as written and compared as instants, so that notations may differ. */
export function timeIn(name: string, at: string): number {
  const atMs = Date.parse(at);
  if (Number.isNaN(atMs)) throw new JournalFault('invalid', `${name} is no time: ${JSON.stringify(at)}`);
  return atMs;
}

/** Rows of one answer unless the caller says otherwise. */
const DEFAULT_LIMIT = 100;

/** The bounds of a query, as `:since_ms`, `:until_ms` (null: none) and `:limit`. */
export const spanValues = ({
  sinceAt,
  untilAt,
  limit,
}: {
  sinceAt?: string;
  untilAt?: string;
  limit?: number;
}): SqlValues => ({
  since_ms: sinceAt === undefined ? null : timeIn('sinceAt', sinceAt),
  until_ms: untilAt === undefined ? null : timeIn('untilAt', untilAt),
  limit: limit ?? DEFAULT_LIMIT,
});

/** STRICT tables hold what their columns say, so a wrong type here means a damaged file. */
export function text(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new JournalFault('invalid', `Column ${column} holds no text.`);
  return value;
}

export const optionalText = (row: SqlRow, column: string): string | null =>
  row[column] === null ? null : text(row, column);

export function integer(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new JournalFault('invalid', `Column ${column} holds no number.`);
  return value;
}

export function keyOf(row: SqlRow): TradeKey {
  // The schema's CHECK admits only the three legs.
  return {
    account: text(row, 'account'),
    symbol: text(row, 'symbol'),
    leg: text(row, 'leg') as TradeKey['leg'],
    epoch: text(row, 'epoch'),
  };
}
