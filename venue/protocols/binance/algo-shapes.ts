/** Conditional ("algo") orders in the shapes that Binance answers with. */
import { gt, isZero, mul, toPlaces, ZERO } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import { marketOf } from '../../book/margin.ts';
import { isOpen } from '../../book/model.ts';
import type { Order } from '../../book/model.ts';
import {
  averageText,
  positionSideOf,
  priceOf,
  quantityOf,
  symbolOf,
  timeInForceOf,
  wireId,
  workingTypeOf,
} from './format.ts';
import { statusOf } from './order-shapes.ts';

/** What a rejection at the trigger is called in `rm`. */
const REJECTIONS: Readonly<Record<string, string>> = {
  'rejected: insufficient-margin': 'Margin is insufficient',
  'rejected: nothing-to-close': 'Reduce Only reject',
  'rejected: would-increase': 'Reduce Only reject',
  'rejected: closes-too-much': 'Reduce Only reject',
};

export const rejectionOf = (order: Order): string | undefined =>
  order.endReason?.startsWith('rejected: ')
    ? (REJECTIONS[order.endReason] ?? order.endReason.slice('rejected: '.length))
    : undefined;

/** The ordinary order that it fired as. */
export const actualOrderOf = (books: Books, order: Order): Order | undefined =>
  order.state === 'triggered' && order.firesAs !== null ? books.orders.get(order.firesAs) : undefined;

export function algoStatusOf(books: Books, order: Order): string {
  if (order.state === 'triggered') {
    const actual = actualOrderOf(books, order);
    return actual && isOpen(actual) ? 'TRIGGERED' : 'FINISHED';
  }
  return rejectionOf(order) === undefined ? statusOf(order) : 'REJECTED';
}

/** A close-all order lives no longer than its position. */
export const algoTimeInForce = (order: Order): string =>
  order.closePosition ? 'GTE_GTC' : timeInForceOf(order.timeInForce);

/** The answer to a placed algo order. */
export function placedAlgo(books: Books, order: Order): object {
  const market = marketOf(books, order.symbol);
  return {
    algoId: Number(wireId(order.orderId)),
    clientAlgoId: clientAlgoIdOf(order),
    algoType: 'CONDITIONAL',
    orderType: order.label,
    symbol: symbolOf(order.symbol),
    side: order.side.toUpperCase(),
    positionSide: positionSideOf(order.leg),
    timeInForce: algoTimeInForce(order),
    quantity: quantityOf(market, order.quantity),
    algoStatus: algoStatusOf(books, order),
    triggerPrice: priceOf(market, order.trigger?.price ?? null),
    price: priceOf(market, order.price),
    icebergQuantity: null,
    selfTradePreventionMode: 'EXPIRE_MAKER',
    workingType: workingTypeOf(order.trigger?.source ?? order.trail?.source),
    priceMatch: 'NONE',
    closePosition: order.closePosition,
    priceProtect: false,
    reduceOnly: order.reduceOnly || order.closePosition,
    activatePrice: order.trail ? priceOf(market, order.trail.activation) : '',
    callbackRate: order.trail?.rate ? toPlaces(mul(order.trail.rate, '100'), 4) : '',
    createTime: order.createdAtMs,
    updateTime: order.updatedAtMs,
    triggerTime: order.triggeredAtMs ?? 0,
    goodTillDate: 0,
  };
}

export const clientAlgoIdOf = (order: Order): string => order.clientOrderId ?? `web_${wireId(order.orderId)}`;

/** An algo order as the queries answer it: with what came of it. */
export function queriedAlgo(books: Books, order: Order): object {
  const market = marketOf(books, order.symbol);
  const actual = actualOrderOf(books, order);
  return {
    ...placedAlgo(books, order),
    actualOrderId: actual ? wireId(actual.orderId) : '',
    actualPrice: actual ? averageText(actual) : '0.00000',
    ...(actual && { actualType: actual.label }),
    ...(actual &&
      gt(actual.filledQuantity, ZERO) && { actualQty: quantityOf(market, actual.filledQuantity) }),
    tpTriggerPrice: '0',
    tpPrice: '0',
    slTriggerPrice: '0',
    slPrice: '0',
    tpOrderType: '',
  };
}

/** What the push tells of the actual order; figures of zero where there is none. */
export function actualPart(books: Books, order: Order): object {
  const actual = actualOrderOf(books, order);
  if (!actual) return { ai: '', ap: '0.00000', aq: '0.00000', act: '0' };
  const filled = isZero(actual.filledQuantity) ? '0' : actual.filledQuantity;
  return { ai: wireId(actual.orderId), ap: averageText(actual), aq: filled, act: actual.label };
}
