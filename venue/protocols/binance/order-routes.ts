/** Placing, amending and cancelling ordinary orders. */
import { amendOrder } from '../../book/amend.ts';
import { lt, mul, sub } from '../../../domain/decimal.ts';
import type { Market, Order } from '../../book/model.ts';
import { isOpen } from '../../book/model.ts';
import { cancelAll, cancelOrder, placeOrder } from '../../book/place.ts';
import { isRefusal } from '../../book/refusal.ts';
import { isError, marketParam, ok, param, toError, trading } from './call.ts';
import type { PrivateCall, Reply, Route } from './call.ts';
import type { Params } from './auth.ts';
import { belowNotional, errorOf, ERRORS, missing } from './codes.ts';
import type { BinanceError } from './codes.ts';
import { findNamed } from './find.ts';
import { isAlgo, asAccepted, placedOrder } from './order-shapes.ts';
import { BINANCE_RULES, readOrder, readPrice, readQuantity } from './order-request.ts';
import { jsonRows } from './rows.ts';

const V1 = '/fapi/v1';
const MAX_BATCH_PLACE = 5;
const MAX_BATCH_CANCEL = 10;
const ONE = () => 1;
const BATCH = (params: Params) => jsonRows(params['batchOrders'])?.length ?? 1;

export const orderRoutes: readonly Route[] = [
  trading('POST', `${V1}/order`, 0, (call) => place(call, false), ONE),
  trading('POST', `${V1}/order/test`, 0, (call) => place(call, true)),
  trading('POST', `${V1}/batchOrders`, 5, placeBatch, BATCH),
  trading('PUT', `${V1}/order`, 1, (call) => amended(amendOne(call, call.params)), ONE),
  trading('PUT', `${V1}/batchOrders`, 5, amendBatch, BATCH),
  trading('DELETE', `${V1}/order`, 1, (call) => cancelled(call, cancelOne(call, call.params))),
  trading('DELETE', `${V1}/batchOrders`, 1, cancelBatch),
  trading('DELETE', `${V1}/allOpenOrders`, 1, cancelEvery),
];

function place(call: PrivateCall, dryRun: boolean): Reply {
  const placed = placeOne(call, call.params, dryRun);
  return isError(placed) ? placed : ok(placed.answer, dryRun ? undefined : placed.orderId);
}

type Placed = { readonly answer: object; readonly orderId: string };

function placeOne(call: PrivateCall, params: Params, dryRun = false): Placed | BinanceError {
  const { books, account } = call;
  const market = marketParam({ books, params });
  if (isError(market)) return market;
  const respType = params['newOrderRespType'] || 'ACK';
  if (respType !== 'ACK' && respType !== 'RESULT') return ERRORS.badRespType;
  const request = readOrder({ books, account, market, params });
  if (isError(request)) return request;
  const order = placeOrder(books, request, dryRun, BINANCE_RULES);
  if (isRefusal(order))
    return order.refused === 'below-min-notional' ? belowNotional(market.minNotional) : errorOf(order);
  const told = respType === 'RESULT' ? order : asAccepted(order, request.quantity);
  return { answer: placedOrder(books, told), orderId: order.orderId };
}

/** Each row is taken or refused for itself. */
function placeBatch(call: PrivateCall): Reply {
  return inBatch(call, MAX_BATCH_PLACE, (params) => {
    const placed = placeOne(call, params);
    return isError(placed) ? placed : placed.answer;
  });
}

function inBatch(call: PrivateCall, most: number, run: (params: Params) => object): Reply {
  const rows = jsonRows(call.params['batchOrders']);
  if (!rows) return missing('batchOrders');
  return rows.length === 0 || rows.length > most ? ERRORS.badBatchSize : ok(rows.map(run));
}

type Done = { readonly order: Order; readonly answer: object };

const amended = (done: Done | BinanceError): Reply =>
  isError(done) ? done : ok(done.answer, done.order.orderId);

/** Price and quantity of a limit order; it keeps its id. */
function amendOne(call: PrivateCall, params: Params): Done | BinanceError {
  const market = marketParam({ books: call.books, params });
  if (isError(market)) return market;
  const order = findNamed(call.books, call.account.name, params, 'ordinary');
  if (order && isError(order)) return order;
  if (!order || !isOpen(order) || order.symbol !== market.symbol) return ERRORS.noSuchOrder;
  if (order.execution !== 'limit') return ERRORS.limitOrdersOnly;
  const change = readChange(params, market, order);
  if (isError(change)) return change;
  const result = toError(amendOrder(call.books, call.account.name, { orderId: order.orderId }, change));
  return isError(result) ? result : { order: result, answer: placedOrder(call.books, result) };
}

function readChange(
  params: Params,
  market: Market,
  order: Order,
): { quantity: string; price: string } | BinanceError {
  if (!params['side']) return missing('side');
  const quantity = readQuantity(params['quantity'], market);
  if (typeof quantity === 'object') return quantity;
  const price = readPrice(params['price'], market, 'price');
  if (typeof price === 'object') return price;
  if (quantity === order.quantity && price === order.price) return ERRORS.nothingToModify;
  const notional = mul(price, sub(quantity, order.filledQuantity));
  return !order.reduceOnly && lt(notional, market.minNotional)
    ? belowNotional(market.minNotional)
    : { quantity, price };
}

function amendBatch(call: PrivateCall): Reply {
  return inBatch(call, MAX_BATCH_PLACE, (params) => {
    const done = amendOne(call, params);
    return isError(done) ? done : done.answer;
  });
}

function cancelled(call: PrivateCall, result: Order | BinanceError): Reply {
  return isError(result) ? result : ok(placedOrder(call.books, result), result.orderId);
}

function cancelOne({ books, account }: PrivateCall, params: Params): Order | BinanceError {
  const market = marketParam({ books, params });
  if (isError(market)) return market;
  const order = findNamed(books, account.name, params, 'ordinary');
  if (order && isError(order)) return order;
  if (!order || order.symbol !== market.symbol) return ERRORS.unknownOrder;
  return toError(cancelOrder(books, account.name, { orderId: order.orderId }));
}

function cancelBatch(call: PrivateCall): Reply {
  const { symbol = '' } = call.params;
  const listed = (...names: string[]) => jsonRows<string>(param(call.params, ...names));
  const ids = listed('orderIdList', 'orderidlist');
  const clientIds = listed('origClientOrderIdList', 'origclientorderidlist');
  const refs: readonly Params[] | undefined =
    ids?.map((orderId) => ({ symbol, orderId })) ??
    clientIds?.map((origClientOrderId) => ({ symbol, origClientOrderId }));
  if (!refs) return missing('orderIdList');
  if (refs.length === 0 || refs.length > MAX_BATCH_CANCEL)
    return { code: -4032, msg: 'Exceed maximum cancel order size.' };
  return ok(
    refs.map((ref) => {
      const result = cancelOne(call, ref);
      return isError(result) ? result : placedOrder(call.books, result);
    }),
  );
}

/** Conditional orders stay: they have their own endpoint. */
function cancelEvery(call: PrivateCall): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  cancelAll(call.books, call.account.name, (order) => order.symbol === market.symbol && !isAlgo(order));
  return ok({ code: 200, msg: 'The operation of cancel all open order is done.' });
}
