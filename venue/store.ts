/**
 * The venue's durable memory: one SQLite file, one table a kind of row, the row itself as JSON.
 *
 * Invariants: `commit` is one transaction and returns only when it is on disk (WAL, synchronous FULL);
 * nothing is acknowledged to a client before that.
 */
import { DatabaseSync } from 'node:sqlite';

const TABLES = [
  'accounts',
  'markets',
  'orders',
  'positions',
  'fills',
  'closed_positions',
  'income',
  'meta',
] as const;
export type Table = (typeof TABLES)[number];

const SCHEMA_VERSION = 1;

/** `row: null` deletes. */
export type Change = { readonly table: Table; readonly id: string; readonly row: object | null };

export type Store = {
  readonly load: (table: Table) => unknown[];
  readonly commit: (changes: readonly Change[]) => void;
  readonly close: () => void;
};

/** Throws where the file is no venue's or of a newer version. */
export function openStore(file: string): Store {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000;');
  migrate(database, file);
  const put = new Map(TABLES.map((table) => [table, database.prepare(upsert(table))]));
  const remove = new Map(
    TABLES.map((table) => [table, database.prepare(`DELETE FROM ${table} WHERE id = ?`)]),
  );

  return {
    load: (table) =>
      database
        .prepare(`SELECT row FROM ${table} ORDER BY seq`)
        .all()
        .map((line) => JSON.parse(String(line['row'])) as unknown),
    commit(changes) {
      if (changes.length === 0) return;
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const { table, id, row } of changes) {
          if (row === null) remove.get(table)?.run(id);
          else put.get(table)?.run(id, JSON.stringify(row));
        }
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}

/** An update keeps the row's place, so that rows load in the order of their birth. */
const upsert = (table: Table): string =>
  `INSERT INTO ${table} (id, row) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET row = excluded.row`;

function migrate(database: DatabaseSync, file: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > SCHEMA_VERSION)
    throw new Error(
      `${file} was written by a newer venue (schema ${version}, this one knows ${SCHEMA_VERSION})`,
    );
  for (const table of TABLES) {
    database.exec(
      `CREATE TABLE IF NOT EXISTS ${table} (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, row TEXT NOT NULL)`,
    );
  }
  database.exec(`PRAGMA user_version=${SCHEMA_VERSION}`);
}
