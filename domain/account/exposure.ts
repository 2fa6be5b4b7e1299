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
  /** Targets of its entry; absent: one. */
  targets?: number;
  /** Tranches that were added since. */
  added?: AddedTranche[];
  epoch: string;
  workflowId: string;
  state: 'reserved' | 'running';
};

/** What an added tranche takes, from before it is sent until its leg ends or the position refuses it. */
export type AddedTranche = {
  requestId: string;
  notional: Decimal;
  entryRests: boolean;
  targets: number;
};

/** How many orders are open on a leg, whoever placed them. */
export type LegOrders = { symbol: Symbol; leg: LegName; count: number };

/** Entry, stop and target. One that is being replaced has two orders for a moment: that is never refused. */
export const ORDERS_PER_POSITION = 3;

/** The same with so many targets; one has room even where none is wanted yet. */
export const ordersOf = ({ targets = 1 }: { targets?: number | undefined }): number =>
  2 + Math.max(targets, 1);

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
  max(notionalReserved(leg), sum(positions.filter(isOn(leg)).map(notionalShown)));

export const notionalReserved = ({ notional, added = [] }: TakenLeg): Decimal =>
  sum([notional, ...added.map((tranche) => tranche.notional)]);

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
function ordersNeeded(leg: TakenLeg, positions: Positions): number {
  const isEntered = positions.some(isOn(leg)) && leg.entryRests !== true;
  const added = (leg.added ?? []).map((tranche) => ordersOf(tranche) - (tranche.entryRests ? 0 : 1));
  return added.reduce((total, one) => total + one, ordersOf(leg) - (isEntered ? 1 : 0));
}

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
