/** Placing, amending and cancelling orders. Answers hold ids only, as Bybit's do. */
import { eq, parseDecimal } from '../../../domain/decimal.ts';
import { amendOrder } from '../../book/amend.ts';
import type { Amendment } from '../../book/amend.ts';
import { isDormant, isOpen } from '../../book/model.ts';
import type { Market, Order } from '../../book/model.ts';
import { cancelAll, cancelOrder, placeOrder } from '../../book/place.ts';
import { refuse } from '../../book/refusal.ts';
import type { Refusal } from '../../book/refusal.ts';
import { answer, isMarket, marketParam, ok, param, writes } from './call.ts';
import type { PrivateCall, Reply, Route } from './call.ts';
import { ERRORS, invalid, isError } from './codes.ts';
import type { BybitError } from './codes.ts';
import { baseOf, readSource } from './format.ts';
import { numberOf } from './ids.ts';
import { stopOrderTypeOf } from './labels.ts';
import { checkTriggerSide, readAttachments, readOrderRequest } from './order-request.ts';
import { orderIdOf } from './order-shapes.ts';
import { RULES } from './rules.ts';

/** More than so many are not cancelled at once. */
const MAX_CANCELLED = 500;
/** Conditional orders that may wait at once, by symbol. */
const MAX_CONDITIONAL = 10;

export const orderRoutes: readonly Route[] = [
  writes('/v5/order/create', 10, (call) => answer(place(call), idsOf, bookId)),
  writes('/v5/order/amend', 10, (call) => answer(amend(call), idsOf, bookId)),
  writes('/v5/order/cancel', 10, (call) => answer(cancel(call), idsOf, bookId)),
  writes('/v5/order/cancel-all', 10, cancelEvery),
];

export const idsOf = (order: Order): object => ({
  orderId: orderIdOf(order),
  orderLinkId: order.clientOrderId ?? '',
});

const bookId = (order: Order): string => order.orderId;

export function place(call: PrivateCall): Order | Refusal | BybitError {
  const market = marketParam(call);
  if (!isMarket(market)) return market;
  const request = readOrderRequest({ ...call, market });
  if (isError(request)) return request;
  return (request.trigger && tooManyStops(call, market)) ?? placeOrder(call.books, request, false, RULES);
}

/** Stops and targets of positions don't count. */
function tooManyStops({ books, account }: PrivateCall, market: Market): BybitError | undefined {
  const waiting = [...books.open.values()].filter(
    (order) =>
      order.account === account.name &&
      order.symbol === market.symbol &&
      isDormant(order) &&
      stopOrderTypeOf(order) === 'Stop',
  );
  return waiting.length < MAX_CONDITIONAL ? undefined : ERRORS.tooManyStops;
}

/** The order of a symbol that `orderId` or else `orderLinkId` names, open or not. */
function namedOrder(
  { books, account, params }: PrivateCall,
  { symbol }: Market,
): Order | Refusal | BybitError {
  const orderId = param(params, 'orderId');
  const linkId = param(params, 'orderLinkId');
  if (orderId === undefined && linkId === undefined)
    return invalid('params error: orderId or orderLinkId is required');
  const order =
    orderId === undefined
      ? books.orderByClientId(account.name, linkId ?? '')
      : books.orders.get(numberOf('order', orderId) ?? '');
  const found = order?.account === account.name && order.symbol === symbol && order.state !== 'vanished';
  return found ? order : refuse('order-not-found', 'order not exists or too late to cancel');
}

const isOrder = (value: Order | Refusal | BybitError): value is Order => 'orderId' in value;

export function cancel(call: PrivateCall): Order | Refusal | BybitError {
  const market = marketParam(call);
  if (!isMarket(market)) return market;
  const order = namedOrder(call, market);
  if (!isOrder(order)) return order;
  return cancelOrder(call.books, call.account.name, { orderId: order.orderId });
}

