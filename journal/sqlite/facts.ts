/** The append-only facts: what happened to a position and what it executed. The first writing of a key stands. */
import type { JournalEvent, JournalFill, TradeKey } from '../journal.ts';
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
  text,
} from './columns.ts';
import type { Database, SqlRow } from './database.ts';

const INSERT_EVENT = insertInto('events', [...KEY_COLUMNS, 'sequence', 'type', 'at_ms', 'data']);
const INSERT_FILL = insertInto('fills', [
  ...KEY_COLUMNS,
  'fill_id',
  'order_id',
  'role',
  'side',
  'price',
  'quantity',
  'fee',
  'at_ms',
  'forced',
]);

export function appendEvent(database: Database, event: JournalEvent): void {
  const { sequence, type, atMs, data } = event;
  database.run(INSERT_EVENT, {
    ...keyValues(event),
    sequence,
    type,
    at_ms: atMs,
    data: JSON.stringify(data),
  });
}

export function appendFill(database: Database, fill: JournalFill): void {
  database.run(INSERT_FILL, {
    ...keyValues(fill),
    fill_id: fill.fillId,
    order_id: fill.orderId,
    role: fill.role,
    side: fill.side,
    price: decimalIn('price', fill.price),
    quantity: decimalIn('quantity', fill.quantity),
    fee: optionalDecimalIn('fee', fill.fee),
    at_ms: fill.atMs,
    forced: fill.forced ?? null,
  });
}

/** In their own order. */
export const eventsOf = (database: Database, key: TradeKey): JournalEvent[] =>
  database.all(`SELECT * FROM events WHERE ${WHERE_KEY} ORDER BY sequence`, keyValues(key)).map(toEvent);

/** The first two and the newest of them, in their own order: what the beginning and the present can tell. */
export const newestEventsOf = (database: Database, key: TradeKey, newest: number): JournalEvent[] =>
  database
    .all(
      `SELECT * FROM events WHERE ${WHERE_KEY}
         AND (sequence <= 2 OR sequence > (SELECT max(sequence) FROM events WHERE ${WHERE_KEY}) - :newest)
       ORDER BY sequence`,
      { ...keyValues(key), newest },
    )
    .map(toEvent);

/** Oldest first. */
export const fillsOf = (database: Database, key: TradeKey): JournalFill[] =>
  database.all(`SELECT * FROM fills WHERE ${WHERE_KEY} ORDER BY at_ms, fill_id`, keyValues(key)).map(toFill);

function toEvent(row: SqlRow): JournalEvent {
  // Written by `appendEvent` from a plain object, and held to be JSON by the schema.
  const data = JSON.parse(text(row, 'data')) as JournalEvent['data'];
  return {
    ...keyOf(row),
    sequence: integer(row, 'sequence'),
    type: text(row, 'type'),
    atMs: integer(row, 'at_ms'),
    data,
  };
}

function toFill(row: SqlRow): JournalFill {
  const fee = optionalText(row, 'fee');
  const forced = optionalText(row, 'forced');
  return {
    ...keyOf(row),
    fillId: text(row, 'fill_id'),
    orderId: text(row, 'order_id'),
    role: text(row, 'role'),
    // The schema's CHECK admits only these words, here and for `forced`.
    side: text(row, 'side') as JournalFill['side'],
    price: text(row, 'price'),
    quantity: text(row, 'quantity'),
    ...(fee === null ? {} : { fee }),
    atMs: integer(row, 'at_ms'),
    ...(forced === null ? {} : { forced: forced as NonNullable<JournalFill['forced']> }),
  };
}
