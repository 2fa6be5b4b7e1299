/** Orders in the shapes that Bybit answers with and pushes. Documented samples are the model, see the tests. */
import {
  add,
  div,
  isPositive,
  isZero,
  mul,
  neg,
  roundToStep,
  sub,
  toPlaces,
  ZERO,
} from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import { marketOf } from '../../book/margin.ts';
import { closesOnly, isDormant, isOpen, legKey } from '../../book/model.ts';
import type { Attachment, Order } from '../../book/model.ts';
import { millis, money, positionIdxOf, sideOf, symbolOf, triggerByOf } from './format.ts';
import { uuidOf } from './ids.ts';
import { createTypeOf, isPositionStop, stopOrderTypeOf, tpslModeOf } from './labels.ts';

/** A market order goes to the book as a limit so far from the last price. */
const MARKET_BOUND = '0.05';
const UNKNOWN = 'UNKNOWN';

export const orderIdOf = (order: Pick<Order, 'orderId'>): string => uuidOf('order', order.orderId);

export const averagePrice = (order: Order): Decimal =>
  toPlaces(div(order.filledCost, order.filledQuantity), 8);

/** `Untriggered` waits for its trigger; what is cancelled before it fires is `Deactivated`. */
export function statusOf(order: Order): string {
  switch (order.state) {
    case 'new':
      return isDormant(order) ? 'Untriggered' : 'New';
    case 'partially_filled':
      return 'PartiallyFilled';
    case 'filled':
      return 'Filled';
    case 'triggered':
      return 'Triggered';
    case 'expired':
      return 'Cancelled';
    case 'cancelled':
    case 'vanished':
      return wasDormant(order) ? 'Deactivated' : 'Cancelled';
    default:
      return order.state satisfies never;
  }
}

const wasDormant = (order: Order): boolean =>
  order.triggeredAtMs === null && (order.trigger !== null || order.trail !== null);

function cancelTypeOf(order: Order): string {
  switch (order.endReason) {
    case 'by-client':
      return 'CancelByUser';
    case 'by-control':
      return 'CancelByAdmin';
    case 'position-closed':
      return isPositionStop(order) ? 'CancelByTpSlTsClear' : 'CancelByReduceOnly';
    case 'no-position':
      return 'CancelByReduceOnly';
    default:
      return UNKNOWN;
  }
}

const REJECT_REASONS: Readonly<Record<string, string>> = {
  'by-client': 'EC_PerCancelRequest',
  'post-only': 'EC_PostOnlyWillTakeLiquidity',
  'immediate-or-cancel': 'EC_NoImmediateQtyToFill',
  'fill-or-kill': 'EC_CancelForNoFullFill',
};

/** The price of a market order is the bound that it went to the book with, not what it got. */
export function priceOf(books: Books, order: Order): Decimal {
  if (order.price !== null) return order.price;
  const reference = order.notes?.['lastPriceOnCreated'];
  if (reference === undefined || stopOrderTypeOf(order) !== null) return ZERO;
  const factor = add('1', order.side === 'buy' ? MARKET_BOUND : neg(MARKET_BOUND));
  return roundToStep(mul(reference, factor), marketOf(books, order.symbol).tickSize, 'nearest');
}

/** What protects a whole position has its size. */
export function quantityOf(books: Books, order: Order): Decimal {
  if (!order.closePosition || isPositive(order.quantity)) return order.quantity;
  return books.positions.get(legKey(order.account, order.symbol, order.leg))?.quantity ?? ZERO;
}

/** Of other products and of rules that the venue does not have. */
const NOT_USED = {
  blockTradeId: '',
  isLeverage: '',
  orderIv: '',
  marketUnit: '',
  placeType: '',
  smpType: 'None',
  smpGroup: 0,
  smpOrderId: '',
  slippageToleranceType: UNKNOWN,
  slippageTolerance: '',
  extraFees: '',
  rpiTakerAccess: false,
  rpiMatchedQty: '0',
};

