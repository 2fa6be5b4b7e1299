/**
 * Which events were reconciliations: told from the events of the epoch, in the transaction that writes
 * them, so that neither is ever there without the other. The first writing of a key stands.
 */
import { mayReconcile, reconciliationsOf, type LegBefore } from '../../domain/audit/reconciliations.ts';
import type {
  PositionPublication,
  Reconciliation,
  ReconciliationCounts,
  ReconciliationQuery,
  TradeKey,
} from '../journal.ts';
import {
  KEY_COLUMNS,
  WHERE_LEG,
  insertInto,
  integer,
  keyOf,
  keyValues,
  spanValues,
  text,
  timeIn,
} from './columns.ts';
import type { Database, SqlRow } from './database.ts';
import { newestEventsOf } from './facts.ts';

const INSERT = insertInto('reconciliations', [...KEY_COLUMNS, 'sequence', 'kind', 'at_ms', 'text']);

/** Of a position with years of orders, what happened longer ago is not read again for each new one. */
const STORY_EVENTS = 2_000;

/** To be called when the publication's events are written. */
export function appendReconciliations(database: Database, { key, events }: PositionPublication): void {
  if (!mayReconcile(events)) return;
  const first = Math.min(...events.map(({ sequence }) => sequence));
  for (const found of reconciliationsOf(
    newestEventsOf(database, key, STORY_EVENTS),
    legBefore(database, key),
  )) {
    // The others were told by their own publications; only that of a vanished order comes later than its event.
    if (found.sequence < first && found.kind !== 'order_vanished') continue;
    const { sequence, kind, atMs, text: what } = found;
    database.run(INSERT, { ...keyValues(found), sequence, kind, at_ms: atMs, text: what });
  }
}

/** A position is only adopted when the workflow of the one before has ended, and its row is written by then. */
function legBefore(database: Database, key: TradeKey): LegBefore | undefined {
  const row = database.get(
    `SELECT side, exit_at_ms FROM trades WHERE ${WHERE_LEG} AND epoch < :epoch ORDER BY epoch DESC LIMIT 1`,
    keyValues(key),
  );
  return row && row['exit_at_ms'] !== null
    ? { side: text(row, 'side'), exitAtMs: integer(row, 'exit_at_ms') }
    : undefined;
}

/** Newest first. */
export const reconciliationsIn = (database: Database, query: ReconciliationQuery): Reconciliation[] =>
  database
    .all(
      `SELECT * FROM reconciliations
       WHERE (:account IS NULL OR account = :account) AND (:symbol IS NULL OR symbol = :symbol)
         AND (:kind IS NULL OR kind = :kind)
         AND (:since_ms IS NULL OR at_ms >= :since_ms) AND (:until_ms IS NULL OR at_ms <= :until_ms)
       ORDER BY at_ms DESC, account, symbol, leg, epoch DESC, sequence DESC LIMIT :limit`,
      {
        account: query.account ?? null,
        symbol: query.symbol ?? null,
        kind: query.kind ?? null,
        ...spanValues(query),
      },
    )
    .map(toReconciliation);

export const reconciliationCountsOf = (
  database: Database,
  { account, sinceAt }: { account: string; sinceAt: string },
): ReconciliationCounts =>
  Object.fromEntries(
    database
      .all(
        `SELECT kind, count(*) AS count FROM reconciliations
         WHERE account = :account AND at_ms >= :since_ms GROUP BY kind ORDER BY kind`,
        { account, since_ms: timeIn('sinceAt', sinceAt) },
      )
      .map((row) => [text(row, 'kind'), integer(row, 'count')]),
  );

const toReconciliation = (row: SqlRow): Reconciliation => ({
  ...keyOf(row),
  sequence: integer(row, 'sequence'),
  // Written from `reconciliationsOf`, by this version or another.
  kind: text(row, 'kind') as Reconciliation['kind'],
  atMs: integer(row, 'at_ms'),
  text: text(row, 'text'),
});
