/** Reading stops, targets, trailing, break-even and times as people type them. */
import { InvalidArgumentError } from 'commander';
import type { BreakEvenSpec, ProtectionPrice, TimeExit, TrailingStop } from '../../contract/messages.ts';
import { isPositive, lte, parseDecimal, type Decimal } from '../../domain/decimal.ts';

/** A word, as commander turns null into an empty text. */
export type OrNone<T> = T | 'none';

/** One target: where, and how many percent of the tranche are closed there; without a share all of it. */
export type Target = { at: ProtectionPrice; share?: Decimal };

/** `42500` is a price, `1.5%` is that far from the entry, `2atr` as many average true ranges. */
export function priceArgument(text: string): ProtectionPrice {
  const { value, unit } = amountAndUnit(text);
  if (value === undefined) {
    throw new InvalidArgumentError(
      `"${text}" is neither a price such as 42500 nor a distance such as 1.5% or 2atr.`,
    );
  }
  if (unit === '%') return { percent: value };
  return unit === 'atr' ? { atr: value } : { price: value };
}

/** `2%`; or `1%:40`, and with commas or said again several of them; before: those that were said already. */
export function targetsArgument(text: string, before: readonly Target[] = []): Target[] {
  return [...before, ...text.split(',').map(targetArgument)];
}

function targetArgument(text: string): Target {
  const [place = '', share, ...rest] = text.split(':');
  if (share === undefined) return { at: priceArgument(place) };
  const percent = parseDecimal(share.trim().replace(/%$/, ''));
  if (rest.length > 0 || percent === undefined || !isPositive(percent) || !lte(percent, '100'))
    throw new InvalidArgumentError(
      `"${text}" is not a target. Write where, and how many percent are closed there: 1%:40.`,
    );
  return { at: priceArgument(place), share: percent };
}

export const orNone =
  <T, Before extends unknown[]>(read: (text: string, ...before: Before) => T) =>
  (text: string, ...before: Before): OrNone<T> =>
    text.toLowerCase() === 'none' ? 'none' : read(text, ...before);

/** Behind the best price: `1%`, `2atr`, or `150` quote units. */
export function trailArgument(text: string): TrailingStop['distance'] {
  const { value, unit } = amountAndUnit(text);
  if (value === undefined)
    throw new InvalidArgumentError(
      `"${text}" is not a distance to trail at. Write 1%, 2atr, or 150 for a price.`,
    );
  if (unit === '%') return { percent: value };
  return unit === 'atr' ? { atr: value } : { distance: value };
}

export function stepArgument(text: string): NonNullable<TrailingStop['step']> {
  const { value, unit } = amountAndUnit(text);
  if (value === undefined || unit === 'atr')
    throw new InvalidArgumentError(`"${text}" is not a step. Write 0.1%, or 15 for a price.`);
  return unit === '%' ? { percent: value } : { distance: value };
}

/** When the stop goes to the entry price: `tp1`, `1%` or `43000`; `tp1+0.1%` goes a little beyond it. */
export function breakEvenArgument(text: string): BreakEvenSpec {
  const [when = '', beyond, ...rest] = text.split('+');
  const targets = /^tp([1-9]\d?)$/i.exec(when.trim())?.[1];
  const { value, unit } = amountAndUnit(when);
  const offset = beyond === undefined ? undefined : amountAndUnit(beyond);
  const isWrong = (targets === undefined && (value === undefined || unit === 'atr')) || rest.length > 0;
  if (isWrong || (offset && (offset.value === undefined || offset.unit !== '%')))
    throw new InvalidArgumentError(
      `"${text}" is not a break-even. Write tp1 (after the first target), 1% or a price, and +0.1% for a little more.`,
    );
  const at = value ?? '';
  const after = targets ? { targets: Number(targets) } : unit === '%' ? { percent: at } : { price: at };
  return { after, ...(offset?.value !== undefined && { offset: offset.value }) };
}

const MINUTES: Readonly<Record<string, number>> = { m: 1, min: 1, h: 60, d: 1_440 };

/** So long after the first fill (`90m`, `2h`, `1d`), or at a time. */
export function timeExitArgument(text: string): TimeExit {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*(m|min|h|d)$/i.exec(text.trim()) ?? [];
  const minutes = MINUTES[unit.toLowerCase()];
  if (amount !== undefined && minutes !== undefined) return { afterMinutes: Number(amount) * minutes };
  const atMs = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs))
    throw new InvalidArgumentError(
      `"${text}" is neither a time such as 2026-01-31T12:00:00Z nor a duration such as 90m, 2h or 1d.`,
    );
  return { at: new Date(atMs).toISOString() };
}

function amountAndUnit(text: string): { value?: Decimal; unit: '' | '%' | 'atr' } {
  const [, amount = '', word = ''] = /^(.*?)\s*(%|atr)?$/i.exec(text.trim()) ?? [];
  const parsed = parseDecimal(amount.replaceAll('_', ''));
  const unit = word === '%' ? '%' : word === '' ? '' : 'atr';
  return parsed !== undefined && isPositive(parsed) ? { value: parsed, unit } : { unit };
}
