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

/** How long opening and reading wait for another process. */
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
  /**
   * How long a write waits for another process's transaction before it throws. The wait blocks this
   * whole process, so whoever writes beside other work keeps it short and asks again (`isBusy`).
   */
  waitForLock(ms: number): void;
  /** Closing twice is harmless. */
  close(): void;
};

const SQLITE_BUSY = 5;

/** Whether an error says that another process was writing, and nothing else. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Error &&
  'errcode' in error &&
  typeof error.errcode === 'number' &&
  (error.errcode & 0xff) === SQLITE_BUSY;

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
    waitForLock: (ms) => connection.exec(`PRAGMA busy_timeout = ${Math.trunc(ms)}`),
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
