/**
 * Brings a database to this code's schema, forwards only. The numbered files of
 * `migrations/sqlite/` are applied in order, each in a transaction of its own together with the line
 * that records it; a file that was applied once must never change, which its checksum proves.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { JournalFault } from '../fault.ts';
import type { Database } from './database.ts';

const FOLDER = new URL('../migrations/sqlite/', import.meta.url);
const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/;

export type Migration = { number: number; name: string; sql: string; checksum: string };

/** The migrations of a folder, in order. Throws on a gap or on a file that is none. */
export function readMigrations(folder: URL = FOLDER): Migration[] {
  return readdirSync(folder)
    .sort()
    .map((name, index) => {
      const number = Number(FILE_NAME.exec(name)?.[1]);
      if (number !== index + 1) throw new Error(`Migration ${name} is not number ${index + 1}.`);
      const sql = readFileSync(new URL(name, folder), 'utf8');
      return { number, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/** Applies what is missing. Two processes may do this at once: the write lock puts them in order. */
export function migrate(database: Database, migrations: readonly Migration[] = readMigrations()): void {
  database.script(`CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT`);
  for (const migration of migrations) {
    database.transaction(() => {
      if (checkApplied(database, migrations) >= migration.number) return;
      database.script(migration.sql);
      database.run(
        `INSERT INTO migrations (number, name, checksum, applied_at)
         VALUES (:number, :name, :checksum, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`,
        { number: migration.number, name: migration.name, checksum: migration.checksum },
      );
    });
  }
}

/** For readers, which change nothing: throws unless the schema is exactly this code's. */
export function requireSchema(database: Database, migrations: readonly Migration[] = readMigrations()): void {
  const exists = database.get(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'`);
  const applied = exists ? checkApplied(database, migrations) : 0;
  if (applied < migrations.length) {
    throw new JournalFault(
      'outdated',
      `The journal has schema ${applied}, this version reads ${migrations.length}: start a worker of this version once.`,
    );
  }
}

/** How many migrations are applied; throws where one is unknown here or is not the one we know. */
function checkApplied(database: Database, migrations: readonly Migration[]): number {
  const applied = database.all('SELECT number, name, checksum FROM migrations ORDER BY number');
  for (const row of applied) {
    const known = migrations.find(({ number }) => number === row['number']);
    if (!known)
      throw new JournalFault(
        'newer',
        `The journal was written by a newer version (migration ${String(row['name'])}): update this one.`,
      );
    if (known.checksum !== row['checksum'])
      throw new JournalFault('altered', `Migration ${String(row['name'])} was changed after it was applied.`);
  }
  return applied.length;
}
