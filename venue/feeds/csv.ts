/** Reads recorded market data from CSV, plain or gzipped. A bad line is named by file and number. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isPositive, parseDecimal } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';

const MAX_LINES = 5_000_000;

export type Line = { readonly number: number; readonly cells: Readonly<Record<string, string>> };

/** The lines under a header that has all `columns`. Throws with file and line where something is wrong. */
export function readCsv(file: string, columns: readonly string[]): Line[] {
  const lines = readText(file).split(/\r?\n/);
  const header = (lines[0] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0)
    throw new Error(
      `${file}:1: no column ${missing.join(', ')} (found: ${header.filter(Boolean).join(', ')})`,
    );
  if (lines.length > MAX_LINES) throw new Error(`${file}: more than ${MAX_LINES} lines`);
  return lines.flatMap((text, index) =>
    index === 0 || text.trim() === '' ? [] : [readLine(file, header, text, index + 1)],
  );
}

function readText(file: string): string {
  const bytes = readFileSync(file);
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (zipped ? gunzipSync(bytes) : bytes).toString('utf8');
}

function readLine(file: string, header: readonly string[], text: string, number: number): Line {
  const cells = text.split(',');
  if (cells.length !== header.length)
    throw new Error(`${file}:${number}: ${cells.length} columns, expected ${header.length}`);
  return {
    number,
    cells: Object.fromEntries(header.map((name, index) => [name, (cells[index] ?? '').trim()])),
  };
}

export function positiveCell(file: string, line: Line, column: string): Decimal {
  const value = parseDecimal(line.cells[column]);
  if (value === undefined || !isPositive(value))
    throw new Error(`${file}:${line.number}: ${column} "${line.cells[column] ?? ''}" is no number above 0`);
  return value;
}

/** Epoch seconds, milliseconds or microseconds, or a date and time that is UTC unless it says otherwise. */
export function timeCell(file: string, line: Line, column: string): number {
  const text = line.cells[column] ?? '';
  const timeMs = /^\d+(\.\d+)?$/.test(text) ? epochMs(Number(text)) : Date.parse(isoText(text));
  if (!Number.isFinite(timeMs)) throw new Error(`${file}:${line.number}: ${column} "${text}" is no time`);
  return Math.trunc(timeMs);
}

function epochMs(value: number): number {
  if (value < 1e11) return value * 1_000;
  return value < 1e14 ? value : value / 1_000;
}

function isoText(text: string): string {
  const [, day, time, fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text) ?? [];
  return day === undefined ? text : `${day}T${time ?? '00:00:00'}${fraction.slice(0, 4)}${zone || 'Z'}`;
}
