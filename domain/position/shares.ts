/** Which tranches an execution that nobody here ordered belongs to: all of them, in proportion. */
import { div, gt, isPositive, max, min, mul, roundToStep, sub, sum, ZERO, type Decimal } from '../decimal.ts';
import type { PositionState } from './position.ts';
import { trancheQuantity } from './quantities.ts';

export type Share = { trancheId: string; quantity: Decimal; fee: Decimal | null };

type Part = { trancheId: string; has: Decimal; exact: Decimal; takes: Decimal };

/**
 * The shares of a reduction, in whole lots, none of a tranche more than it has. What is more than all of
 * them have is the last one's: an addition that the reduction closed too is not known yet. The fee goes
 * with the quantity; both add up to the whole, to the last digit.
 */
export function sharesOf(state: PositionState, quantity: Decimal, fee: Decimal | null): Share[] {
  const parts = withRest(inLots(state, quantity), quantity, state.market.lotSize).filter(({ takes }) =>
    isPositive(takes),
  );
  let left = fee;
  return parts.map(({ trancheId, takes }, index) => {
    const last = index === parts.length - 1;
    const part = fee === null || last ? left : div(mul(fee, takes), quantity);
    left = left === null || part === null ? null : sub(left, part);
    return { trancheId, quantity: takes, fee: part };
  });
}

function inLots(state: PositionState, quantity: Decimal): Part[] {
  const { lotSize } = state.market;
  const held = state.tranches.map(({ id }) => ({ trancheId: id, has: trancheQuantity(state, id) }));
  const open = sum(held.map(({ has }) => has));
  return held.map(({ trancheId, has }) => {
    const exact = isPositive(open) ? div(mul(quantity, has), open) : ZERO;
    return { trancheId, has, exact, takes: min(has, roundToStep(exact, lotSize, 'down')) };
  });
}

/** Lots that the rounding left go to those that lost most by it; what is less than a lot, to any that has it. */
function withRest(parts: Part[], quantity: Decimal, lot: Decimal): Part[] {
  let left = sub(quantity, sum(parts.map(({ takes }) => takes)));
  const byLoss = parts.toSorted((a, b) => (gt(sub(b.exact, b.takes), sub(a.exact, a.takes)) ? 1 : -1));
  const rest = new Map<string, Decimal>();
  for (const limit of [lot, quantity]) {
    for (const { trancheId, has, takes } of byLoss) {
      const before = rest.get(trancheId) ?? ZERO;
      const more = min(min(left, limit), max(ZERO, sub(sub(has, takes), before)));
      rest.set(trancheId, sum([before, more]));
      left = sub(left, more);
    }
  }
  return parts.map((part, index) => ({
    ...part,
    takes: sum([part.takes, rest.get(part.trancheId) ?? ZERO, ...(index === parts.length - 1 ? [left] : [])]),
  }));
}
