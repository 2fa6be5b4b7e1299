/** What comparisons of all accounts found and did: append-only, the first writing of a report stands. */
import { isClean, type SyncReport } from '../../domain/audit/sync-report.ts';
import type { SyncReportQuery } from '../journal.ts';
import { insertInto, spanValues, text } from './columns.ts';
import type { Database } from './database.ts';

const INSERT = insertInto('sync_reports', ['id', 'at_ms', 'cause', 'executed', 'clean', 'report']);

export function appendSyncReport(database: Database, report: SyncReport): void {
  database.run(INSERT, {
    id: report.id,
    at_ms: Date.parse(report.at),
    cause: report.cause,
    executed: Number(report.executed),
    clean: Number(isClean(report)),
    report: JSON.stringify(report),
  });
}

/** Newest first. */
export const syncReportsOf = (database: Database, query: SyncReportQuery): SyncReport[] =>
  database
    .all(
      `SELECT report FROM sync_reports
       WHERE (:since_ms IS NULL OR at_ms >= :since_ms) AND (:until_ms IS NULL OR at_ms <= :until_ms)
       ORDER BY at_ms DESC, id LIMIT :limit`,
      spanValues(query),
    )
    // Written by `appendSyncReport` from a report.
    .map((row) => JSON.parse(text(row, 'report')) as SyncReport);