export function amend(call: PrivateCall): Order | Refusal | BybitError {
  const market = marketParam(call);
  if (!isMarket(market)) return market;
  const order = namedOrder(call, market);
  if (!isOrder(order)) return order;
  if (!isOpen(order)) return refuse('order-not-found', 'order not exists or too late to cancel');
  const change = readAmendment(call, order, market);
  if (isError(change)) return change;
  return amendOrder(call.books, call.account.name, { orderId: order.orderId }, change);
}

/** What differs from the order; nothing different is an error. */
function readAmendment({ params }: PrivateCall, order: Order, market: Market): Amendment | BybitError {
  const quantity = parseDecimal(params['qty']);
  const price = parseDecimal(params['price']);
  const trigger = changedTrigger(params, order, market);
  if (trigger && isError(trigger)) return trigger;
  const attachments = changedAttachments(params, order);
  if (attachments && isError(attachments)) return attachments;
  const change: Amendment = {
    ...(quantity !== undefined && !eq(quantity, order.quantity) && { quantity }),
    ...(price !== undefined && order.price !== null && !eq(price, order.price) && { price }),
    ...(trigger && { trigger }),
    ...(attachments && { attachments }),
  };
  return Object.keys(change).length === 0 ? ERRORS.orderUnchanged : change;
}

function changedTrigger(
  params: PrivateCall['params'],
  order: Order,
  market: Market,
): Order['trigger'] | BybitError {
  const { trigger } = order;
  if (!trigger || order.triggeredAtMs !== null) return null;
  const price = parseDecimal(params['triggerPrice']) ?? trigger.price;
  const source = params['triggerBy'] ? readSource(params['triggerBy']) : trigger.source;
  if (!source) return invalid('params error: TriggerBy invalid');
  if (eq(price, trigger.price) && source === trigger.source) return null;
  const changed = { ...trigger, price, source };
  return checkTriggerSide(changed, market) ?? changed;
}

/** A price of 0 takes an attached stop or target away. */
function changedAttachments(
  params: PrivateCall['params'],
  order: Order,
): Order['attachments'] | undefined | BybitError {
  const given = [
    ['stop', params['stopLoss']],
    ['target', params['takeProfit']],
  ].flatMap(([role, text]) => (text ? [role] : []));
  if (given.length === 0) return undefined;
  const mode = order.attachments.some((one) => one.wholePosition === false) ? 'Partial' : 'Full';
  const read = readAttachments({ tpslMode: mode, ...params });
  return isError(read) ? read : [...order.attachments.filter(({ role }) => !given.includes(role)), ...read];
}

/** By symbol, base coin or settle coin, in this order. */
function cancelEvery(call: PrivateCall): Reply {
  const { params, books, account } = call;
  const baseCoin = param(params, 'baseCoin');
  if (!param(params, 'symbol') && !baseCoin && !param(params, 'settleCoin'))
    return invalid('params error: symbol, settleCoin or baseCoin is required');
  const market = param(params, 'symbol') ? marketParam(call) : undefined;
  if (market && !isMarket(market)) return market;
  let left = MAX_CANCELLED;
  const orders = cancelAll(books, account.name, (order) => {
    const chosen =
      (market ? order.symbol === market.symbol : !baseCoin || baseOf(order.symbol) === baseCoin) &&
      inFilter(order, params['orderFilter'], params['stopOrderType']);
    if (chosen) left -= 1;
    return chosen && left >= 0;
  });
  return ok({ list: orders.map(idsOf), success: '1' });
}

/** `Order` and `OpenOrder` are active orders, `StopOrder` conditional ones, `stopOrderType` Stop those of their own. */
export function inFilter(order: Order, filter: string | undefined, stopType?: string): boolean {
  const type = stopOrderTypeOf(order);
  if (filter === 'Order' || filter === 'OpenOrder') return type === null || order.triggeredAtMs !== null;
  if (filter === 'StopOrder') return type !== null && (stopType !== 'Stop' || type === 'Stop');
  return true;
}
