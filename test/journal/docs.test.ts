import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openSqliteJournal } from '../../journal/sqlite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { aBalance, aFill, anOutsideChange, aPublication, aTrade, anEvent } from './records.ts';

const page = readFileSync(new URL('../../docs/journal.md', import.meta.url), 'utf8');
const [, script = ''] = /```sql\n([\s\S]*?)```/.exec(page) ?? [];
const queries = script
  .split(';')
  .map((query) => query.trim())
  .filter(Boolean);

describe('docs/journal.md', () => {
  it.each(queries)('gives a query that works: %s', async (query) => {
    const file = join(temporaryFolder(), 'journal.db');
    const journal = openSqliteJournal({ file });
    const key = { account: 'paper', epoch: '0mmq1w9xk' };
    await journal.publish(
      aPublication(1, { key: { ...aTrade(), ...key }, events: [anEvent(1, key)], fills: [aFill('f1', key)] }),
    );
    await journal.publish(aPublication(1, { events: [anOutsideChange(1)], view: null }));
    await journal.appendBalance(aBalance());
    await journal.writeTrade(aTrade(key));
    await journal.close();
    const database = new DatabaseSync(file, { readOnly: true });
    expect(database.prepare(query).all()).toHaveLength(1);
    database.close();
  });

  it('names every table, and no other', () => {
    const file = join(temporaryFolder(), 'journal.db');
    void openSqliteJournal({ file }).close();
    const database = new DatabaseSync(file, { readOnly: true });
    const tables = database
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
      .all();
    database.close();
    const named = [...page.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name = '']) => name);
    expect(named.toSorted()).toEqual(tables.map(({ name }) => name));
  });
});
