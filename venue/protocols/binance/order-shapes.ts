/** Ordinary orders in the shapes that Binance answers with. */
import { mul, neg, toPlaces } from '../../../domain/decimal.ts';
import { marketOf } from '../../book/margin.ts';
import type { Books } from '../../book/books.ts';
import { isDormant } from '../../book/model.ts';
import type { Fill, Order } from '../../book/model.ts';
import {
  averageText,
  money,
  positionSideOf,
  priceOf,
  quantityOf,
  quoteAssetOf,
  symbolOf,
  timeInForceOf,
  wireId,
  workingTypeOf,
} from './format.ts';

/** Waits in the algo service, or did until it fired as an ordinary order. */
export const isAlgo = (order: Order): boolean => order.firesAs !== null || isDormant(order);

/** What the exchange itself ended is expired, what somebody cancelled is cancelled. */
const EXPIRED_FOR: ReadonlySet<string | null> = new Set([
  'fill-or-kill',
  'immediate-or-cancel',
  'position-closed',
]);

export function statusOf(order: Order): string {
  switch (order.state) {
    case 'new':
    case 'triggered':
      return 'NEW';
    case 'partially_filled':
      return 'PARTIALLY_FILLED';
    case 'filled':
      return 'FILLED';
    case 'expired':
      return 'EXPIRED';
    case 'cancelled':
    case 'vanished':
      return EXPIRED_FOR.has(order.endReason) ? 'EXPIRED' : 'CANCELED';
    default:
      return order.state satisfies never;
  }
}

/** The exchange's own orders bear the names that Binance documents; those made by hand look like the web's. */
export function clientIdOf(order: Order): string {
  switch (order.origin) {
    case 'liquidation':
      return `autoclose-${order.createdAtMs}${wireId(order.orderId).slice(-6)}`;
    case 'adl':
      return 'adl_autoclose';
    default:
      return order.clientOrderId ?? `web_${wireId(order.orderId)}`;
  }
}

const isForced = (order: Order): boolean => order.origin === 'liquidation' || order.origin === 'adl';

export const typeOf = (order: Order): string => (isForced(order) ? 'LIMIT' : order.label);

/** What all answers about an order have in common. */
function commonPart(books: Books, order: Order): object {
  const market = marketOf(books, order.symbol);
  return {
    orderId: Number(wireId(order.orderId)),
    symbol: symbolOf(order.symbol),
    status: statusOf(order),
    clientOrderId: clientIdOf(order),
    price: priceOf(market, order.price),
    avgPrice: averageText(order),
    origQty: quantityOf(market, order.quantity),
    executedQty: quantityOf(market, order.filledQuantity),
    cumQuote: toPlaces(order.filledCost, 8),
    timeInForce: isForced(order) ? 'IOC' : timeInForceOf(order.timeInForce),
    type: typeOf(order),
    reduceOnly: order.reduceOnly,
    closePosition: order.closePosition,
    side: order.side.toUpperCase(),
    positionSide: positionSideOf(order.leg),
    stopPrice: priceOf(market, order.trigger?.price ?? null),
    workingType: workingTypeOf(order.trigger?.source),
    priceProtect: false,
    origType: typeOf(order),
    priceMatch: 'NONE',
    selfTradePreventionMode: 'EXPIRE_MAKER',
    goodTillDate: 0,
    updateTime: order.updatedAtMs,
  };
}

/** The answer to a placed, amended or cancelled order. */
export function placedOrder(books: Books, order: Order): object {
  const market = marketOf(books, order.symbol);
  return { ...commonPart(books, order), cumQty: quantityOf(market, order.filledQuantity) };
}

/** An accepted order before it did anything: what `newOrderRespType=ACK` tells. */
export const asAccepted = (order: Order, quantity: string): Order => ({
  ...order,
  quantity,
  state: 'new',
  filledQuantity: '0',
  filledCost: '0',
  updatedAtMs: order.createdAtMs,
});

/** An order as the queries answer it. */
export const queriedOrder = (books: Books, order: Order): object => ({
  ...commonPart(books, order),
  pair: symbolOf(order.symbol),
  cumBase: order.filledQuantity,
  time: order.createdAtMs,
});

/** One fill of `userTrades`. Commission is positive here, a cost. */
export function tradeOf(books: Books, fill: Fill): object {
  const market = marketOf(books, fill.symbol);
  return {
    symbol: symbolOf(fill.symbol),
    pair: symbolOf(fill.symbol),
    id: Number(fill.fillId),
    orderId: Number(wireId(fill.orderId)),
    side: fill.side.toUpperCase(),
    price: fill.price,
    qty: quantityOf(market, fill.quantity),
    baseQty: quantityOf(market, fill.quantity),
    realizedPnl: money(fill.realizedPnl),
    marginAsset: quoteAssetOf(fill.symbol),
    quoteQty: money(mul(fill.price, fill.quantity)),
    commission: money(neg(fill.commission)),
    commissionAsset: quoteAssetOf(fill.symbol),
    time: fill.atMs,
    positionSide: positionSideOf(fill.leg),
    buyer: fill.side === 'buy',
    maker: fill.maker,
  };
}
