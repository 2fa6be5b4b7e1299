/** Conditional ("algo") orders: a list, ids and endpoints of their own. */
import { lt, mul } from '../../../domain/decimal.ts';
import { closesOnly, isOpen } from '../../book/model.ts';
import type { Market, Order } from '../../book/model.ts';
import { cancelAll, cancelOrder, placeOrder } from '../../book/place.ts';
import type { OrderRequest } from '../../book/place.ts';
import { isRefusal } from '../../book/refusal.ts';
import { visibleOpenOrders } from '../../visible.ts';
import { bySymbol, isError, marketParam, ok, optionalMarket, reading, toError, trading } from './call.ts';
import type { PrivateCall, Reply, Route } from './call.ts';
import { readAlgo } from './algo-request.ts';
import { clientAlgoIdOf, placedAlgo, queriedAlgo } from './algo-shapes.ts';
import { belowNotional, errorOf, ERRORS } from './codes.ts';
import { findNamed, ordersOf } from './find.ts';
import { wireId } from './format.ts';
import { pageOf, timeRange } from './history.ts';
import { isAlgo } from './order-shapes.ts';
import { BINANCE_RULES } from './order-request.ts';

const V1 = '/fapi/v1';

export const algoRoutes: readonly Route[] = [
  trading('POST', `${V1}/algoOrder`, 0, place, () => 1),
  trading('DELETE', `${V1}/algoOrder`, 1, cancelOne),
  trading('DELETE', `${V1}/algoOpenOrders`, 1, cancelEvery),
  reading(`${V1}/algoOrder`, 1, findOne),
  reading(`${V1}/openAlgoOrders`, bySymbol(1, 40), openOrders),
  reading(`${V1}/allAlgoOrders`, 5, allOrders),
];

function place(call: PrivateCall): Reply {
  const { books, account, params } = call;
  const market = marketParam(call);
  if (isError(market)) return market;
  const request = readAlgo({ books, account, market, params });
  if (isError(request)) return request;
  if (isTooSmall(request, market)) return belowNotional(market.minNotional);
  const order = placeOrder(books, request, false, BINANCE_RULES);
  if (!isRefusal(order)) return ok(placedAlgo(books, order), order.orderId);
  return order.refused === 'too-many-orders' ? ERRORS.tooManyAlgoOrders : errorOf(order);
}

/** What only closes may be of any size. */
function isTooSmall(request: OrderRequest, market: Market): boolean {
  const { leg, side, quantity, reduceOnly = false, closePosition = false } = request;
  const { trigger = null, trail = null } = request;
  if (reduceOnly || closesOnly({ leg, side, reduceOnly, closePosition, trigger, trail: null })) return false;
  const price = request.price ?? trigger?.price ?? trail?.activation ?? market.last;
  return lt(mul(quantity, price), market.minNotional);
}

function cancelOne({ books, account, params }: PrivateCall): Reply {
  const order = findNamed(books, account.name, params, 'algo');
  if (order && isError(order)) return order;
  if (!order) return ERRORS.unknownOrder;
  const result = toError(cancelOrder(books, account.name, { orderId: order.orderId }));
  if (isError(result)) return result;
  return ok(
    {
      algoId: Number(wireId(result.orderId)),
      clientAlgoId: clientAlgoIdOf(result),
      code: '200',
      msg: 'success',
    },
    result.orderId,
  );
}

function cancelEvery(call: PrivateCall): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  cancelAll(call.books, call.account.name, (order) => order.symbol === market.symbol && isAlgo(order));
  return ok({ code: 200, msg: 'The operation of cancel all open order is done.' });
}

function findOne({ books, account, params }: PrivateCall): Reply {
  const order = findNamed(books, account.name, params, 'algo');
  if (order && isError(order)) return order;
  return order ? ok(queriedAlgo(books, order)) : ERRORS.noSuchOrder;
}

function openOrders(call: PrivateCall): Reply {
  const { books, account, params, distortion } = call;
  const market = optionalMarket(call);
  if (market && isError(market)) return market;
  const orders = visibleOpenOrders(books, account.name, distortion)
    .filter(isAlgo)
    .filter((order) => market === undefined || order.symbol === market.symbol)
    .filter((order) => !params['algoId'] || wireId(order.orderId) === params['algoId']);
  return ok(orders.map((order) => queriedAlgo(books, order)));
}

/** Open and ended ones, oldest first. */
function allOrders(call: PrivateCall): Reply {
  const { books, account, params, distortion, nowMs } = call;
  const market = marketParam(call);
  if (isError(market)) return market;
  const range = timeRange(params, nowMs);
  if (isError(range)) return range;
  if (distortion?.kind === 'empty-orders') return ok([]);
  const from = params['algoId'];
  const orders = ordersOf(books, account.name, 'algo').filter(
    (order) =>
      order.symbol === market.symbol &&
      (from === undefined ? inRange(order, range) : Number(wireId(order.orderId)) >= Number(from)),
  );
  return ok(pageOf(orders, params, from !== undefined).map((order) => queriedAlgo(books, order)));
}

const inRange = (order: Order, { from, to }: { from: number; to: number }): boolean =>
  isOpen(order) || (order.createdAtMs >= from && order.createdAtMs <= to);
