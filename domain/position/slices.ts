/** How a limit entry that shows only a part of itself is cut. */
import { isPositive, lt, min, mul, sub, type Decimal } from '../decimal.ts';
import type { IcebergEntry } from './tranche.ts';
import type { MarketRules } from '../terms.ts';

/** How much the next slice shows, base units; what would be too little for the last one goes with it. */
export function nextSlice(
  { total, visible, limitPrice }: IcebergEntry,
  entered: Decimal,
  { minQuantity, minNotional }: MarketRules,
): Decimal {
  const left = sub(total, entered);
  const slice = min(left, visible);
  const rest = sub(left, slice);
  const tooLittle = isPositive(rest) && (lt(rest, minQuantity) || lt(mul(rest, limitPrice), minNotional));
  return tooLittle ? left : slice;
}
