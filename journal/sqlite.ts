/**
 * The journal in one SQLite file, for everything that runs on one machine. Several processes may have
 * it open: one writes at a time, readers never wait. Every method is over when its promise is; what
 * `publish` and `writeTrade` acknowledged is on disk.
 */
import type { Journal, JournalReader } from './journal.ts';
import { appendBalance, balancesOf } from './sqlite/balances.ts';
import { openDatabase } from './sqlite/database.ts';
import type { Database } from './sqlite/database.ts';
import { createGroupCommit } from './sqlite/group-commit.ts';
import { appendEvent, appendFill, eventsOf, fillsOf } from './sqlite/facts.ts';
import { migrate, requireSchema } from './sqlite/migrate.ts';
import { levelsOf, levelsVersionOf, positionsOf, project } from './sqlite/projection.ts';
import {
  appendReconciliations,
  reconciliationCountsOf,
  reconciliationsIn,
} from './sqlite/reconciliations.ts';
import { appendSyncReport, syncReportsOf } from './sqlite/sync-reports.ts';
import { tradeOf, tradesOf, uncoveredMsOf, writeTrade } from './sqlite/trades.ts';

/**
 * Opens the journal at `file`, and makes or migrates it unless `readonly`. Throws `JournalFault`:
 * `missing` and `outdated` only to readers, `newer` and `altered` to everybody.
 */
export function openSqliteJournal(options: { file: string; readonly: true }): JournalReader;
export function openSqliteJournal(options: { file: string; readonly?: false }): Journal;
export function openSqliteJournal({
  file,
  readonly = false,
}: {
  file: string;
  readonly?: boolean;
}): Journal | JournalReader {
  const database = openDatabase({ file, readonly });
  try {
    if (readonly) requireSchema(database);
    else migrate(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return readonly ? reader(database) : writer(database);
}

// The methods are async so that a fault rejects instead of throwing past the promise.
function reader(database: Database): JournalReader {
  return {
    trades: async (query = {}) => tradesOf(database, query),
    trade: async (key) => tradeOf(database, key),
    events: async (key) => eventsOf(database, key),
    fills: async (key) => fillsOf(database, key),
    balances: async (query = {}) => balancesOf(database, query),
    reconciliations: async (query = {}) => reconciliationsIn(database, query),
    reconciliationCounts: async (query) => reconciliationCountsOf(database, query),
    uncoveredMs: async (query) => uncoveredMsOf(database, query),
    syncReports: async (query = {}) => syncReportsOf(database, query),
    positions: async (account) => positionsOf(database, account),
    close: async () => database.close(),
  };
}

function writer(database: Database): Journal {
  const group = createGroupCommit(database);
  return {
    ...reader(database),
    publish: (publication) =>
      group.write(() => {
        for (const event of publication.events) appendEvent(database, event);
        for (const fill of publication.fills) appendFill(database, fill);
        appendReconciliations(database, publication);
        project(database, publication);
      }),
    appendBalance: (balance) => group.write(() => appendBalance(database, balance)),
    appendSyncReport: (report) => group.write(() => appendSyncReport(database, report)),
    writeTrade: (row) => group.write(() => writeTrade(database, row)),
    levels: async (account) => levelsOf(database, account),
    levelsVersion: async (account) => levelsVersionOf(database, account),
    close: async () => {
      group.finish();
      database.close();
    },
  };
}
