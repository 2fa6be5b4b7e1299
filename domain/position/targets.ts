/**
 * The targets of a tranche: one for all of it, or several that each close a share, in whole lots. What is
 * open is divided among those that are not reached yet, so that whatever else adds to the tranche or closes
 * a part of it changes all of them in proportion.
 */
import { add, div, isPositive, lt, mul, roundToStep, sub, sum, ZERO, type Decimal } from '../decimal.ts';
import type { Intent, PositionState } from './position.ts';
import type { TargetLevel, Tranche } from './tranche.ts';
import { levelsOf, protectionPrice } from './protective-prices.ts';
import { trancheQuantity } from './quantities.ts';

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

/** What each of several targets still has to close: nothing once it is reached. */
export function targetShares(
  state: PositionState,
  trancheId: string,
  targets: readonly TargetLevel[],
): Share[] {
  const done = reached(state, trancheId, targets);
  const ahead = targets
    .filter((level) => !done.has(level))
    .map((level) => ({ level, closed: closedAt(state, trancheId, level.id) }));
  const rest = sub('100', sum(targets.map(({ share }) => share)));
  const open = trancheQuantity(state, trancheId);
  const shares = withoutDust(shared(open, ahead, rest, state.market.lotSize), state.market.minQuantity);
  return targets.map((level) => shares.find((share) => share.level === level) ?? { level, quantity: ZERO });
}

type Ahead = { level: TargetLevel; closed: Decimal };

/**
 * What is open, with what unreached targets have closed of theirs so far, divided by their shares. Lots
 * that the rounding left are the furthest one's, where everything has a target.
 */
function shared(open: Decimal, ahead: readonly Ahead[], rest: Decimal, lot: Decimal): Share[] {
  if (!isPositive(open)) return [];
  const total = add(open, sum(ahead.map(({ closed }) => closed)));
  const percents = add(rest, sum(ahead.map(({ level }) => level.share)));
  const exact = ahead.map(({ level, closed }) => ({
    level,
    quantity: sub(div(mul(total, level.share), percents), closed),
  }));
  // One that has closed more than its share by now leaves the rest to the others.
  const done = ahead.filter((_, index) => !isPositive(exact[index]?.quantity ?? ZERO));
  if (done.length > 0)
    return shared(
      open,
      ahead.filter((each) => !done.includes(each)),
      rest,
      lot,
    );
  const whole = exact.map(({ level, quantity }) => ({ level, quantity: roundToStep(quantity, lot, 'down') }));
  if (isPositive(rest)) return whole;
  const missing = sub(open, sum(whole.map(({ quantity }) => quantity)));
  return whole.map((share, index) =>
    index === whole.length - 1 ? { ...share, quantity: add(share.quantity, missing) } : share,
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

/** How many targets have closed what was theirs; of a single one, whether it has filled at all. */
export function targetsFilled(state: PositionState, { id, targets }: Tranche): number {
  if (targets) return reached(state, id, targets).size;
  const filled = state.intents.some(
    ({ role, trancheId, filledQuantity }) =>
      role === 'target' && trancheId === id && isPositive(filledQuantity),
  );
  return filled ? 1 : 0;
}

/** Those that have filled; and before the furthest of them those that had no order, for what was theirs went with it. */
function reached(
  state: PositionState,
  trancheId: string,
  targets: readonly TargetLevel[],
): ReadonlySet<TargetLevel> {
  const orders = targets.map(({ id }) => ordersAt(state, trancheId, id));
  const hasFilled = orders.map((all) =>
    all.some(({ status }) => status.name === 'done' && status.how === 'filled'),
  );
  const furthest = hasFilled.lastIndexOf(true);
  return new Set(
    targets.filter((_, index) => hasFilled[index] || (index < furthest && orders[index]?.length === 0)),
  );
}
