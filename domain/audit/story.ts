/**
 * Reads what the journal kept of a position: plain JSON of whatever version wrote it. What is not
 * there, or is something else, is undefined.
 */
import { isDecimal, type Decimal } from '../decimal.ts';
import type { JournalEvent } from '../publication.ts';

/** The events of one epoch, in their order. */
export type Story = readonly JournalEvent[];

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsIn(data: Fields | undefined, name: string): Fields | undefined {
  const value = data?.[name];
  // Any object may be read as a record of unknown values.
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
}

export function textIn(data: Fields | undefined, name: string): string | undefined {
  const value = data?.[name];
  return typeof value === 'string' ? value : undefined;
}

export function decimalIn(data: Fields | undefined, name: string): Decimal | undefined {
  const value = data?.[name];
  return isDecimal(value) ? value : undefined;
}
