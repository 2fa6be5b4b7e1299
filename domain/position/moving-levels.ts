/** Levels that are no exits: where a stop is to be moved, or a tranche may be merged. */
import type { Decimal } from '../decimal.ts';
import type { PositionEvent } from './events.ts';
import type { TrancheLevel } from './levels.ts';
import type { PositionState } from './position.ts';
import { profitable } from './profit-levels.ts';
import { isTighter } from './protective-prices.ts';

/** What the price at such a level leads to. */
export function wakeUp(
  state: PositionState,
  { kind, trancheId }: TrancheLevel,
  price: Decimal,
  nowMs: number,
): PositionEvent[] {
  const { side, tranches } = state;
  const tranche = tranches.find(({ id }) => id === trancheId);
  if (!tranche) return [];
  switch (kind) {
    case 'trail': {
      const { trailedTo } = tranche;
      const better = trailedTo === undefined || isTighter(side, price, trailedTo);
      return better ? [{ type: 'StopTrailed', trancheId, to: price, nowMs }] : [];
    }
    case 'break_even':
      return tranche.breakEvenReached ? [] : [{ type: 'BreakEvenReached', trancheId, nowMs }];
    case 'profit':
      return profitable(state, price, nowMs);
    case 'stop':
    case 'target':
      return [];
  }
}
