/** Records out of an older bot's state in JSON: a list of trades, alone or under one of the usual names. */
import { z } from 'zod';
import type { Records } from './record.ts';
import { readRecord } from './read-record.ts';

/** The first of them that is there counts: several would tell of the same positions twice. */
const LISTS = ['trades', 'open_trades', 'positions', 'open_positions'] as const;

const list = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]);
const state = z.looseObject({
  trades: list.optional(),
  open_trades: list.optional(),
  positions: list.optional(),
  open_positions: list.optional(),
});
const fields = z.record(z.string(), z.unknown());

/** The file as a whole holds nothing that can be read. */
export class NoRecordsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoRecordsError';
  }
}

/**
 * @param parsed the file's content, numbers as text so that no id loses digits
 * @param file for the places of records
 * Throws `NoRecordsError` where there is no list.
 */
export function jsonRecords(parsed: unknown, file: string, utcOffset?: string): Records {
  const found: Records = { records: [], unreadable: [] };
  for (const { place, value } of entriesOf(parsed, file)) {
    const entry = fields.safeParse(value);
    const reading = entry.success
      ? readRecord(entry.data, place, utcOffset)
      : { unreadable: { place, why: 'it is no object' } };
    if ('record' in reading) found.records.push(reading.record);
    else found.unreadable.push(reading.unreadable);
  }
  return found;
}

function entriesOf(parsed: unknown, file: string): { place: string; value: unknown }[] {
  if (Array.isArray(parsed)) return placed('', parsed, file);
  const whole = state.safeParse(parsed);
  if (!whole.success)
    throw new NoRecordsError(`${file} is no state of a bot: ${z.prettifyError(whole.error)}`);
  const name = LISTS.find((each) => whole.data[each] !== undefined);
  const content = name && whole.data[name];
  if (name === undefined || content === undefined)
    throw new NoRecordsError(`${file} has no list of trades: none of ${LISTS.join(', ')} is in it.`);
  return placed(name, content, file);
}

const placed = (name: string, content: unknown[] | Record<string, unknown>, file: string) =>
  Object.entries(content).map(([key, value]) => ({ place: `${file}: ${name}[${key}]`, value }));
