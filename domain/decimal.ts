/**
 * Decimal arithmetic for prices, quantities and money.
 *
 * Everywhere in Holdfast such a figure is a plain decimal string (`"0.05"`, never `5e-2`);
 * this file is the only one that computes with them. Rounding is always explicit.
 */
import Big from 'big.js';

/** A finite number in plain decimal notation, e.g. `"109206.8"`, `"-0.0025"`. */
export type Decimal = string;

// A strict constructor of our own: exact for every digit an exchange sends,
// and it throws on a JavaScript number, so that a float can never slip in.
const Exact = Big();
Exact.strict = true;
Exact.DP = 30;
Exact.PE = 1e6;
Exact.NE = -1e6;

const PLAIN = /^-?\d+(\.\d+)?$/;

/** As this module writes it: no leading or closing zero that says nothing, no sign before 0. */
const NORMAL = /^(?!-0$)-?(0|[1-9]\d*)(\.\d*[1-9])?$/;

/** Whether `value` is a decimal string that this module accepts. */
export function isDecimal(value: unknown): value is Decimal {
  return typeof value === 'string' && PLAIN.test(value);
}

/**
 * Reads what a wire delivered (a string, possibly in exponent notation, or a safe number) as a
 * decimal; `undefined` where it is no finite number. Filter, don't coerce: `""` and `null` are not 0.
 */
export function parseDecimal(value: unknown): Decimal | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? normal(String(value)) : undefined;
  // Most of what exchanges send is as it should be, and there are thousands of figures in a reading.
  if (typeof value === 'string' && NORMAL.test(value)) return value;
  if (typeof value !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(value.trim()))
    return undefined;
  return normal(value.trim().replace(/^\+/, ''));
}

function normal(text: string): Decimal {
  return plain(new Exact(text));
}

/** `toFixed()` keeps every digit and never writes an exponent; a negative zero loses its sign. */
function plain(value: Big): Decimal {
  const text = value.toFixed();
  return text === '-0' ? '0' : text;
}

export const ZERO: Decimal = '0';

export const add = (a: Decimal, b: Decimal): Decimal => plain(new Exact(a).plus(b));
export const sub = (a: Decimal, b: Decimal): Decimal => plain(new Exact(a).minus(b));
export const mul = (a: Decimal, b: Decimal): Decimal => plain(new Exact(a).times(b));
/** Division to 30 decimal places, half up. Throws on a zero divisor. */
export const div = (a: Decimal, b: Decimal): Decimal => plain(new Exact(a).div(b));
export const neg = (a: Decimal): Decimal => plain(new Exact(a).neg());
export const abs = (a: Decimal): Decimal => plain(new Exact(a).abs());
export const sum = (values: readonly Decimal[]): Decimal =>
  plain(values.reduce((total, value) => total.plus(value), new Exact(ZERO)));

/** -1, 0 or 1, as for a sort. */
export const compare = (a: Decimal, b: Decimal): -1 | 0 | 1 => new Exact(a).cmp(b);
export const eq = (a: Decimal, b: Decimal): boolean => compare(a, b) === 0;
export const lt = (a: Decimal, b: Decimal): boolean => compare(a, b) < 0;
export const lte = (a: Decimal, b: Decimal): boolean => compare(a, b) <= 0;
export const gt = (a: Decimal, b: Decimal): boolean => compare(a, b) > 0;
export const gte = (a: Decimal, b: Decimal): boolean => compare(a, b) >= 0;
export const isZero = (a: Decimal): boolean => compare(a, ZERO) === 0;
export const isPositive = (a: Decimal): boolean => compare(a, ZERO) > 0;
export const min = (a: Decimal, b: Decimal): Decimal => (lte(a, b) ? a : b);
export const max = (a: Decimal, b: Decimal): Decimal => (gte(a, b) ? a : b);

/** How to round to a step: towards zero, away from zero, or to the nearest (half away from zero). */
export type Rounding = 'down' | 'up' | 'nearest';

const MODES: Record<Rounding, 0 | 1 | 3> = { down: 0, nearest: 1, up: 3 };

/** The multiple of `step` (tick or lot, > 0) that `value` rounds to. */
export function roundToStep(value: Decimal, step: Decimal, rounding: Rounding): Decimal {
  const steps = new Exact(value).div(step).round(0, MODES[rounding]);
  return plain(steps.times(step));
}

/** Whether `value` is a whole multiple of `step`. */
export function isMultiple(value: Decimal, step: Decimal): boolean {
  return new Exact(value).mod(step).eq(ZERO);
}

/** `value` with at most `places` decimals, half up: for people's eyes and derived averages only. */
export const toPlaces = (value: Decimal, places: number): Decimal => plain(new Exact(value).round(places, 1));
