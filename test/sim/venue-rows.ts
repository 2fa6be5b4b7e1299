/** Rows of the venue's books as the adapters tell them: orders, positions and executions. */
import { div, isZero, neg, toPlaces } from '../../domain/decimal.ts';
import type { ExchangeOrder, ExchangePosition, Fill, OrderStatus } from '../../domain/exchange-truth.ts';
import type { OrderKind, Symbol } from '../../domain/terms.ts';
import type { Books } from '../../venue/book/books.ts';
import { closesOnly } from '../../venue/book/model.ts';
import type { Fill as VenueFill, Order, Position } from '../../venue/book/model.ts';
import type { Flavour } from './flavours.ts';

/** Averages are quotients: exchanges write them with so many decimals. */
export const AVERAGE_PLACES = 8;
const ALGO = 'algo:';

export const venueSymbol = (symbol: Symbol): string => symbol.replace('/', '-').replace(/:.*$/, '');
export const unifiedSymbol = (symbol: string): Symbol => {
  const [base = '', quote = ''] = symbol.split('-');
  return `${base}/${quote}:${quote}`;
};

export const LABELS: Record<OrderKind, string> = {
  market: 'MARKET',
  limit: 'LIMIT',
  stop_market: 'STOP_MARKET',
  take_profit_market: 'TAKE_PROFIT_MARKET',
};

const KINDS: Record<string, OrderKind> = {
  MARKET: 'market',
  LIQUIDATION: 'market',
  LIMIT: 'limit',
  STOP_MARKET: 'stop_market',
  TAKE_PROFIT_MARKET: 'take_profit_market',
};

const STATUSES: Record<Exclude<Order['state'], 'vanished'>, OrderStatus> = {
  new: 'open',
  partially_filled: 'open',
  filled: 'filled',
  // Without the order that carries it out it never reached the matching engine.
  triggered: 'expired',
  cancelled: 'cancelled',
  expired: 'expired',
};

/** The port's id of an order: conditional orders that fire as others have numbers of their own. */
export const portId = (order: Pick<Order, 'orderId' | 'firesAs'>): string =>
  order.firesAs === null ? order.orderId : ALGO + order.orderId;

export const venueId = (orderId: string): string =>
  orderId.startsWith(ALGO) ? orderId.slice(ALGO.length) : orderId;

/** The order that waited for its trigger, where this one carries it out. */
export function waitedAs(books: Books, order: Order): Order | undefined {
  const parent = order.parentOrderId === null ? undefined : books.orders.get(order.parentOrderId);
  return parent?.firesAs === order.orderId ? parent : undefined;
}

export function toOrder(books: Books, flavour: Flavour, order: Order): ExchangeOrder {
  const fired = order.firesAs === null ? undefined : books.orders.get(order.firesAs);
  const actual = fired === undefined || fired.state === 'vanished' ? order : fired;
  const kind = KINDS[order.label] ?? 'other';
  const named = order.trigger === null || flavour.conditionalClientIds;
  return {
    orderId: portId(order),
    symbol: unifiedSymbol(order.symbol),
    leg: order.leg,
    side: order.side,
    kind,
    status: statusOf(actual),
    quantity: order.closePosition ? '0' : order.quantity,
    filledQuantity: actual.filledQuantity,
    reduceOnly: closesOnly(order),
    closePosition: order.closePosition,
    createdAtMs: order.createdAtMs,
    updatedAtMs: actual.updatedAtMs,
    ...(named && order.clientOrderId !== null && { clientOrderId: order.clientOrderId }),
    ...(order.price !== null && { price: order.price }),
    ...(order.trigger && {
      triggerPrice: order.trigger.price,
      workingType: order.trigger.source === 'mark' ? ('MARK_PRICE' as const) : ('CONTRACT_PRICE' as const),
    }),
    ...(!isZero(actual.filledQuantity) && {
      averagePrice: toPlaces(div(actual.filledCost, actual.filledQuantity), AVERAGE_PLACES),
    }),
  };
}

function statusOf({ state }: Order): OrderStatus {
  if (state === 'vanished') throw new Error('a vanished order is in no list');
  return STATUSES[state];
}

export function toPosition(flavour: Flavour, position: Position): ExchangePosition {
  const { symbol, leg, side, quantity, entryPrice, positionId, openedAtMs } = position;
  return {
    symbol: unifiedSymbol(symbol),
    leg,
    side,
    quantity,
    entryPrice: toPlaces(entryPrice, AVERAGE_PLACES),
    ...(flavour.positionIds && { exchangePositionId: positionId, openedAtMs }),
  };
}

export function toFill(books: Books, fill: VenueFill): Fill {
  const { fillId, symbol, leg, side, price, quantity, commission, origin, atMs } = fill;
  const order = books.orders.get(fill.orderId);
  const parent = order && waitedAs(books, order);
  return {
    fillId,
    orderId: parent ? portId(parent) : fill.orderId,
    symbol: unifiedSymbol(symbol),
    leg,
    side,
    price,
    quantity,
    fee: neg(commission),
    atMs,
    ...((origin === 'liquidation' || origin === 'adl') && { forced: origin }),
  };
}
