/** One row per trade, completed by later writings (see `complete-trade.ts`) and never deleted. */
import { FIGURES, completeTrade } from '../complete-trade.ts';
import type { FigureOrigins, StoredTrade } from '../complete-trade.ts';
import type { TradeKey, TradeQuery, TradeRow } from '../journal.ts';
import {
  KEY_COLUMNS,
  WHERE_KEY,
  decimalIn,
  insertInto,
  integer,
  keyOf,
  keyValues,
  optionalDecimalIn,
  optionalText,
  spanValues,
  text,
  timeIn,
} from './columns.ts';
import type { Database, SqlRow, SqlValues } from './database.ts';

const COLUMNS = [
  'exchange',
  'mode',
  'side',
  'adopted',
  'entry_order_id',
  'exchange_position_id',
  'exit_order_id',
  'exit_reason',
  'quantity',
  'entry_price',
  'close_price',
  'realized_pnl',
  'net_pnl',
  'fees',
  'funding',
  'entry_at',
  'exit_at',
  'exit_at_ms',
  'uncovered_ms',
  'figures_source',
  'figure_origins',
] as const;
const UPSERT = `${insertInto('trades', [...KEY_COLUMNS, ...COLUMNS])}
  ON CONFLICT (account, symbol, leg, epoch) DO UPDATE SET ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`;

/** Reads, completes and writes the row: to be called inside a transaction. */
export function writeTrade(database: Database, row: TradeRow): TradeRow {
  const completed = completeTrade(storedTrade(database, row), row);
  database.run(UPSERT, { ...keyValues(row), ...valuesOf(completed) });
  return completed.row;
}

export const tradeOf = (database: Database, key: TradeKey): TradeRow | undefined =>
  storedTrade(database, key)?.row;

/** Word for word the condition of an index, and never a parameter: only so does SQLite use it. */
const LACKING_FIGURES = `AND figures_source <> 'exchange' AND exit_reason <> 'NEVER_OPENED'`;

/** Newest exit first; a row without an exit time comes last, and no span of time contains it. */
export function tradesOf(database: Database, query: TradeQuery): TradeRow[] {
  return database
    .all(
      `SELECT * FROM trades
       WHERE (:account IS NULL OR account = :account) AND (:symbol IS NULL OR symbol = :symbol)
         AND (:exit_reason IS NULL OR exit_reason = :exit_reason)
         ${query.incomplete === true ? LACKING_FIGURES : ''}
         AND (:since_ms IS NULL OR exit_at_ms >= :since_ms) AND (:until_ms IS NULL OR exit_at_ms <= :until_ms)
       ORDER BY exit_at_ms DESC NULLS LAST, epoch DESC, account, symbol, leg LIMIT :limit`,
      {
        account: query.account ?? null,
        symbol: query.symbol ?? null,
        exit_reason: query.exitReason ?? null,
        ...spanValues(query),
      },
    )
    .map((row) => toStored(row).row);
}

/** An index finds those that ended since; their times are whole milliseconds. */
export function uncoveredMsOf(
  database: Database,
  { account, sinceAt }: { account: string; sinceAt: string },
): number {
  const row = database.get(
    'SELECT coalesce(sum(uncovered_ms), 0) AS total FROM trades WHERE account = :account AND exit_at_ms >= :since_ms',
    { account, since_ms: timeIn('sinceAt', sinceAt) },
  );
  return row ? integer(row, 'total') : 0;
}

function storedTrade(database: Database, key: TradeKey): StoredTrade | undefined {
  const row = database.get(`SELECT * FROM trades WHERE ${WHERE_KEY}`, keyValues(key));
  return row && toStored(row);
}

function valuesOf({ row, origins }: StoredTrade): SqlValues {
  for (const name of FIGURES) optionalDecimalIn(name, row[name]);
  return {
    exchange: row.exchange,
    mode: row.mode,
    side: row.side,
    adopted: Number(row.adopted),
    entry_order_id: row.entryOrderId,
    exchange_position_id: row.exchangePositionId,
    exit_order_id: row.exitOrderId,
    exit_reason: row.exitReason,
    quantity: decimalIn('quantity', row.quantity),
    entry_price: row.entryPrice,
    close_price: row.closePrice,
    realized_pnl: row.realizedPnl,
    net_pnl: row.netPnl,
    fees: row.fees,
    funding: row.funding,
    entry_at: row.entryAt,
    exit_at: row.exitAt,
    exit_at_ms: row.exitAt === null ? null : timeIn('exitAt', row.exitAt),
    uncovered_ms: row.uncoveredMs,
    figures_source: row.figuresSource,
    figure_origins: JSON.stringify(origins),
  };
}

function toStored(row: SqlRow): StoredTrade {
  return {
    row: {
      ...keyOf(row),
      // The words below are this code's own, held by the schema's CHECKs where they decide anything.
      exchange: text(row, 'exchange') as TradeRow['exchange'],
      mode: text(row, 'mode') as TradeRow['mode'],
      side: text(row, 'side') as TradeRow['side'],
      adopted: integer(row, 'adopted') === 1,
      entryOrderId: optionalText(row, 'entry_order_id'),
      exchangePositionId: optionalText(row, 'exchange_position_id'),
      exitOrderId: optionalText(row, 'exit_order_id'),
      exitReason: text(row, 'exit_reason') as TradeRow['exitReason'],
      quantity: text(row, 'quantity'),
      entryPrice: optionalText(row, 'entry_price'),
      closePrice: optionalText(row, 'close_price'),
      realizedPnl: optionalText(row, 'realized_pnl'),
      netPnl: optionalText(row, 'net_pnl'),
      fees: optionalText(row, 'fees'),
      funding: optionalText(row, 'funding'),
      entryAt: optionalText(row, 'entry_at'),
      exitAt: optionalText(row, 'exit_at'),
      uncoveredMs: integer(row, 'uncovered_ms'),
      figuresSource: text(row, 'figures_source') as TradeRow['figuresSource'],
    },
    origins: JSON.parse(text(row, 'figure_origins')) as FigureOrigins,
  };
}
