/**
 * A data folder belongs to one process at a time.
 *
 * The lock is a SQLite write lock on a small file of its own, because the system itself gives it up
 * when the holder dies, by SIGKILL too and from another container too: there is no stale lock to
 * recognise. Readers are still allowed, so whoever is refused can say who holds it.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type DataDirLock = {
  dir: string;
  /** Gives the folder back. May be repeated. */
  release(): void;
};

export type DataDirHolder = { pid: number; command: string; sinceAt: string };

/** Somebody else works in the folder. The message says who, and what to do. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
  readonly dir: string;
  readonly holder: DataDirHolder | undefined;

  constructor(dir: string, holder: DataDirHolder | undefined) {
    const who =
      holder === undefined
        ? 'another process'
        : `"${holder.command}" (process ${holder.pid}, since ${holder.sinceAt})`;
    super(`The data folder ${dir} is in use by ${who}. Stop it, or choose another folder with --data.`);
    this.dir = dir;
    this.holder = holder;
  }
}

const SQLITE_BUSY = 5;

/**
 * Takes `dir` (made if missing) for `purpose`: parts of one installation, such as the worker and the
 * venue, hold locks of different purposes in the same folder.
 * @param command what to call this process to whoever is refused, such as `holdfast up`
 * @throws DataDirInUseError
 */
export function lockDataDir(dir: string, purpose: string, command: string): DataDirLock {
  mkdirSync(dir, { recursive: true });
  const database = new DatabaseSync(join(dir, `${purpose}.lock`));
  try {
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('BEGIN IMMEDIATE');
    writeHolder(database, { pid: process.pid, command, sinceAt: new Date().toISOString() });
    database.exec('COMMIT');
    database.exec('BEGIN IMMEDIATE');
  } catch (error) {
    const isHeld = sqliteCode(error) === SQLITE_BUSY;
    const holder = isHeld ? readHolder(database) : undefined;
    database.close();
    throw isHeld ? new DataDirInUseError(dir, holder) : error;
  }
  return { dir, release: () => database.isOpen && database.close() };
}

function writeHolder(database: DatabaseSync, { pid, command, sinceAt }: DataDirHolder): void {
  database.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER, command TEXT, since_at TEXT)');
  database.exec('DELETE FROM holder');
  database.prepare('INSERT INTO holder VALUES (?, ?, ?)').run(pid, command, sinceAt);
}

/** `undefined` if the holder is at this moment between taking the lock and writing its name. */
function readHolder(database: DatabaseSync): DataDirHolder | undefined {
  try {
    const row = database.prepare('SELECT pid, command, since_at FROM holder').get();
    if (row === undefined) return undefined;
    return { pid: Number(row['pid']), command: String(row['command']), sinceAt: String(row['since_at']) };
  } catch {
    return undefined;
  }
}

function sqliteCode(error: unknown): number | undefined {
  // node:sqlite puts the result code of SQLite on the error; its low byte is the primary one.
  const code = (error as { errcode?: number }).errcode;
  return code === undefined ? undefined : code & 0xff;
}
