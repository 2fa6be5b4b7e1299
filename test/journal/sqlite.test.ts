/** What is particular to the SQLite adapter: the file, its schema, and what people may do to it by hand. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteJournal } from '../../journal/sqlite.ts';
import { openDatabase } from '../../journal/sqlite/database.ts';
import { createGroupCommit } from '../../journal/sqlite/group-commit.ts';
import { migrate, readMigrations } from '../../journal/sqlite/migrate.ts';
import {
  aBalance,
  aFill,
  aKey,
  anOutsideChange,
  aPublication,
  aTrade,
  anEvent,
  aSyncReport,
} from './records.ts';

let place = '';
const file = (): string => join(place, 'deep', 'journal.sqlite');
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'holdfast-sqlite-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** The file as somebody with `sqlite3` would open it. */
function byHand<T>(work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file());
  try {
    return work(database);
  } finally {
    database.close();
  }
}

async function written(): Promise<void> {
  const journal = openSqliteJournal({ file: file() });
  await journal.publish(aPublication(1, { events: [anEvent(1), anOutsideChange(2)], fills: [aFill('f1')] }));
  await journal.writeTrade(aTrade());
  await journal.appendBalance(aBalance());
  await journal.appendSyncReport(aSyncReport());
  await journal.close();
}

describe('a reader', () => {
  it('says that there is no journal yet, and makes none', () => {
    expect(() => openSqliteJournal({ file: file(), readonly: true })).toThrow(
      expect.objectContaining({ kind: 'missing' }),
    );
    expect(() => openSqliteJournal({ file: file(), readonly: true })).toThrow(/no journal/);
  });

  it('says that a file without our tables needs a worker first', () => {
    mkdirSync(join(place, 'deep'));
    byHand((database) => database.exec('CREATE TABLE other (a)'));
    expect(() => openSqliteJournal({ file: file(), readonly: true })).toThrow(
      expect.objectContaining({ kind: 'outdated' }),
    );
  });

  it('reads while nobody has the file open, and leaves it as it is', async () => {
    await written();
    const reader = openSqliteJournal({ file: file(), readonly: true });
    expect(await reader.trades()).toEqual([aTrade()]);
    expect(reader).not.toHaveProperty('publish');
    await reader.close();
  });

  it('sees what a writer commits after the reader was opened', async () => {
    await written();
    const reader = openSqliteJournal({ file: file(), readonly: true });
    const journal = openSqliteJournal({ file: file() });
    await journal.publish(aPublication(2));
    expect(await reader.positions()).toEqual([aPublication(2).view]);
    await Promise.all([reader.close(), journal.close()]);
  });
});

