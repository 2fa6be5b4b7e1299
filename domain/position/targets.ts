/**
 * The targets of a tranche: one for all of it, or several that each close a share. Shares are of all that
 * the tranche ever held, in whole lots; what was closed otherwise comes out of all of them in proportion.
 */
import { add, div, isPositive, lt, max, mul, roundToStep, sub, sum, ZERO, type Decimal } from '../decimal.ts';
import type { Intent, PositionState, TargetLevel, Tranche } from './position.ts';
import { levelsOf, protectionPrice } from './protective-prices.ts';
import { addedQuantity, trancheQuantity } from './quantities.ts';

/** `target`: which of several; absent where there is only one. */
export type WantedTarget = { target?: string; price: Decimal; quantity: Decimal };

/** The targets that still have something to close, nearest first. */
export function wantedTargets(state: PositionState, tranche: Tranche): WantedTarget[] {
  const levels = levelsOf(state, tranche);
  if (!tranche.targets) {
    const price = protectionPrice(tranche.takeProfit, 'target', levels);
    return price === null ? [] : [{ price, quantity: trancheQuantity(state, tranche.id) }];
  }
  return targetShares(state, tranche.id, tranche.targets).flatMap(({ level, quantity }) => {
    const price = protectionPrice(level.at, 'target', levels);
    return price === null || !isPositive(quantity) ? [] : [{ target: level.id, price, quantity }];
  });
}

type Share = { level: TargetLevel; quantity: Decimal };

/** What each of several targets still has to close. */
export function targetShares(
  state: PositionState,
  trancheId: string,
  targets: readonly TargetLevel[],
): Share[] {
  const { lotSize, minQuantity } = state.market;
  const open = trancheQuantity(state, trancheId);
  const planned = plannedShares(addedQuantity(state, trancheId), targets, lotSize);
  const left = planned.parts.map((quantity, index) => {
    const { id } = targets[index] ?? { id: '' };
    return max(ZERO, sub(quantity, closedAt(state, trancheId, id)));
  });
  const all = add(sum(left), planned.rest);
  const shares = left.map((quantity) => scaled(quantity, open, all, lotSize));
  const wanted = targets.map((level, index) => ({ level, quantity: shares[index] ?? ZERO }));
  return withoutDust(withRest(wanted, open, planned.rest), minQuantity);
}

/** In whole lots by running totals, so that nothing is lost between them; `rest` has no target. */
function plannedShares(
  added: Decimal,
  targets: readonly TargetLevel[],
  lot: Decimal,
): { parts: Decimal[]; rest: Decimal } {
  let share: Decimal = ZERO;
  let before: Decimal = ZERO;
  const parts = targets.map((level) => {
    share = add(share, level.share);
    const total = lt(share, '100') ? roundToStep(div(mul(added, share), '100'), lot, 'down') : added;
    const part = sub(total, before);
    before = total;
    return part;
  });
  return { parts, rest: sub(added, before) };
}

const scaled = (part: Decimal, open: Decimal, all: Decimal, lot: Decimal): Decimal =>
  lt(open, all) ? roundToStep(div(mul(part, open), all), lot, 'down') : part;

/** Lots that the rounding left are the furthest target's, where everything has one. */
function withRest(shares: Share[], open: Decimal, rest: Decimal): Share[] {
  const last = shares.findLastIndex(({ quantity }) => isPositive(quantity));
  const missing = sub(open, sum(shares.map(({ quantity }) => quantity)));
  if (isPositive(rest) || last < 0 || !isPositive(missing)) return shares;
  return shares.map((share, index) =>
    index === last ? { ...share, quantity: add(share.quantity, missing) } : share,
  );
}

/** What is too little for an order goes with the next target, and at the end with the one before. */
function withoutDust(shares: Share[], minimum: Decimal): Share[] {
  let carried: Decimal = ZERO;
  const kept = shares.map(({ level, quantity }) => {
    const here = add(quantity, carried);
    const enough = isPositive(here) && !lt(here, minimum);
    carried = enough ? ZERO : here;
    return { level, quantity: enough ? here : ZERO };
  });
  const last = kept.findLastIndex(({ quantity }) => isPositive(quantity));
  return kept.map((share, index) =>
    index === last ? { ...share, quantity: add(share.quantity, carried) } : share,
  );
}

/** Base units that the orders of one of several targets, or closes in its place, have closed. */
const closedAt = (state: PositionState, trancheId: string, target: string): Decimal =>
  sum(ordersAt(state, trancheId, target).map((intent) => intent.filledQuantity));

const ordersAt = (state: PositionState, trancheId: string, target: string): Intent[] =>
  state.intents.filter(
    (intent) => intent.role !== 'entry' && intent.trancheId === trancheId && intent.target === target,
  );

/** How many of several targets have closed what was theirs; of a single one, whether it has filled at all. */
export function targetsFilled(state: PositionState, { id, targets }: Tranche): number {
  if (!targets) {
    const filled = state.intents.some(
      ({ role, trancheId, filledQuantity }) =>
        role === 'target' && trancheId === id && isPositive(filledQuantity),
    );
    return filled ? 1 : 0;
  }
  const { parts } = plannedShares(addedQuantity(state, id), targets, state.market.lotSize);
  return targets.filter((level, index) => {
    const closed = closedAt(state, id, level.id);
    return isPositive(closed) && !lt(closed, parts[index] ?? ZERO);
  }).length;
}
