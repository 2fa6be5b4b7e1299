/**
 * When a stop moves by itself: trailing, which follows the best price step by step, and break-even.
 *
 * Invariants kept here:
 * - it only ever tightens: `wantedStop` takes the tightest of what was asked for and what has moved;
 * - the watcher wakes the position once a step, never once a tick: the next step is a price level.
 */
import { add, div, isPositive, mul, roundToStep, sub, type Decimal } from '../decimal.ts';
import type { Refusal } from '../commands.ts';
import type { PositionEvent } from './events.ts';
import type { PositionState } from './position.ts';
import type { TrailingSpec, Tranche } from './tranche.ts';
import {
  distanceOf,
  isTighter,
  levelsOf,
  movedStop,
  protectionPrice,
  trailingStep,
  wantedStop,
} from './protective-prices.ts';
import { trancheEntryPrice, trancheQuantity } from './quantities.ts';
import { checkSide } from '../rules.ts';
import { targetsFilled } from './targets.ts';
import type { ExitReason, PriceLevel } from '../view.ts';

type MovingLevel = { kind: Extract<PriceLevel['kind'], 'trail' | 'break_even'>; price: Decimal };

/** The prices at which the stop of a tranche is to move next. */
export function movingLevels(state: PositionState, tranche: Tranche): MovingLevel[] {
  const trail = trailLevel(state, tranche);
  const breakEven = breakEvenLevel(state, tranche);
  return [
    ...(trail === null ? [] : [{ kind: 'trail' as const, price: trail }]),
    ...(breakEven === null ? [] : [{ kind: 'break_even' as const, price: breakEven }]),
  ];
}

/** What moves without a price being crossed: trailing that begins with the entry, break-even after targets. */
export function planMoves(state: PositionState, nowMs: number): PositionEvent[] {
  if (state.stage.name !== 'open' || state.policy === 'watch') return [];
  return state.tranches
    .filter(({ id }) => isPositive(trancheQuantity(state, id)))
    .flatMap((tranche) => [...beginsAtOnce(state, tranche, nowMs), ...afterTargets(state, tranche, nowMs)])
    .slice(0, 1);
}

/** How an exit by a stop at this price is to be told: by whether it stands where it moved to by itself. */
export function stopReason(state: PositionState, tranche: Tranche, price: Decimal): ExitReason | undefined {
  const moved = movedStop(state, tranche);
  if (moved === null || moved.price !== price) return undefined;
  return moved.by === 'trailing' ? 'TRAILING_STOP' : 'BREAK_EVEN_STOP';
}

/** The next price to follow to: the activation, or where the stop would be better off by a step. */
function trailLevel(state: PositionState, tranche: Tranche): Decimal | null {
  const { trailing, trailedTo } = tranche;
  if (!trailing) return null;
  const { side, market } = state;
  const rounding = side === 'long' ? 'up' : 'down';
  if (trailedTo !== undefined) {
    const step = trailingStep(trailing, trailedTo, market.tickSize);
    return roundToStep(ahead(state, trailedTo, step), market.tickSize, rounding);
  }
  if (trailing.activation) return protectionPrice(trailing.activation, 'target', levelsOf(state, tranche));
  const stop = wantedStop(state, tranche);
  const entry = trancheEntryPrice(state, tranche.id);
  if (stop === null || entry === null) return null;
  const better = ahead(state, stop, trailingStep(trailing, entry, market.tickSize));
  return roundToStep(bestPriceFor(state, trailing, better), market.tickSize, rounding);
}

/** So much further in the position's favour. */
const ahead = ({ side }: PositionState, price: Decimal, by: Decimal): Decimal =>
  side === 'long' ? add(price, by) : sub(price, by);

/** The best price that brings a trailed stop to `stop`. */
function bestPriceFor({ side }: PositionState, { distance }: TrailingSpec, stop: Decimal): Decimal {
  if ('distance' in distance)
    return side === 'long' ? add(stop, distance.distance) : sub(stop, distance.distance);
  const kept = side === 'long' ? sub('100', distance.percent) : add('100', distance.percent);
  return div(mul(stop, '100'), kept);
}

/** Without an activation, from the entry price on, where that is better than the stop that is wanted. */
function beginsAtOnce(state: PositionState, tranche: Tranche, nowMs: number): PositionEvent[] {
  const { trailing, trailedTo, id: trancheId } = tranche;
  const entry = trancheEntryPrice(state, trancheId);
  if (!trailing || trailing.activation || trailedTo !== undefined || entry === null) return [];
  const distance = distanceOf(trailing.distance, entry);
  const stop = wantedStop(state, tranche);
  if (distance === null) return [];
  const begins = stop === null || isTighter(state.side, behind(state, entry, distance), stop);
  return begins ? [{ type: 'StopTrailed', trancheId, to: entry, nowMs }] : [];
}

/** Why trailing that begins with the entry may not be asked for at this price: its stop would act at once. */
export function refuseLateTrailing(
  state: PositionState,
  tranche: Tranche,
  trailing: TrailingSpec,
  price: Decimal,
): Refusal | null {
  const entry = trancheEntryPrice(state, tranche.id);
  const distance = entry === null ? null : distanceOf(trailing.distance, entry);
  if (trailing.activation || entry === null || distance === null) return null;
  const stop = roundToStep(behind(state, entry, distance), state.market.tickSize, 'nearest');
  if (checkSide('stop', stop, price, state.side) === null) return null;
  return {
    code: 'wrong_side',
    text: `the trailing stop would begin at ${stop}, and the price is ${price}: name an activation, or a greater distance`,
  };
}

const behind = ({ side }: PositionState, price: Decimal, by: Decimal): Decimal =>
  side === 'long' ? sub(price, by) : add(price, by);

function afterTargets(state: PositionState, tranche: Tranche, nowMs: number): PositionEvent[] {
  const { breakEven, breakEvenReached, id: trancheId } = tranche;
  if (!breakEven || breakEvenReached || !('targets' in breakEven.after)) return [];
  return targetsFilled(state, tranche) >= breakEven.after.targets
    ? [{ type: 'BreakEvenReached', trancheId, nowMs }]
    : [];
}

function breakEvenLevel(state: PositionState, tranche: Tranche): Decimal | null {
  const { breakEven, breakEvenReached } = tranche;
  if (!breakEven || breakEvenReached || 'targets' in breakEven.after) return null;
  return protectionPrice(breakEven.after, 'target', levelsOf(state, tranche));
}