/** An order as the queries answer it. */
export function orderRow(books: Books, order: Order): object {
  return {
    ...NOT_USED,
    orderId: orderIdOf(order),
    orderLinkId: order.clientOrderId ?? '',
    parentOrderLinkId: parentLinkId(books, order),
    symbol: symbolOf(order.symbol),
    side: sideOf(order.side),
    positionIdx: positionIdxOf(order.leg),
    orderStatus: statusOf(order),
    createType: createTypeOf(order),
    cancelType: cancelTypeOf(order),
    rejectReason: REJECT_REASONS[order.endReason ?? ''] ?? 'EC_NoError',
    timeInForce: order.execution === 'market' ? 'IOC' : order.timeInForce,
    orderType: order.execution === 'market' ? 'Market' : 'Limit',
    stopOrderType: stopOrderTypeOf(order) ?? '',
    ...executed(books, order),
    ...conditions(order),
    ...protection(order),
    lastPriceOnCreated: order.notes?.['lastPriceOnCreated'] ?? ZERO,
    reduceOnly: order.reduceOnly || isPositionStop(order) || order.closePosition,
    closeOnTrigger: order.notes?.['closeOnTrigger'] === 'true' || isPositionStop(order),
    createdTime: millis(order.createdAtMs),
    updatedTime: millis(order.updatedAtMs),
  };
}

/** How much there is of it, how much was had and for what. */
function executed(books: Books, order: Order): object {
  const quantity = quantityOf(books, order);
  const left = isOpen(order) ? sub(quantity, order.filledQuantity) : ZERO;
  const price = priceOf(books, order);
  const filled = isPositive(order.filledQuantity);
  const fee = money(neg(order.commission));
  return {
    price,
    qty: quantity,
    avgPrice: filled ? averagePrice(order) : '',
    leavesQty: left,
    leavesValue: money(mul(left, isZero(price) ? marketOf(books, order.symbol).last : price)),
    cumExecQty: order.filledQuantity,
    cumExecValue: money(order.filledCost),
    cumExecFee: fee,
    cumFeeDetail: filled ? { USDT: fee } : {},
  };
}

function parentLinkId(books: Books, order: Order): string {
  return order.parentOrderId === null ? '' : (books.orders.get(order.parentOrderId)?.clientOrderId ?? '');
}

/** A trailing stop has its activation price as its trigger price. */
function conditions({ trigger, trail, side }: Order): object {
  if (trail) {
    return {
      triggerPrice: trail.activation ?? ZERO,
      triggerDirection: side === 'sell' ? 1 : 2,
      triggerBy: triggerByOf(trail.source),
    };
  }
  return {
    triggerPrice: trigger?.price ?? ZERO,
    triggerDirection: trigger ? (trigger.fires === 'rising' ? 1 : 2) : 0,
    triggerBy: trigger ? triggerByOf(trigger.source) : UNKNOWN,
  };
}

function protection(order: Order): object {
  const [stop, target] = (['stop', 'target'] as const).map((role) =>
    order.attachments.find((one) => one.role === role),
  );
  return {
    takeProfit: target?.triggerPrice ?? ZERO,
    stopLoss: stop?.triggerPrice ?? ZERO,
    tpTriggerBy: triggerWord(target),
    slTriggerBy: triggerWord(stop),
    tpslMode: tpslModeOf(order),
    ocoTriggerBy: '',
    tpLimitPrice: target?.limitPrice ?? '',
    slLimitPrice: stop?.limitPrice ?? '',
  };
}

const triggerWord = (attachment: Attachment | undefined): string =>
  attachment ? triggerByOf(attachment.source) : UNKNOWN;

/** An order as the `order` topic pushes it. */
export function pushedOrder(books: Books, order: Order): object {
  return {
    category: 'linear',
    ...orderRow(books, order),
    closedPnl: money(order.realizedPnl),
    feeCurrency: 'USDT',
    // Reduce-only and closing sides are the same to a client that watches.
    reduceOnly: closesOnly(order),
  };
}
