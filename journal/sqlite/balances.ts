/** What the exchange said the account is worth: append-only, the first writing of a key stands. */
import type { BalanceQuery, BalanceRecord } from '../journal.ts';
import { decimalIn, insertInto, integer, spanValues, text } from './columns.ts';
import type { Database, SqlRow } from './database.ts';

const INSERT = insertInto('balances', ['account', 'asset', 'at_ms', 'equity', 'available', 'why']);

export function appendBalance(database: Database, balance: BalanceRecord): void {
  const { account, asset, atMs, equity, available, why } = balance;
  database.run(INSERT, {
    account,
    asset,
    at_ms: atMs,
    equity: decimalIn('equity', equity),
    available: decimalIn('available', available),
    why,
  });
}

/** Newest first. What is asked for is told to SQLite as it is, so that the newest one is found at once. */
export function balancesOf(database: Database, query: BalanceQuery): BalanceRecord[] {
  const { account, asset } = query;
  const given = { ...(account !== undefined && { account }), ...(asset !== undefined && { asset }) };
  const equal = Object.keys(given).map((name) => `${name} = :${name} AND`);
  return database
    .all(
      `SELECT * FROM balances
       WHERE ${equal.join(' ')} (:since_ms IS NULL OR at_ms >= :since_ms) AND (:until_ms IS NULL OR at_ms <= :until_ms)
       ORDER BY at_ms DESC, account, asset LIMIT :limit`,
      { ...given, ...spanValues(query) },
    )
    .map(toBalance);
}

const toBalance = (row: SqlRow): BalanceRecord => ({
  account: text(row, 'account'),
  asset: text(row, 'asset'),
  atMs: integer(row, 'at_ms'),
  equity: text(row, 'equity'),
  available: text(row, 'available'),
  // The schema's CHECK admits only these words.
  why: text(row, 'why') as BalanceRecord['why'],
});
