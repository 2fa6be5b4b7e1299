/**
 * The orders of one leg against the position that is kept on it: whether what counts as resting rests,
 * as it is wanted; whether live stops would close all of it; and whose the other orders are.
 */
import { eq, gte, sub, sum, type Decimal } from '../decimal.ts';
import type { Difference, Found } from './difference.ts';
import type { ExchangeOrder } from '../exchange-truth.ts';
import { legTag, parseClientOrderId } from '../ids.ts';
import type { LegProtection } from './leg-protection.ts';
import { closingSide } from '../terms.ts';
import type { PositionView, ProtectionView, TrancheView } from '../view.ts';

/** @param actual absent where the quantities differ: cover then follows from that */
export function compareOrders(
  found: Found,
  view: PositionView,
  actual: LegProtection | undefined,
  orders: readonly ExchangeOrder[],
): Difference[] {
  const protection = protectionsOf(view).filter(({ order }) => order.state === 'live');
  const isThere = ({ order }: Protection): boolean =>
    order.orderId === null || orders.some(({ orderId }) => orderId === order.orderId);
  const missing = protection.filter((each) => !isThere(each));
  const uncovered = actual ? missingProtection(found, view, actual, missing) : [];
  // A stop that is gone and leaves the position naked is told once.
  const told = missing.filter(({ name }) => name === 'target' || uncovered.length === 0);
  return [
    ...told.map(({ name, order }) =>
      found('missing_order', `${name} ${order.orderId} counts as live here and is not open at the exchange`),
    ),
    ...protection.flatMap((each) => wrongProtection(found, view, each, orders)),
    ...uncovered,
    ...strangers(found, view, orders),
  ];
}

/** Orders on a leg that holds no position of ours; of one that is kept here, its own are not strange. */
export const ordersWithoutPosition = (
  found: Found,
  account: string,
  view: PositionView | undefined,
  orders: readonly ExchangeOrder[],
): Difference[] =>
  view
    ? strangers(found, view, orders)
    : orders.map((order) => (isOurDialect(order) ? unplaced(found, order, account) : foreign(found, order)));

type Protection = { name: 'stop' | 'target'; quantity: Decimal; order: ProtectionView };

const protectionsOf = ({ tranches }: PositionView): Protection[] =>
  tranches.flatMap((tranche) => [
    { name: 'stop' as const, quantity: tranche.quantity, order: tranche.stopLoss },
    ...targetsOf(tranche).map((order) => ({ name: 'target' as const, quantity: order.quantity, order })),
  ]);

const targetsOf = ({
  quantity,
  takeProfit,
  targets,
}: TrancheView): (ProtectionView & { quantity: Decimal })[] => targets ?? [{ ...takeProfit, quantity }];

function missingProtection(
  found: Found,
  view: PositionView,
  { cover, stopQuantity, position: { quantity } }: LegProtection,
  missing: readonly Protection[],
): Difference[] {
  if (cover === 'covered') return [];
  const figures = { here: quantity, there: stopQuantity };
  if (!wantsStop(view)) {
    const text = 'no live stop covers it, and none is wanted';
    return [found('missing_protection', text, { ...figures, weight: 'note' })];
  }
  if (gte(stopQuantity, toCover(view))) {
    const text = `live stops cover ${stopQuantity} of ${quantity}, and no more is wanted`;
    return [found('missing_protection', text, { ...figures, weight: 'note' })];
  }
  const gone = missing.filter(({ name }) => name === 'stop').map(({ order }) => order.orderId);
  const because = gone.length > 0 ? `: stop ${gone.join(', ')} is not open at the exchange` : '';
  const text =
    cover === 'naked' ? 'no live stop covers it' : `live stops cover ${stopQuantity} of ${quantity}`;
  return [found('missing_protection', text + because, figures)];
}

/** Of a position in tranches, what those hold that are to have a stop. */
const toCover = ({ tranches }: PositionView): Decimal =>
  sum(tranches.filter(({ stopLoss }) => stopLoss.state !== 'none').map(({ quantity }) => quantity));

/** Nothing is ever placed for a position that is only watched. */
export const wantsStop = ({ tranches, policy }: PositionView): boolean =>
  policy !== 'watch' && tranches.some(({ stopLoss }) => stopLoss.state !== 'none');

function wrongProtection(
  found: Found,
  view: PositionView,
  { name, quantity, order: wanted }: Protection,
  orders: readonly ExchangeOrder[],
): Difference[] {
  const order = orders.find(({ orderId }) => orderId === wanted.orderId);
  if (!order) return [];
  const wrong = (what: string, here: string, there: string): Difference =>
    found('wrong_protection', `${name} ${order.orderId}: ${what} ${there}, wanted ${here}`, { here, there });
  if (order.side !== closingSide(view.side)) return [wrong('side', closingSide(view.side), order.side)];
  if (order.triggerPrice !== undefined && wanted.price !== null && !eq(order.triggerPrice, wanted.price))
    return [wrong('trigger', wanted.price, order.triggerPrice)];
  const rests = sub(order.quantity, order.filledQuantity);
  return order.closePosition || eq(rests, quantity) ? [] : [wrong('quantity', quantity, rests)];
}

/** What rests on the leg and is none of the position's. */
function strangers(found: Found, view: PositionView, orders: readonly ExchangeOrder[]): Difference[] {
  const ids = new Set([view.entryOrderId, ...protectionsOf(view).map(({ order }) => order.orderId)]);
  return orders
    .filter(({ orderId }) => !ids.has(orderId))
    .filter((order) => parsed(order)?.epoch !== view.epoch && !mayBeUnderWay(view, order))
    .map((order) => (isOurDialect(order) ? unplaced(found, order, view.account) : foreign(found, order)));
}

/** Without a client id an order whose answer is still out cannot be told from anybody's. */
const mayBeUnderWay = ({ unknownOrders, tranches }: PositionView, order: ExchangeOrder): boolean =>
  order.clientOrderId === undefined &&
  (unknownOrders.length > 0 ||
    tranches.some((tranche) =>
      [tranche.stopLoss, ...targetsOf(tranche)].some(
        ({ state }) => state === 'pending' || state === 'unknown',
      ),
    ));

const parsed = ({ clientOrderId }: ExchangeOrder) =>
  clientOrderId === undefined ? undefined : parseClientOrderId(clientOrderId);

const isOurDialect = (order: ExchangeOrder): boolean => parsed(order) !== undefined;

function unplaced(found: Found, order: ExchangeOrder, account: string): Difference {
  const isOfThisLeg = parsed(order)?.legTag === legTag({ account, symbol: order.symbol, leg: order.leg });
  const whose = isOfThisLeg
    ? 'an order of this account that no position here keeps'
    : 'an order of another copy of Holdfast';
  return found('unplaced_order', `${order.orderId} (${worded(order)}) is ${whose}`, { there: order.orderId });
}

const foreign = (found: Found, order: ExchangeOrder): Difference =>
  found('foreign_order', `${order.orderId} (${worded(order)}) was not placed by Holdfast`, {
    there: order.orderId,
    weight: 'note',
  });

const worded = ({ kind, side, quantity, triggerPrice, price, closePosition }: ExchangeOrder): string => {
  const at = triggerPrice ?? price;
  return `${kind} ${side} ${closePosition ? 'all' : quantity}${at === undefined ? '' : ` at ${at}`}`;
};
