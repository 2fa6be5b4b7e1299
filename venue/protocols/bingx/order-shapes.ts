/** Orders in the shapes that BingX answers with. Recorded bodies are the model, see the tests. */
import { div, eq, isZero, toPlaces, ZERO } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import { marketOf } from '../../book/margin.ts';
import type { Books } from '../../book/books.ts';
import { closesOnly, isDormant } from '../../book/model.ts';
import type { Attachment, Order } from '../../book/model.ts';
import { bareDecimal, bareInteger } from '../../json.ts';
import { placesOf, toFixed } from '../../figures.ts';
import { AVERAGE_PLACES, money, MONEY_PLACES, positionSideOf, workingTypeOf } from './format.ts';

/** The answer to an accepted order: by the recording without status, filled and average. */
export function placedOrder(order: Order): object {
  const [stopLoss, takeProfit] = (['stop', 'target'] as const).map((role) =>
    order.attachments.find((one) => one.role === role),
  );
  return {
    orderId: bareInteger(order.orderId),
    orderID: order.orderId,
    symbol: order.symbol,
    positionSide: positionSideOf(order),
    side: order.side.toUpperCase(),
    type: order.label,
    price: bareDecimal(order.price ?? ZERO),
    quantity: bareDecimal(order.quantity),
    stopPrice: bareDecimal(order.trigger?.price ?? ZERO),
    workingType: workingTypeOf(order.trigger?.source ?? 'mark'),
    clientOrderID: order.clientOrderId ?? '',
    clientOrderId: order.clientOrderId ?? '',
    timeInForce: order.timeInForce,
    priceRate: bareDecimal(order.trail?.rate ?? ZERO),
    stopLoss: attachedText(stopLoss, order),
    takeProfit: attachedText(takeProfit, order),
    reduceOnly: order.reduceOnly,
    activationPrice: bareDecimal(order.trail?.activation ?? ZERO),
    closePosition: order.closePosition ? 'true' : '',
    stopGuaranteed: '',
  };
}

function attachedText(attachment: Attachment | undefined, order: Order): string {
  if (!attachment) return '';
  const { triggerPrice, source, label } = attachment;
  return JSON.stringify({
    stopPrice: Number(triggerPrice),
    workingType: workingTypeOf(source),
    type: label,
    quantity: Number(order.quantity),
  });
}

export const averagePrice = (order: Order): Decimal =>
  isZero(order.filledQuantity) ? ZERO : toPlaces(div(order.filledCost, order.filledQuantity), AVERAGE_PLACES);

/** REST words: `PENDING` is a live order, `NEW` one that waits for its trigger, `CANCELLED` with two L. */
export function statusOf(order: Order): string {
  switch (order.state) {
    case 'new':
      return isDormant(order) ? 'NEW' : 'PENDING';
    case 'partially_filled':
      return 'PARTIALLY_FILLED';
    case 'filled':
      return 'FILLED';
    case 'expired':
      return 'EXPIRED';
    case 'triggered':
    case 'cancelled':
    case 'vanished':
      return 'CANCELLED';
    default:
      return order.state satisfies never;
  }
}

/** An order as the queries answer it. */
export function queriedOrder(books: Books, order: Order): object {
  const market = marketOf(books, order.symbol);
  const average = averagePrice(order);
  return {
    symbol: order.symbol,
    orderId: bareInteger(order.orderId),
    orderID: order.orderId,
    side: order.side.toUpperCase(),
    positionSide: positionSideOf(order),
    type: order.label,
    origQty: order.quantity,
    price: order.price ?? (order.trigger ? ZERO : average),
    executedQty: order.filledQuantity,
    avgPrice: eq(average, ZERO) ? toFixed(ZERO, placesOf(market.tickSize)) : average,
    cumQuote: isZero(order.filledQuantity) ? '' : toPlaces(order.filledCost, 0),
    stopPrice: order.trigger ? toFixed(order.trigger.price, placesOf(market.tickSize)) : '',
    profit: isZero(order.filledQuantity) ? '' : toFixed(money(order.realizedPnl), MONEY_PLACES),
    commission: isZero(order.filledQuantity) ? '' : toPlaces(order.commission, 6),
    status: statusOf(order),
    time: order.createdAtMs,
    updateTime: order.updatedAtMs,
    clientOrderId: order.clientOrderId ?? '',
    leverage: `${order.leverage}X`,
    takeProfit: attachedDetail(order, 'target'),
    stopLoss: attachedDetail(order, 'stop'),
    advanceAttr: 0,
    positionID: order.positionId === null ? 0 : bareInteger(order.positionId),
    takeProfitEntrustPrice: 0,
    stopLossEntrustPrice: 0,
    orderType: '',
    workingType: workingTypeOf(order.trigger?.source ?? 'mark'),
    onlyOnePosition: order.leg === 'net',
    reduceOnly: closesOnly(order),
    postOnly: order.timeInForce === 'PostOnly',
    closePosition: order.closePosition ? 'true' : '',
    stopGuaranteed: 'false',
    triggerOrderId: 0,
    trailingStopRate: bareDecimal(order.trail?.rate ?? ZERO),
    trailingStopDistance: bareDecimal(order.trail?.distance ?? ZERO),
  };
}

function attachedDetail(order: Order, role: Attachment['role']): object {
  const found = order.attachments.find((one) => one.role === role);
  return {
    type: found?.label ?? '',
    quantity: found ? bareDecimal(order.quantity) : 0,
    stopPrice: found ? bareDecimal(found.triggerPrice) : 0,
    price: found?.limitPrice ? bareDecimal(found.limitPrice) : 0,
    workingType: found ? workingTypeOf(found.source) : '',
    stopGuaranteed: '',
  };
}
