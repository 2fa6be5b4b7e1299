/**
 * The arithmetic of a position: what a fill makes of it. Pure; money in USDT, commission negative.
 *
 * Invariants: the entry price changes only when the position grows; realised profit is gross and
 * arises only when it shrinks; `openedQuantity - closedQuantity = quantity` at all times.
 */
import { add, div, isZero, min, mul, neg, sub, toPlaces, ZERO } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { Leg, OrderSide, PositionDirection } from '../control/types.ts';
import { directionOf } from './model.ts';
import type { Position } from './model.ts';

/** Averages are kept to so many decimals; exact where the division comes out even. */
const AVERAGE_PLACES = 12;

export type Split = { readonly closing: Decimal; readonly opening: Decimal };

/** How much of an order on a leg closes what is there, and how much opens. */
export function splitQuantity(
  position: Position | undefined,
  leg: Leg,
  side: OrderSide,
  quantity: Decimal,
): Split {
  const direction = directionOf(side);
  if (leg !== 'net' && direction === leg) return { closing: ZERO, opening: quantity };
  const held = position && position.side !== direction ? position.quantity : ZERO;
  const closing = min(held, quantity);
  return { closing, opening: leg === 'net' ? sub(quantity, closing) : ZERO };
}

/** Gross profit of closing `quantity` at `price`. */
export function grossProfit(
  side: PositionDirection,
  entryPrice: Decimal,
  price: Decimal,
  quantity: Decimal,
): Decimal {
  return mul(quantity, side === 'long' ? sub(price, entryPrice) : sub(entryPrice, price));
}

/** Commission of a fill: negative. */
export const commissionOf = (quantity: Decimal, price: Decimal, rate: Decimal): Decimal =>
  neg(mul(mul(quantity, price), rate));

export function grow(
  position: Position,
  quantity: Decimal,
  price: Decimal,
  commission: Decimal,
  nowMs: number,
): Position {
  const total = add(position.quantity, quantity);
  const cost = add(mul(position.quantity, position.entryPrice), mul(quantity, price));
  return {
    ...position,
    quantity: total,
    entryPrice: toPlaces(div(cost, total), AVERAGE_PLACES),
    openedQuantity: add(position.openedQuantity, quantity),
    commission: add(position.commission, commission),
    updatedAtMs: nowMs,
  };
}

/** `quantity` must not exceed what is there. */
export function shrink(
  position: Position,
  quantity: Decimal,
  price: Decimal,
  commission: Decimal,
  nowMs: number,
): Position {
  return {
    ...position,
    quantity: sub(position.quantity, quantity),
    closedQuantity: add(position.closedQuantity, quantity),
    closedCost: add(position.closedCost, mul(quantity, price)),
    realizedPnl: add(position.realizedPnl, grossProfit(position.side, position.entryPrice, price, quantity)),
    commission: add(position.commission, commission),
    updatedAtMs: nowMs,
  };
}

export const isFlat = (position: Position): boolean => isZero(position.quantity);

export const averageClosePrice = (position: Position): Decimal =>
  isZero(position.closedQuantity)
    ? ZERO
    : toPlaces(div(position.closedCost, position.closedQuantity), AVERAGE_PLACES);

/** Realised profit after commission and funding. */
export const netProfit = (position: Position): Decimal =>
  add(add(position.realizedPnl, position.commission), position.funding);

export const unrealizedProfit = (position: Position, mark: Decimal): Decimal =>
  grossProfit(position.side, position.entryPrice, mark, position.quantity);

/** What a settlement at `rate` brings: longs pay a positive rate. */
export function fundingOf(position: Position, mark: Decimal, rate: Decimal): Decimal {
  const amount = mul(mul(position.quantity, mark), rate);
  return position.side === 'long' ? neg(amount) : amount;
}
