/**
 * What is open now: one row per leg and its price levels. The newest epoch wins, within it the newest
 * generation; anything older arriving late changes nothing, and neither does the removal that it lacks.
 */
import type { PositionView, PriceLevel } from '../../domain/view.ts';
import type { PositionPublication } from '../journal.ts';
import {
  KEY_COLUMNS,
  WHERE_LEG,
  decimalIn,
  insertInto,
  integer,
  keyValues,
  legValues,
  optionalDecimalIn,
  text,
} from './columns.ts';
import type { Database, SqlRow, SqlValues } from './database.ts';

const VIEW_COLUMNS = [
  'generation',
  'workflow_id',
  'side',
  'stage',
  'quantity',
  'entry_price',
  'covered',
  'updated_at',
  'view',
] as const;
// Epoch names sort by their time, so text comparison is age comparison.
const UPSERT_POSITION = `${insertInto('positions', [...KEY_COLUMNS, ...VIEW_COLUMNS])}
  ON CONFLICT (account, symbol, leg) DO UPDATE SET ${['epoch', ...VIEW_COLUMNS].map((name) => `${name} = excluded.${name}`).join(', ')}
  WHERE (excluded.epoch, excluded.generation) >= (positions.epoch, positions.generation)
  RETURNING 1`;
const LEVEL_COLUMNS = [
  'level_id',
  'workflow_id',
  'kind',
  'direction',
  'price',
  'working_type',
  'generation',
] as const;
const INSERT_LEVEL = insertInto('levels', ['account', 'symbol', 'leg', ...LEVEL_COLUMNS]);
const BUMP_VERSION = `INSERT INTO level_versions (account, version) VALUES (:account, 1)
  ON CONFLICT (account) DO UPDATE SET version = version + 1`;

export function project(database: Database, publication: PositionPublication): void {
  const { key, generation, view } = publication;
  const applied = database.get(UPSERT_POSITION, { ...keyValues(key), generation, ...viewValues(view) });
  if (!applied) return;
  const levels = view === null ? [] : publication.levels;
  if (
    JSON.stringify(levels.map(levelValues).sort(byId)) ===
    JSON.stringify(levelsOfLeg(database, key).map(levelValues))
  )
    return;
  database.run(`DELETE FROM levels WHERE ${WHERE_LEG}`, legValues(key));
  for (const level of levels) database.run(INSERT_LEVEL, { ...legValues(key), ...levelValues(level) });
  database.run(BUMP_VERSION, { account: key.account });
}

export function positionsOf(database: Database, account: string | undefined): PositionView[] {
  return (
    database
      .all(
        `SELECT view FROM positions WHERE view IS NOT NULL AND (:account IS NULL OR account = :account)
       ORDER BY account, symbol, leg`,
        { account: account ?? null },
      )
      // Written by `project` from a view.
      .map((row) => JSON.parse(text(row, 'view')) as PositionView)
  );
}

export const levelsOf = (database: Database, account: string): PriceLevel[] =>
  database
    .all('SELECT * FROM levels WHERE account = :account ORDER BY symbol, leg, level_id', { account })
    .map(toLevel);

export function levelsVersionOf(database: Database, account: string): number {
  const row = database.get('SELECT version FROM level_versions WHERE account = :account', { account });
  return row ? integer(row, 'version') : 0;
}

const levelsOfLeg = (database: Database, key: PositionPublication['key']): PriceLevel[] =>
  database.all(`SELECT * FROM levels WHERE ${WHERE_LEG} ORDER BY level_id`, legValues(key)).map(toLevel);

function viewValues(view: PositionView | null): SqlValues {
  return {
    workflow_id: view?.workflowId ?? null,
    side: view?.side ?? null,
    stage: view?.stage ?? null,
    quantity: view ? decimalIn('quantity', view.quantity) : null,
    entry_price: optionalDecimalIn('entryPrice', view?.entryPrice),
    covered: view ? Number(view.covered) : null,
    updated_at: view?.updatedAt ?? null,
    view: view ? JSON.stringify(view) : null,
  };
}

const levelValues = (level: PriceLevel): SqlValues & { level_id: string } => ({
  level_id: level.levelId,
  workflow_id: level.workflowId,
  kind: level.kind,
  direction: level.direction,
  price: decimalIn('price', level.price),
  working_type: level.workingType,
  generation: level.generation,
});

/** As SQLite's own text order: by code point, not by locale. */
const byId = (a: { level_id: string }, b: { level_id: string }): number =>
  a.level_id < b.level_id ? -1 : Number(a.level_id > b.level_id);

function toLevel(row: SqlRow): PriceLevel {
  return {
    workflowId: text(row, 'workflow_id'),
    symbol: text(row, 'symbol'),
    levelId: text(row, 'level_id'),
    // The schema's CHECKs admit only these words.
    kind: text(row, 'kind') as PriceLevel['kind'],
    direction: text(row, 'direction') as PriceLevel['direction'],
    price: text(row, 'price'),
    workingType: text(row, 'working_type') as PriceLevel['workingType'],
    generation: integer(row, 'generation'),
  };
}
