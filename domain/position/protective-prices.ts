/** At which prices a position's stops and targets belong. */
import { add, div, gt, lt, mul, roundToStep, sub, type Decimal } from '../decimal.ts';
import type { ProtectionPrice } from '../commands.ts';
import type { PositionState } from './position.ts';
import type { TrailingSpec, Tranche } from './tranche.ts';
import { trancheEntryPrice } from './quantities.ts';
import type { Side } from '../terms.ts';

type Levels = { side: Side; entry: Decimal | null; tickSize: Decimal };

/**
 * The price a spec asks for, on the tick; stops round towards the entry, which is the safe side. Null
 * where the entry price, or the volatility that it is measured by, is not known yet.
 */
export function protectionPrice(
  spec: ProtectionPrice | null,
  kind: 'stop' | 'target',
  { side, entry, tickSize }: Levels,
): Decimal | null {
  if (spec === null) return null;
  const below = (side === 'long') === (kind === 'stop');
  const rounding = kind === 'target' ? 'nearest' : side === 'long' ? 'up' : 'down';
  if ('price' in spec) return roundToStep(spec.price, tickSize, rounding);
  if (entry === null) return null;
  const distance = distanceOf(spec, entry);
  if (distance === null) return null;
  return roundToStep(below ? sub(entry, distance) : add(entry, distance), tickSize, rounding);
}

/** How far away from a price, in quote units. */
export function distanceOf(
  spec: Exclude<ProtectionPrice, { price: Decimal }>,
  from: Decimal,
): Decimal | null {
  if ('percent' in spec) return div(mul(from, spec.percent), '100');
  return 'distance' in spec ? spec.distance : null;
}

/** Where the stop of a tranche belongs: the tightest of what was asked for and where it has moved by itself. */
export function wantedStop(state: PositionState, tranche: Tranche): Decimal | null {
  const asked = protectionPrice(tranche.stopLoss, 'stop', levelsOf(state, tranche));
  const moved = movedStop(state, tranche);
  if (asked === null || moved === null) return moved?.price ?? asked;
  return isTighter(state.side, moved.price, asked) ? moved.price : asked;
}

/** Whether a stop of this side closes earlier at `a` than at `b`. */
export const isTighter = (side: Side, a: Decimal, b: Decimal): boolean =>
  side === 'long' ? gt(a, b) : lt(a, b);

type MovedStop = { price: Decimal; by: 'trailing' | 'break_even' };

/** Where trailing and break-even have brought the stop; null: nowhere yet. */
export function movedStop(state: PositionState, tranche: Tranche): MovedStop | null {
  const moved = [trailedStop(state, tranche), breakEvenStop(state, tranche)].filter((each) => each !== null);
  return moved.reduce<MovedStop | null>(
    (tightest, each) => (tightest && !isTighter(state.side, each.price, tightest.price) ? tightest : each),
    null,
  );
}

function trailedStop({ side, market }: PositionState, { trailing, trailedTo }: Tranche): MovedStop | null {
  if (!trailing || trailedTo === undefined) return null;
  const distance = distanceOf(trailing.distance, trailedTo);
  if (distance === null) return null;
  const price = roundToStep(
    side === 'long' ? sub(trailedTo, distance) : add(trailedTo, distance),
    market.tickSize,
    side === 'long' ? 'up' : 'down',
  );
  return { price, by: 'trailing' };
}

function breakEvenStop(state: PositionState, tranche: Tranche): MovedStop | null {
  const entry = trancheEntryPrice(state, tranche.id);
  if (!tranche.breakEven || !tranche.breakEvenReached || entry === null) return null;
  const { offset = '0' } = tranche.breakEven;
  // In its favour, which is where a target of the same distance would be.
  const price = protectionPrice({ percent: offset }, 'target', levelsOf(state, tranche));
  return price === null ? null : { price, by: 'break_even' };
}

export const levelsOf = (state: PositionState, tranche: Tranche): Levels => ({
  side: state.side,
  entry: trancheEntryPrice(state, tranche.id),
  tickSize: state.market.tickSize,
});

/** How much better the price must get before a trailing stop is moved: a tenth of its distance unless said. */
export function trailingStep({ distance, step }: TrailingSpec, from: Decimal, tickSize: Decimal): Decimal {
  const asked = step ? distanceOf(step, from) : null;
  const wide = asked ?? div(distanceOf(distance, from) ?? tickSize, '10');
  return lt(wide, tickSize) ? tickSize : wide;
}
