/**
 * How far every open position of one reading is protected, by what lives on the exchange alone: whoever
 * placed it counts. Pure, and it knows of no workflow.
 */
import { closes } from '../position/adoption.ts';
import { gte, isPositive, max, min, sub, sum, ZERO, type Decimal } from '../decimal.ts';
import type { AccountSnapshot, ExchangeOrder, ExchangePosition } from '../exchange-truth.ts';

/** Whether live stops would close all of a position, a part of it, or nothing. */
export type CoverState = 'covered' | 'partly' | 'naked';

export type LegProtection = {
  position: ExchangePosition;
  cover: CoverState;
  /** Base units that live stops would close: never more than the position has. */
  stopQuantity: Decimal;
  /** Where those trigger. */
  stopPrices: Decimal[];
  /** Base units that live targets would close: conditional ones, and limit orders that only reduce. */
  targetQuantity: Decimal;
  targetPrices: Decimal[];
  /** Closing orders of kinds whose effect is not known here, such as trailing stops: they cover nothing. */
  otherOrders: number;
};

/** Of a reading that is whole: without the orders that it lost, a position would look naked. */
export const legProtections = ({ positions, orders }: AccountSnapshot): LegProtection[] =>
  positions
    .filter(({ quantity }) => isPositive(quantity))
    .map((position) => legProtection(position, orders))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const keyOf = ({ position: { symbol, leg } }: LegProtection): string => `${symbol} ${leg}`;

function legProtection(position: ExchangePosition, orders: readonly ExchangeOrder[]): LegProtection {
  const closing = orders.filter((order) => isClosing(order, position));
  const stops = closing.filter(({ kind }) => kind === 'stop_market');
  const targets = closing.filter(({ kind }) => kind === 'take_profit_market' || kind === 'limit');
  const { stopLoss, takeProfit } = position;
  const stopQuantity = closedBy(stops, position.quantity, stopLoss);
  return {
    position,
    cover: coverState(stopQuantity, position.quantity),
    stopQuantity,
    stopPrices: pricesOf(stops, stopLoss),
    targetQuantity: closedBy(targets, position.quantity, takeProfit),
    targetPrices: pricesOf(targets, takeProfit),
    otherOrders: closing.filter(({ kind }) => kind === 'other').length,
  };
}

/** Of a one-way account, a plain order of this side might open. */
const isClosing = (order: ExchangeOrder, position: ExchangePosition): boolean =>
  order.status === 'open' &&
  order.symbol === position.symbol &&
  order.leg === position.leg &&
  closes(position, order);

/** @param ofPosition a level that belongs to the position itself, and so closes all of it */
function closedBy(orders: readonly ExchangeOrder[], open: Decimal, ofPosition: Decimal | undefined): Decimal {
  if (ofPosition !== undefined || orders.some(({ closePosition }) => closePosition)) return open;
  return min(
    open,
    sum(orders.map(({ quantity, filledQuantity }) => max(ZERO, sub(quantity, filledQuantity)))),
  );
}

const pricesOf = (orders: readonly ExchangeOrder[], ofPosition: Decimal | undefined): Decimal[] => [
  ...new Set([
    ...(ofPosition === undefined ? [] : [ofPosition]),
    ...orders.flatMap(({ triggerPrice, price }) => triggerPrice ?? price ?? []),
  ]),
];

function coverState(stopQuantity: Decimal, open: Decimal): CoverState {
  if (gte(stopQuantity, open)) return 'covered';
  return isPositive(stopQuantity) ? 'partly' : 'naked';
}