describe('the file', () => {
  it('is in WAL mode with full synchronisation and foreign keys', () => {
    const database = openDatabase({ file: file(), readonly: false });
    expect(database.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
    expect(database.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
    expect(database.get('PRAGMA foreign_keys')).toEqual({ foreign_keys: 1 });
    database.close();
  });

  it('holds every figure as text', async () => {
    await written();
    const types = byHand((database) =>
      database
        .prepare(`SELECT typeof(t.net_pnl) a, typeof(f.price) b, typeof(l.price) c, typeof(p.quantity) d
        FROM trades t, fills f, levels l, positions p`)
        .get(),
    );
    expect({ ...types }).toEqual({ a: 'text', b: 'text', c: 'text', d: 'text' });
  });

  it.each([
    `UPDATE events SET type = 'x'`,
    'DELETE FROM events',
    `UPDATE fills SET price = '1'`,
    'DELETE FROM fills',
    `UPDATE balances SET equity = '1'`,
    'DELETE FROM balances',
    `UPDATE reconciliations SET kind = 'adl'`,
    'DELETE FROM reconciliations',
    `UPDATE sync_reports SET clean = 1`,
    'DELETE FROM sync_reports',
    'DELETE FROM trades',
  ])('refuses even by hand: %s', async (sql) => {
    await written();
    expect(() => byHand((database) => database.exec(sql))).toThrow(/append-only|never deleted/);
  });

  it('keeps a fill even from INSERT OR REPLACE', async () => {
    await written();
    byHand((database) =>
      database.exec(
        `INSERT OR REPLACE INTO fills SELECT account, symbol, leg, epoch, fill_id, order_id, role, side, '1', quantity, fee, at_ms, forced FROM fills`,
      ),
    );
    const journal = openSqliteJournal({ file: file(), readonly: true });
    expect(await journal.fills(aKey())).toEqual([aFill('f1')]);
    await journal.close();
  });
});

describe('while another process writes', () => {
  it('waits without holding up anything else, and then writes', async () => {
    await written();
    const journal = openSqliteJournal({ file: file() });
    const other = new DatabaseSync(file());
    other.exec('BEGIN IMMEDIATE');
    let done = false;
    const publication = journal.publish(aPublication(2)).then(() => (done = true));
    const longestMs = await longestPause(600);
    expect([done, longestMs < 200]).toEqual([false, true]);
    other.exec('ROLLBACK');
    other.close();
    await publication;
    expect(await journal.positions()).toEqual([aPublication(2).view]);
    await journal.close();
  });

  it('gives a write back after a while, to be asked for again', async () => {
    await written();
    const database = openDatabase({ file: file(), readonly: false });
    const other = new DatabaseSync(file());
    other.exec('BEGIN IMMEDIATE');
    const group = createGroupCommit(database, 300);
    await expect(group.write(() => 1)).rejects.toThrow(/locked/);
    other.exec('ROLLBACK');
    other.close();
    await expect(group.write(() => 2)).resolves.toBe(2);
    database.close();
  });

  it('gives everything back that it cannot write before it is closed', async () => {
    await written();
    const journal = openSqliteJournal({ file: file() });
    const other = new DatabaseSync(file());
    other.exec('BEGIN IMMEDIATE');
    const publication = journal.publish(aPublication(2));
    await Promise.all([expect(publication).rejects.toThrow(/locked/), journal.close()]);
    other.close();
  });
});

/** How long the event loop stood still at most, over `ms`. */
async function longestPause(ms: number): Promise<number> {
  const startMs = performance.now();
  let longest = 0;
  for (let lastMs = startMs; lastMs - startMs < ms;) {
    await delay(5);
    longest = Math.max(longest, performance.now() - lastMs);
    lastMs = performance.now();
  }
  return longest;
}

describe('migrations', () => {
  const folder = (): URL => pathToFileURL(`${join(place, 'migrations')}/`);
  const FIRST = '0001-first-tables.sql';
  beforeEach(() => {
    mkdirSync(join(place, 'migrations'));
    copyFileSync(
      new URL(`../../journal/migrations/sqlite/${FIRST}`, import.meta.url),
      join(place, 'migrations', FIRST),
    );
  });
  const addMigration = (name: string, sql: string): void =>
    writeFileSync(join(place, 'migrations', name), sql);
  function migrateByFolder(): void {
    const database = openDatabase({ file: file(), readonly: false });
    try {
      migrate(database, readMigrations(folder()));
    } finally {
      database.close();
    }
  }
  const applied = () =>
    byHand((database) =>
      database
        .prepare('SELECT number, name, length(checksum) AS digits FROM migrations')
        .all()
        .map((row) => ({ ...row })),
    );

  it('are applied once, each with its checksum', () => {
    migrateByFolder();
    addMigration('0002-more.sql', 'CREATE TABLE more (a TEXT) STRICT;');
    migrateByFolder();
    migrateByFolder();
    expect(applied()).toEqual([
      { number: 1, name: FIRST, digits: 64 },
      { number: 2, name: '0002-more.sql', digits: 64 },
    ]);
  });

  it('leave nothing of one that fails half-way', () => {
    addMigration('0002-bad.sql', 'CREATE TABLE half (a TEXT) STRICT; INSERT INTO nowhere VALUES (1);');
    expect(migrateByFolder).toThrow(/nowhere/);
    expect(applied()).toHaveLength(1);
    expect(
      byHand((database) => database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'half'`).get()),
    ).toBeUndefined();
  });

  it('refuse a journal of a newer version, for writing and for reading', () => {
    const known = readMigrations();
    for (const { name, sql } of known) addMigration(name, sql);
    const next = `${String(known.length + 1).padStart(4, '0')}-more.sql`;
    addMigration(next, 'CREATE TABLE more (a TEXT) STRICT;');
    migrateByFolder();
    expect(() => openSqliteJournal({ file: file() })).toThrow(expect.objectContaining({ kind: 'newer' }));
    expect(() => openSqliteJournal({ file: file(), readonly: true })).toThrow(
      new RegExp(`newer version .*${next}`),
    );
  });

  it('bring a journal of the first version up to this one, with all that is in it', async () => {
    migrateByFolder();
    expect(applied()).toHaveLength(1);
    byHand((database) =>
      database.exec(`
        INSERT INTO level_versions VALUES ('main', 7);
        INSERT INTO positions (account, symbol, leg, epoch, generation) VALUES ('main', 'BTC/USDT:USDT', 'net', 'e1', 1);
        INSERT INTO levels VALUES ('main', 'BTC/USDT:USDT', 'net', 'a', 'w', 'stop', 'down', '49000', 'MARK_PRICE', 3);
      `),
    );
    const journal = openSqliteJournal({ file: file() });
    await journal.appendBalance(aBalance());
    expect(applied()).toHaveLength(readMigrations().length);
    expect([await journal.levelsVersion('main'), await journal.balances()]).toEqual([7, [aBalance()]]);
    expect(await journal.levels('main')).toEqual([
      {
        workflowId: 'w',
        symbol: 'BTC/USDT:USDT',
        levelId: 'a',
        kind: 'stop',
        direction: 'down',
        price: '49000',
        workingType: 'MARK_PRICE',
        generation: 3,
      },
    ]);
    await journal.close();
  });

  it('refuse one that was changed after it was applied', () => {
    addMigration(FIRST, 'CREATE TABLE else_entirely (a TEXT) STRICT;');
    migrateByFolder();
    expect(() => openSqliteJournal({ file: file() })).toThrow(expect.objectContaining({ kind: 'altered' }));
  });

  it('refuse a gap in their numbers', () => {
    addMigration('0003-late.sql', '');
    expect(() => readMigrations(folder())).toThrow(/0003-late.sql is not number 2/);
  });
});
