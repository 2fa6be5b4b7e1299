/**
 * Records out of the two tables in which older bots kept their positions: `position_tp_sl`, a row for
 * each position or part of one, and `order_relationships`, the entry order with its stop and target,
 * either in one row or in a row for each (`parent_order_id`, `child_order_id`, `relation_type`).
 */
import type { BotRecord, Records, Unreadable } from './record.ts';
import { readRecord } from './read-record.ts';
import { idIn } from './values.ts';

export const TABLES = ['position_tp_sl', 'order_relationships'] as const;
export type TableName = (typeof TABLES)[number];
export type SqlRow = Readonly<Record<string, unknown>>;

export function sqlRecords(
  tables: Partial<Record<TableName, readonly SqlRow[]>>,
  file: string,
  utcOffset?: string,
): Records {
  const unreadable: Unreadable[] = [];
  const read = (table: TableName, rows: readonly SqlRow[]): BotRecord[] =>
    rows.flatMap((row, index) => {
      const reading = readRecord(row, `${file}: ${table} row ${index + 1}`, utcOffset);
      if ('record' in reading) return [reading.record];
      unreadable.push(reading.unreadable);
      return [];
    });
  const positions = read('position_tp_sl', tables.position_tp_sl ?? []);
  const related = (tables.order_relationships ?? []).map(asOneRow);
  const relations = together(read('order_relationships', related));
  const joined = new Set<BotRecord>();
  const records = positions.map((position) => {
    const relation = relations.find((each) => !joined.has(each) && belongTogether(position, each));
    if (relation) joined.add(relation);
    return relation ? complete(position, relation) : position;
  });
  return { records: [...records, ...relations.filter((each) => !joined.has(each))], unreadable };
}

/** A row that relates one order to another, in the words of one that holds all of them. */
function asOneRow(row: SqlRow): SqlRow {
  const child = idIn(row['child_order_id'] ?? row['related_order_id']);
  const relation = row['relation_type'] ?? row['relationship_type'] ?? row['order_type'];
  if (child === undefined || typeof relation !== 'string') return row;
  if (/take.?profit|^tp/i.test(relation)) return { ...row, tp_order_id: child };
  return /stop|^sl/i.test(relation) ? { ...row, sl_order_id: child } : row;
}

/** One record for each entry order. */
function together(relations: readonly BotRecord[]): BotRecord[] {
  const byEntry = new Map<string, BotRecord>();
  const single: BotRecord[] = [];
  for (const relation of relations) {
    const known = relation.entryOrderId === null ? undefined : byEntry.get(relation.entryOrderId);
    if (relation.entryOrderId === null) single.push(relation);
    else byEntry.set(relation.entryOrderId, known ? complete(known, relation) : relation);
  }
  return [...byEntry.values(), ...single];
}

function belongTogether(position: BotRecord, relation: BotRecord): boolean {
  if (position.symbol !== relation.symbol) return false;
  const shared = (['entryOrderId', 'stopOrderId', 'targetOrderId'] as const).filter(
    (name) => position[name] !== null && position[name] === relation[name],
  );
  return shared.length > 0;
}

/** The first with what only the second knows. */
function complete(first: BotRecord, second: BotRecord): BotRecord {
  return {
    ...first,
    place: `${first.place} with ${second.place.replace(/^.*: /, '')}`,
    side: first.side ?? second.side,
    entryAtMs: first.entryAtMs ?? second.entryAtMs,
    entryOrderId: first.entryOrderId ?? second.entryOrderId,
    stopOrderId: first.stopOrderId ?? second.stopOrderId,
    targetOrderId: first.targetOrderId ?? second.targetOrderId,
    ended: first.ended || second.ended,
    remarks: [...first.remarks, ...second.remarks],
  };
}
