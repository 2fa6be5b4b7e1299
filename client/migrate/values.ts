/** Reads one value of an older bot's record. Undefined: it cannot be read; nothing is coerced. */
import { parseSymbol } from '../../config/symbol.ts';
import { isPositive, isZero, lt, neg, parseDecimal, type Decimal } from '../../domain/decimal.ts';
import type { Side, Symbol } from '../../domain/terms.ts';

/** Settled in what, a record has to say: `BTC` alone is any of several markets. */
const WITH_QUOTE = /^[A-Z0-9]+?[/\-_]?(?:USDT|USDC|USD)(?::[A-Z]+)?$/;

export function symbolIn(value: unknown): Symbol | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value
    .trim()
    .toUpperCase()
    .replace(/(?:[-_.](?:SWAP|PERP|P))$/, '');
  return WITH_QUOTE.test(text) ? parseSymbol(text) : undefined;
}

const SIDES: Readonly<Record<string, Side | null>> = {
  long: 'long',
  buy: 'long',
  short: 'short',
  sell: 'short',
  both: null,
  net: null,
};

/** Null: a word of one-way mode that tells no direction. */
export const sideIn = (value: unknown): Side | null | undefined =>
  typeof value === 'string' ? SIDES[value.trim().toLowerCase()] : undefined;

export type Amount = { quantity: Decimal; /** By its sign. */ side: Side | null };

export function amountIn(value: unknown): Amount | undefined {
  const amount = decimalIn(value);
  if (amount === undefined) return undefined;
  return lt(amount, '0') ? { quantity: neg(amount), side: 'short' } : { quantity: amount, side: null };
}

/** Null: 0, by which bots say "none". */
export function priceIn(value: unknown): Decimal | null | undefined {
  const price = decimalIn(value);
  if (price === undefined) return undefined;
  if (isZero(price)) return null;
  return isPositive(price) ? price : undefined;
}

const decimalIn = (value: unknown): Decimal | undefined =>
  parseDecimal(typeof value === 'bigint' ? String(value) : value);

/** Ids are compared as text. A number that lost digits on its way is no id. */
export function idIn(value: unknown): string | undefined {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' && value.trim() !== '0' ? value.trim() : undefined;
}

/** Whether it is one of an exchange's own numbers, and not a row number of the bot. */
export const isLongId = (id: string): boolean => /^\d{12,}$/.test(id);

export type TimeReading = { atMs: number } | { problem: string };

const EARLIEST_MS = Date.UTC(2015);
const LATEST_MS = Date.UTC(2100);
const ZONED = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:Z|UTC|[+-]\d\d(?::?\d\d)?)$/i;
const LOCAL = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/;

/**
 * ISO 8601, or seconds, milliseconds or microseconds since 1970.
 *
 * @param utcOffset of times that name none, such as `+09:00`; absent: such a time is not read
 */
export function timeIn(value: unknown, utcOffset?: string): TimeReading {
  const text = typeof value === 'string' ? value.trim() : String(value);
  const number = parseDecimal(text);
  const atMs = number === undefined ? isoIn(text, utcOffset) : epochIn(Number(number));
  if (atMs === 'zone') return { problem: `${text} names no time zone: say --utc-offset, such as +00:00` };
  const isLikely = atMs !== undefined && atMs >= EARLIEST_MS && atMs <= LATEST_MS;
  return isLikely ? { atMs } : { problem: `${text} is no time` };
}

function epochIn(number: number): number {
  if (number < 1e11) return Math.round(number * 1_000);
  return Math.round(number < 1e14 ? number : number / 1_000);
}

function isoIn(text: string, utcOffset: string | undefined): number | 'zone' | undefined {
  const zoned = ZONED.test(text);
  if (!zoned && !LOCAL.test(text)) return undefined;
  if (!zoned && utcOffset === undefined) return 'zone';
  const whole = zoned ? text.replace(/\s?UTC$/i, 'Z').replace(/\s(?=[+-])/, '') : `${text}${utcOffset}`;
  const atMs = Date.parse(whole.replace(' ', 'T').replace(/([+-]\d\d):?(\d\d)?$/, zoneText));
  return Number.isNaN(atMs) ? undefined : atMs;
}

const zoneText = (_: string, hours: string, minutes = '00'): string => `${hours}:${minutes}`;

/** Words by which bots say that a position is over; any other leaves it to the exchange to tell. */
const OVER = /^(?:closed|close|exited|exit|completed|finished|liquidated|stopped_out|stopped)(?:[_ -].*)?$/i;

export const isOver = (value: unknown): boolean => typeof value === 'string' && OVER.test(value.trim());
