/** Cover: how much of what is open live stops would close. */
import { gte, max, min, sum, ZERO, type Decimal } from '../decimal.ts';
import type { Intent, PositionState } from './position.ts';
import { intentsOf, isLive, openQuantity, remaining } from './quantities.ts';
import { wantedTargets } from './targets.ts';

/** Base units that live stops, own or foreign, would close. */
export function coveredQuantity(state: PositionState): Decimal {
  const open = openQuantity(state);
  const own = sum(
    intentsOf(state, 'stop')
      .filter((intent) => isLive(intent) && protects(state, intent))
      .map(remaining),
  );
  const foreign = state.foreignOrders.some((order) => order.covers && gte(order.quantity, open))
    ? open
    : ZERO;
  return min(open, max(own, foreign));
}

/** A stop that somebody moved beyond a target is none. */
function protects(state: PositionState, { rests, trancheId }: Intent): boolean {
  const tranche = state.tranches.find(({ id }) => id === trancheId);
  const trigger = rests?.triggerPrice;
  if (trigger === undefined || !tranche) return true;
  return wantedTargets(state, tranche).every(({ price }) =>
    state.side === 'long' ? !gte(trigger, price) : !gte(price, trigger),
  );
}

export const isCovered = (state: PositionState): boolean => gte(coveredQuantity(state), openQuantity(state));
