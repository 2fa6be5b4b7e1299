/** Cover: how much of what is open live stops would close. */
import { gte, isPositive, max, min, sum, ZERO, type Decimal } from '../decimal.ts';
import type { Intent, PositionState } from './position.ts';
import type { Tranche } from './tranche.ts';
import { wantedStop } from './protective-prices.ts';
import { intentsOf, isLive, openQuantity, remaining, trancheQuantity } from './quantities.ts';
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

/** Whether live stops would close all that is open. */
export const coversAll = (state: PositionState): boolean => gte(coveredQuantity(state), openQuantity(state));

/**
 * Whether they would close all that is to have a stop: a tranche that somebody left without one, beside
 * others, does not make these uncovered. Where none is to have one, nothing is covered.
 */
export const isCovered = (state: PositionState): boolean =>
  gte(coveredQuantity(state), min(openQuantity(state), toCover(state)));

function toCover(state: PositionState): Decimal {
  const stopped = heldTranches(state).filter((tranche) => wantsStop(state, tranche));
  if (stopped.length === 0) return openQuantity(state);
  return sum(stopped.map(({ id }) => trancheQuantity(state, id)));
}

/** Those of which something is open; a position's only one always counts. */
export const heldTranches = (state: PositionState): Tranche[] =>
  state.tranches.length === 1
    ? state.tranches
    : state.tranches.filter(({ id }) => isPositive(trancheQuantity(state, id)));

/** It has a stop, or will have one once its entry price is known. */
export const wantsStop = (state: PositionState, tranche: Tranche): boolean =>
  tranche.stopLoss !== null || wantedStop(state, tranche) !== null;
