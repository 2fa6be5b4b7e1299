/** Prices that reach a position's levels, and how its stop stands then. */
import { priceLevels, type TrancheLevel } from '../../domain/position/levels.ts';
import type { Intent } from '../../domain/position/position.ts';
import { restingTrigger } from '../../domain/position/quantities.ts';
import { gateway } from './builders.ts';
import type { PositionDriver } from './position-driver.ts';

export const levelOf = (position: PositionDriver, kind: TrancheLevel['kind']): TrancheLevel | undefined =>
  priceLevels(position.state).find((level) => level.kind === kind);

/** The watcher tells that the price reached the next level of this kind, at `price` or just there. */
export function reach(position: PositionDriver, kind: TrancheLevel['kind'], price?: string): PositionDriver {
  const level = levelOf(position, kind);
  if (!level) throw new Error(`no level of kind ${kind}`);
  const { levelId, generation } = level;
  const crossing = {
    crossingId: `${levelId}/${generation}`,
    levelId,
    generation,
    price: price ?? level.price,
    atMs: position.now,
  };
  return position.command({ type: 'priceCrossed', crossing });
}

/** Stops that rest and are to go on resting, by price. */
export const restingStops = (position: PositionDriver): string[] =>
  position
    .intents('stop')
    .filter(({ status, cancelWanted }) => status.name === 'live' && !cancelWanted)
    .map((intent) => restingTrigger(intent) ?? '');

/** The stop that is under way is accepted, and the one that it replaces goes. */
export function stopFollows(position: PositionDriver): PositionDriver {
  if (position.state.singleProtection && position.wanted().includes('cancel stop')) leaves(position);
  position.accept('stop');
  if (position.wanted().includes('cancel stop')) leaves(position);
  return position;
}

const leaves = (position: PositionDriver): PositionDriver =>
  position.cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' });

/** An own order that rests fills, wholly or up to `filled`. */
export function fills(
  position: PositionDriver,
  intent: Intent,
  filled?: string,
  price?: string,
): PositionDriver {
  const { request, number } = intent;
  const orderId = intent.orderId ?? '';
  const quantity = filled ?? request.quantity;
  const averagePrice = price ?? request.price ?? request.triggerPrice ?? null;
  const atMs = gateway(position.now);
  const seen = { number, orderId, filledQuantity: quantity, averagePrice, atMs };
  return position.apply([
    quantity === request.quantity
      ? { type: 'IntentEnded', how: 'filled', reason: null, nowMs: position.now, ...seen }
      : { type: 'IntentProgressed', nextAskAtMs: null, ...seen },
  ]);
}
