/**
 * What of an account is taken already, counted on what the exchange shows, whoever opened it, and on what
 * is reserved here. A leg that both know counts once, by the larger of the two.
 */
import { max, mul, sum, ZERO, type Decimal } from '../decimal.ts';
import type { ExchangeOrder, ExchangePosition } from '../exchange-truth.ts';
import type { LegName, Side, Symbol } from '../terms.ts';

/** A leg with a running position, or with an entry being checked. */
export type TakenLeg = {
  symbol: Symbol;
  leg: LegName;
  side: Side;
  notional: Decimal;
  /** Its entry waits in the order book; absent: at market, adopted, or not known. */
  entryRests?: boolean;
  epoch: string;
  workflowId: string;
  state: 'reserved' | 'running';
};

/** How many orders are open on a leg, whoever placed them. */
export type LegOrders = { symbol: Symbol; leg: LegName; count: number };

/** Entry, stop and target. One that is being replaced has two orders for a moment: that is never refused. */
export const ORDERS_PER_POSITION = 3;

type OnLeg = { symbol: Symbol; leg: LegName };

export const isOn =
  ({ symbol, leg }: OnLeg) =>
  (each: OnLeg): boolean =>
    each.symbol === symbol && each.leg === leg;

type Positions = readonly ExchangePosition[];

/** What the exchange shows beside the legs that are taken here. */
export const unheld = (legs: readonly TakenLeg[], positions: Positions): ExchangePosition[] =>
  positions.filter((position) => !legs.some(isOn(position)));

export const notionalShown = (position: ExchangePosition): Decimal =>
  mul(position.quantity, position.markPrice ?? position.entryPrice ?? ZERO);

/** An entry that has filled in part will be worth what was asked for; one that was added to is worth more. */
export const notionalHeld = (leg: TakenLeg, positions: Positions): Decimal =>
  max(leg.notional, sum(positions.filter(isOn(leg)).map(notionalShown)));

/** Orders that are open, and those that taken legs keep room for. */
export function ordersTaken(
  legs: readonly TakenLeg[],
  open: readonly LegOrders[],
  positions: Positions,
): number {
  const others = open.filter((row) => !legs.some(isOn(row)));
  const held = legs.map((leg) => Math.max(open.find(isOn(leg))?.count ?? 0, ordersNeeded(leg, positions)));
  return [...others.map((row) => row.count), ...held].reduce((total, one) => total + one, 0);
}

/** Where the position is seen, an entry at market is done; one that rests has more to fill, for all one knows. */
const ordersNeeded = (leg: TakenLeg, positions: Positions): number =>
  positions.some(isOn(leg)) && leg.entryRests !== true ? ORDERS_PER_POSITION - 1 : ORDERS_PER_POSITION;

/** One row for each leg with open orders. */
export function countOrders(orders: readonly ExchangeOrder[]): LegOrders[] {
  const rows: LegOrders[] = [];
  for (const order of orders) {
    const row = rows.find(isOn(order));
    if (row) row.count += 1;
    else rows.push({ symbol: order.symbol, leg: order.leg, count: 1 });
  }
  return rows;
}
