/** How alike two tellings of one position are where no id proves it: by entry price, quantity and entry time. */
import { abs, lt, lte, max, mul, sub, type Decimal } from '../decimal.ts';
import type { MarketRules } from '../terms.ts';

/** A minute covers the exchange's own delay between an order and its position. */
const ENTRY_TIME_TOLERANCE_MS = 60_000;

export const isSameEntryPrice = (
  a: Decimal,
  b: Decimal,
  { tickSize }: Pick<MarketRules, 'tickSize'>,
): boolean => lt(abs(sub(a, b)), priceTolerance(b, tickSize));

export const isSameQuantity = (a: Decimal, b: Decimal, { lotSize }: Pick<MarketRules, 'lotSize'>): boolean =>
  lt(abs(sub(a, b)), max(lotSize, '0.0001'));

/** Both of one clock. */
export const isSameEntryTime = (aMs: number, bMs: number): boolean =>
  Math.abs(aMs - bMs) <= ENTRY_TIME_TOLERANCE_MS;

/** One quote unit for markets priced in thousands; ten ticks where that would be too coarse. */
function priceTolerance(price: Decimal, tickSize: Decimal): Decimal {
  const ticks = mul(tickSize, '10');
  return lte(price, '1000') ? ticks : max('1', ticks);
}
