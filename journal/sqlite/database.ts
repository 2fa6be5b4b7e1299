/**
 * One SQLite file, opened the one way that keeps what was acknowledged: WAL, so that readers of other
 * processes never wait for the writer, and `synchronous = FULL`, so that a committed record survives
 * loss of power. All statements are prepared with bound parameters and kept.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { JournalFault } from '../fault.ts';

/** Another process's transaction lasts milliseconds; a wait this long means that it hangs. */
const BUSY_TIMEOUT_MS = 5_000;

export type SqlRow = Record<string, unknown>;
export type SqlValues = Record<string, SQLInputValue>;

export type Database = {
  all(sql: string, values?: SqlValues): SqlRow[];
  get(sql: string, values?: SqlValues): SqlRow | undefined;
  run(sql: string, values?: SqlValues): void;
  /** Several statements without parameters: migrations. */
  script(sql: string): void;
  /** Everything in `work` is written together or not at all; waits for a writer of another process. */
  transaction<T>(work: () => T): T;
  /** Closing twice is harmless. */
  close(): void;
};

export function openDatabase({ file, readonly }: { file: string; readonly: boolean }): Database {
  if (readonly && !existsSync(file))
    throw new JournalFault(
      'missing',
      `There is no journal at ${file} yet: a worker makes it when it starts.`,
    );
  if (!readonly) mkdirSync(dirname(file), { recursive: true });
  const connection = new DatabaseSync(file, {
    readOnly: readonly,
    timeout: BUSY_TIMEOUT_MS,
    enableForeignKeyConstraints: true,
  });
  if (!readonly) connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  return wrap(connection);
}

function wrap(connection: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    if (!connection.isOpen) throw new JournalFault('closed', 'The journal is closed.');
    const known = statements.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    all: (sql, values = {}) => prepare(sql).all(values),
    get: (sql, values = {}) => prepare(sql).get(values),
    run: (sql, values = {}) => void prepare(sql).run(values),
    script: (sql) => connection.exec(sql),
    transaction: (work) => inTransaction(connection, prepare, work),
    close: () => {
      statements.clear();
      if (connection.isOpen) connection.close();
    },
  };
}

/** IMMEDIATE takes the write lock at once: a transaction that reads first can then never deadlock. */
function inTransaction<T>(
  connection: DatabaseSync,
  prepare: (sql: string) => StatementSync,
  work: () => T,
): T {
  prepare('BEGIN IMMEDIATE').run();
  try {
    const result = work();
    prepare('COMMIT').run();
    return result;
  } catch (error) {
    // SQLite itself rolls back after some errors (a full disk); then there is nothing left to roll back.
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}
