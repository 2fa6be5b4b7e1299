/**
 * The price at which tranches are merged for their profit: where the second of them has gone as far beyond
 * its entry as is configured. Before that there is nothing to merge with, so nothing else is watched.
 */
import { compare, gt, isPositive, type Decimal } from '../decimal.ts';
import type { PositionEvent } from './events.ts';
import type { PositionState } from './position.ts';
import type { Tranche } from './tranche.ts';
import { levelsOf, protectionPrice } from './protective-prices.ts';
import { trancheQuantity } from './quantities.ts';

type ProfitLevel = { trancheId: string; price: Decimal; known: boolean };

/** One price at most: none unless two tranches are open, and none while a merge only waits for its moment. */
export function mergingLevels(state: PositionState): Omit<ProfitLevel, 'known'>[] {
  const levels = profitLevels(state);
  const second = levels[1];
  return second && levels.filter(({ known }) => known).length < 2 ? [second] : [];
}

/** Every tranche that is profitable at a price, as far as that is news. */
export const profitable = (state: PositionState, price: Decimal, nowMs: number): PositionEvent[] =>
  profitLevels(state)
    .filter((level) => !level.known && !isFurther(state, level.price, price))
    .map(({ trancheId }) => ({ type: 'TrancheProfitable', trancheId, nowMs }));

/** Nearest first. */
function profitLevels(state: PositionState): ProfitLevel[] {
  const percent = state.settings.mergeProfitable?.percent;
  if (percent === undefined) return [];
  return state.tranches
    .filter(({ id, iceberg }) => iceberg === undefined && isPositive(trancheQuantity(state, id)))
    .flatMap((tranche) => profitLevel(state, tranche, percent))
    .toSorted((a, b) => (state.side === 'long' ? 1 : -1) * compare(a.price, b.price));
}

function profitLevel(state: PositionState, tranche: Tranche, percent: Decimal): ProfitLevel[] {
  const price = protectionPrice({ percent }, 'target', levelsOf(state, tranche));
  return price === null ? [] : [{ trancheId: tranche.id, price, known: tranche.profitable === true }];
}

const isFurther = ({ side }: PositionState, a: Decimal, b: Decimal): boolean =>
  side === 'long' ? gt(a, b) : gt(b, a);
