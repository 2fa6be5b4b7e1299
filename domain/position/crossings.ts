/**
 * What a price that was crossed leads to. A stop or target that should have acted is given its grace;
 * then what it was to close is closed at market: the whole position, or only its part.
 */
import { gt, gte, isPositive, sub, type Decimal } from '../decimal.ts';
import type { PriceCrossing } from '../commands.ts';
import { closesAtLimit, closesAtMarket, heldAtLimit, isLeaving, takenBack } from './closes.ts';
import type { PositionEvent } from './events.ts';
import { heldOffUntil } from './hold-offs.ts';
import { priceLevels, type TrancheLevel } from './levels.ts';
import { closeIntent } from './orders.ts';
import type { Crossing, Intent, PositionState } from './position.ts';
import { activeIntents, openQuantity, trancheQuantity } from './quantities.ts';
import { wantedTargets } from './targets.ts';
import { wakeUp } from './moving-levels.ts';

export function decideCrossing(
  state: PositionState,
  crossing: PriceCrossing,
  nowMs: number,
): PositionEvent[] {
  const level = priceLevels(state).find((each) => each.levelId === crossing.levelId);
  if (!level || state.crossings.some((each) => each.levelId === level.levelId)) return [];
  if (level.kind !== 'stop' && level.kind !== 'target') return wakeUp(state, level, crossing.price, nowMs);
  return [
    { type: 'PriceCrossed', crossing: crossingOf(level, level.kind, nowMs) },
    // The order has most likely just acted: look now rather than wait for the next reading.
    ...ordersOf(state, level.kind, level).map((intent) => ({
      type: 'LookWanted' as const,
      number: intent.number,
      nowMs,
    })),
  ];
}

const crossingOf = (
  { levelId, trancheId, target }: TrancheLevel,
  kind: Crossing['kind'],
  sinceMs: number,
): Crossing => ({ levelId, kind, trancheId, ...(target !== undefined && { target }), sinceMs });

/** The crossing of a level that the exchange says the price is beyond: there is nothing to wait for. */
export function alreadyCrossed(
  state: PositionState,
  { role, trancheId, target }: Pick<Intent, 'role' | 'trancheId' | 'target'>,
  nowMs: number,
): PositionEvent[] {
  const kind = role === 'stop' ? 'stop' : 'target';
  const level = priceLevels(state).find(
    (each) => each.kind === kind && each.trancheId === trancheId && each.target === target,
  );
  if (!level || state.crossings.some((each) => each.levelId === level.levelId)) return [];
  const sinceMs = nowMs - state.settings.crossingGraceMs;
  return [{ type: 'PriceCrossed', crossing: crossingOf(level, kind, sinceMs) }];
}

const ordersOf = (
  state: PositionState,
  kind: Crossing['kind'],
  { trancheId, target }: Pick<Crossing, 'trancheId' | 'target'>,
): Intent[] => activeIntents(state, kind, trancheId).filter((intent) => intent.target === target);

/** What becomes of the crossings whose grace is over. */
export function planCrossings(state: PositionState, nowMs: number): PositionEvent[] {
  if (state.stage.name !== 'open' && state.stage.name !== 'entering') return [];
  const levels = state.crossings.length === 0 ? [] : priceLevels(state);
  for (const crossing of state.crossings) {
    if (nowMs - crossing.sinceMs < state.settings.crossingGraceMs) continue;
    const { levelId } = crossing;
    // The level moved meanwhile, or nothing is left there to close.
    const stands = levels.some((level) => level.levelId === levelId);
    if (!stands) return [{ type: 'CrossingSettled', levelId }];
    const events = isWhole(state, crossing) ? closeWhole(crossing, nowMs) : closePart(state, crossing, nowMs);
    if (events.length > 0) return events;
  }
  return [];
}

const REASONS = { stop: 'LAST_RESORT_STOP', target: 'INSTANT_TAKE_PROFIT' } as const;

const closeWhole = ({ levelId, kind }: Crossing, nowMs: number): PositionEvent[] => [
  { type: 'CrossingSettled', levelId },
  {
    type: 'CloseRequested',
    reason: REASONS[kind],
    why: `the price crossed the ${kind} and its order did not act`,
    nowMs,
  },
];

/**
 * A target's order is taken back first: it could still fill, and would then close what is not its own. A
 * stop rests until its part is closed, so that nothing is ever without cover.
 */
function closePart(state: PositionState, crossing: Crossing, nowMs: number): PositionEvent[] {
  const { levelId, kind, trancheId, target } = crossing;
  if (closesAtMarket(state, trancheId).length > 0) return [];
  if (heldOffUntil(state, { role: 'close', trancheId }) > nowMs) return [];
  const resting = kind === 'target' ? ordersOf(state, kind, crossing) : [];
  if (resting.length > 0) return takenBack(resting, 'the price is beyond it');
  const quantity = partOf(state, crossing);
  // So would a close at a limit that waits for what is closed now.
  const atLimit = closesAtLimit(state, trancheId);
  const others = sub(trancheQuantity(state, trancheId), heldAtLimit(state, trancheId));
  if (gt(quantity, others) && atLimit.some(isLeaving)) return takenBack(atLimit, 'the price is beyond it');
  const settled: PositionEvent = { type: 'CrossingSettled', levelId };
  if (!isPositive(quantity)) return [settled];
  const intent = closeIntent(state, trancheId, quantity, REASONS[kind], nowMs);
  return [settled, { type: 'IntentPlanned', intent: target === undefined ? intent : { ...intent, target } }];
}

const isWhole = (state: PositionState, crossing: Crossing): boolean =>
  gte(partOf(state, crossing), openQuantity(state));

/** What the crossed level was to close. */
function partOf(state: PositionState, { kind, trancheId, target }: Crossing): Decimal {
  const tranche = state.tranches.find(({ id }) => id === trancheId);
  if (kind === 'stop' || !tranche) return trancheQuantity(state, trancheId);
  return wantedTargets(state, tranche).find((each) => each.target === target)?.quantity ?? '0';
}

/** Whether a target is being closed at market, so that its order is not to be placed again. */
export const isExiting = (state: PositionState, trancheId: string, target: string | undefined): boolean =>
  state.crossings.some(
    (crossing) =>
      crossing.kind === 'target' &&
      crossing.trancheId === trancheId &&
      crossing.target === target &&
      !isWhole(state, crossing),
  ) ||
  (target !== undefined &&
    activeIntents(state, 'close', trancheId).some((intent) => intent.target === target));
