/** Order events as the user data stream pushes them: ORDER_TRADE_UPDATE, TRADE_LITE, ALGO_UPDATE. */
import { neg, toPlaces, ZERO } from '../../../domain/decimal.ts';
import { marketOf } from '../../book/margin.ts';
import type { Books } from '../../book/books.ts';
import { isOpen } from '../../book/model.ts';
import type { BookEvent, Fill, Order } from '../../book/model.ts';
import { actualPart, algoStatusOf, algoTimeInForce, clientAlgoIdOf, rejectionOf } from './algo-shapes.ts';
import {
  averageOf,
  positionSideOf,
  priceOf,
  symbolOf,
  timeInForceOf,
  wireId,
  workingTypeOf,
} from './format.ts';
import { clientIdOf, isAlgo, statusOf } from './order-shapes.ts';

type OrderEvent = Extract<BookEvent, { kind: 'order' }>;

/** In the order in which they leave. */
export function orderPushes(books: Books, event: OrderEvent, nowMs: number): object[] {
  const { order, fill } = event;
  if (isAlgo(order)) return algoPushes(books, event, nowMs);
  // Fired in place, as orders of other protocols do: from now on it is an ordinary one.
  if (event.execution === 'TRIGGERED') return [orderPush(books, { ...event, execution: 'NEW' }, nowMs)];
  const forced = event.execution === 'CALCULATED' && fill?.quantity === order.filledQuantity;
  return [
    ...(forced ? [announcement(books, order, nowMs)] : []),
    ...(fill ? [litePush(order, fill, nowMs)] : []),
    orderPush(books, event, nowMs),
    ...finishedParent(books, order, nowMs),
  ];
}

/** A forced order is new for a moment, too. */
const announcement = (books: Books, order: Order, nowMs: number): object =>
  orderPush(
    books,
    {
      kind: 'order',
      execution: 'NEW',
      order: { ...order, state: 'new', filledQuantity: ZERO, filledCost: ZERO },
      fill: null,
    },
    nowMs,
  );

/** When the order that it fired as has ended, a conditional order is finished. */
function finishedParent(books: Books, order: Order, nowMs: number): object[] {
  const parent = order.parentOrderId === null ? undefined : books.orders.get(order.parentOrderId);
  return parent?.firesAs === order.orderId && !isOpen(order) ? [algoPush(books, parent, nowMs)] : [];
}

function orderPush(books: Books, event: OrderEvent, nowMs: number): object {
  const { order, fill } = event;
  const market = marketOf(books, order.symbol);
  const forced = order.origin === 'liquidation' || order.origin === 'adl';
  const type = forced ? 'LIQUIDATION' : order.label;
  return {
    e: 'ORDER_TRADE_UPDATE',
    E: nowMs,
    T: order.updatedAtMs,
    o: {
      s: symbolOf(order.symbol),
      c: clientIdOf(order),
      S: order.side.toUpperCase(),
      o: type,
      f: forced ? 'IOC' : timeInForceOf(order.timeInForce),
      q: order.quantity,
      p: priceOf(market, order.price),
      ap: averageOf(order),
      sp: priceOf(market, order.trigger?.price ?? null),
      x: executionOf(event),
      X: statusOf(order),
      i: Number(wireId(order.orderId)),
      z: order.filledQuantity,
      ...fillPart(order, fill),
      b: '0',
      a: '0',
      R: order.reduceOnly,
      wt: workingTypeOf(order.trigger?.source),
      ot: type,
      ps: positionSideOf(order.leg),
      cp: order.closePosition,
      pP: false,
      si: 0,
      ss: 0,
      V: 'EXPIRE_MAKER',
      pm: 'NONE',
      gtd: 0,
      er: '0',
    },
  };
}

/** Of the last fill; zeros without one. */
function fillPart(order: Order, fill: Fill | null): object {
  return {
    l: fill?.quantity ?? '0',
    L: fill?.price ?? '0',
    n: fill ? toPlaces(neg(fill.commission), 8) : '0',
    N: 'USDT',
    T: fill?.atMs ?? order.updatedAtMs,
    t: fill ? Number(fill.fillId) : 0,
    m: fill?.maker ?? false,
    rp: fill ? toPlaces(fill.realizedPnl, 8) : '0',
  };
}

function executionOf({ execution, order }: OrderEvent): string {
  if (execution === 'AMENDED') return 'AMENDMENT';
  return execution === 'CANCELED' && statusOf(order) === 'EXPIRED' ? 'EXPIRED' : execution;
}

const litePush = (order: Order, fill: Fill, nowMs: number): object => ({
  e: 'TRADE_LITE',
  E: nowMs,
  T: fill.atMs,
  s: symbolOf(order.symbol),
  q: order.quantity,
  p: order.price ?? '0',
  m: fill.maker,
  c: clientIdOf(order),
  S: order.side.toUpperCase(),
  L: fill.price,
  l: fill.quantity,
  t: Number(fill.fillId),
  i: Number(wireId(order.orderId)),
});

/** As it was at the event: what came of the actual order since is told by its own events. */
function algoPushes(books: Books, { order, execution }: OrderEvent, nowMs: number): object[] {
  if (execution !== 'TRIGGERED') return [algoPush(books, order, nowMs)];
  const waiting: Order = { ...order, state: 'new' };
  return [
    algoPush(books, waiting, nowMs, { X: 'TRIGGERING' }),
    algoPush(books, waiting, nowMs, {
      X: 'TRIGGERED',
      ai: wireId(order.firesAs ?? ''),
      act: order.execution === 'market' ? 'MARKET' : 'LIMIT',
    }),
  ];
}

function algoPush(books: Books, order: Order, nowMs: number, instead: object = {}): object {
  const market = marketOf(books, order.symbol);
  const rejection = rejectionOf(order);
  return {
    e: 'ALGO_UPDATE',
    T: order.updatedAtMs,
    E: nowMs,
    o: {
      caid: clientAlgoIdOf(order),
      aid: Number(wireId(order.orderId)),
      at: 'CONDITIONAL',
      o: order.label,
      s: symbolOf(order.symbol),
      S: order.side.toUpperCase(),
      ps: positionSideOf(order.leg),
      f: algoTimeInForce(order),
      q: order.quantity,
      X: algoStatusOf(books, order),
      ...actualPart(books, order),
      tp: priceOf(market, order.trigger?.price ?? null),
      p: priceOf(market, order.price),
      V: 'EXPIRE_MAKER',
      wt: workingTypeOf(order.trigger?.source ?? order.trail?.source),
      pm: 'NONE',
      cp: order.closePosition,
      pP: false,
      R: order.reduceOnly || order.closePosition,
      tt: order.triggeredAtMs ?? 0,
      gtd: 0,
      ...(rejection !== undefined && { rm: rejection }),
      ...instead,
    },
  };
}
