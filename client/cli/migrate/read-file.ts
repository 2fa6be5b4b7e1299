/** An older bot's file: its state in JSON, or its SQLite database, which is opened for reading only. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { InvalidArgumentError } from 'commander';
import { parseExactJson } from '../../../exchanges/ccxt/exact-json.ts';
import { jsonRecords, NoRecordsError } from '../../migrate/json-records.ts';
import type { Records } from '../../migrate/record.ts';
import { sqlRecords, TABLES, type SqlRow, type TableName } from '../../migrate/sql-records.ts';

const SQLITE_HEADER = 'SQLite format 3\0';
/** More rows than any bot's positions: what is beyond is told, not left out in silence. */
const MAX_ROWS = 100_000;

/** Throws `InvalidArgumentError` for a file that cannot be read, or that holds no records at all. */
export function readRecords(file: string, utcOffset?: string): Records {
  if (/^postgres(?:ql)?:/.test(file))
    throw new InvalidArgumentError(
      'PostgreSQL is not read. Copy the two tables into a SQLite file; see docs/migrating.md.',
    );
  const content = contentOf(file);
  try {
    if (content.subarray(0, SQLITE_HEADER.length).toString('latin1') === SQLITE_HEADER)
      return sqlRecords(readTables(file), basename(file), utcOffset);
    const parsed = parseExactJson(content.toString('utf8').replace(/^\uFEFF/, ''));
    if (parsed === undefined) throw new NoRecordsError(`${file} is neither JSON nor a SQLite database.`);
    return jsonRecords(parsed, basename(file), utcOffset);
  } catch (error) {
    if (error instanceof NoRecordsError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new InvalidArgumentError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function readTables(file: string): Partial<Record<TableName, SqlRow[]>> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const there = names(database);
    const found = TABLES.filter((table) => there.includes(table));
    if (found.length === 0)
      throw new NoRecordsError(
        `${file} has neither table ${TABLES.join(' nor ')}; it has ${there.join(', ') || 'none'}.`,
      );
    return Object.fromEntries(found.map((table) => [table, rowsOf(database, table)]));
  } finally {
    database.close();
  }
}

const names = (database: DatabaseSync): string[] =>
  database
    .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name")
    .all()
    .map(({ name }) => String(name));

function rowsOf(database: DatabaseSync, table: TableName): SqlRow[] {
  // The table's name is one of our own constants.
  const query = database.prepare(`SELECT * FROM ${table} LIMIT ${MAX_ROWS + 1}`);
  // Ids of exchanges do not fit a double.
  query.setReadBigInts(true);
  const rows = query.all();
  if (rows.length > MAX_ROWS) throw new NoRecordsError(`${table} has more than ${MAX_ROWS} rows.`);
  return rows;
}
