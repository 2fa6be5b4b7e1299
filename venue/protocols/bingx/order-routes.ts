/** Placing, cancelling and replacing orders. */
import { parseDecimal } from '../../../domain/decimal.ts';
import { amendOrder } from '../../book/amend.ts';
import type { Order } from '../../book/model.ts';
import { cancelAll, cancelOrder, closeLeg, placeOrder, replaceOrder } from '../../book/place.ts';
import { isRefusal } from '../../book/refusal.ts';
import type { Refusal } from '../../book/refusal.ts';
import { bareInteger } from '../../json.ts';
import { asText } from './auth.ts';
import type { Params } from './auth.ts';
import { answer, clientIdOf, failed, isError, marketParam, ok, param, signed } from './call.ts';
import type { PrivateCall, Reply, Route } from './call.ts';
import { errorOf, invalid } from './codes.ts';
import type { BingxError } from './codes.ts';
import { readOrderRequest } from './order-request.ts';
import { positionSideOf } from './format.ts';
import { averagePrice, placedOrder, queriedOrder } from './order-shapes.ts';

const MAX_BATCH_PLACE = 5;
const MAX_BATCH_CANCEL = 10;
const TRADE = '/openApi/swap/v2/trade';
const TRADE_V1 = '/openApi/swap/v1/trade';

export const orderRoutes: readonly Route[] = [
  signed('POST', `${TRADE}/order`, { uid: 10, ip: 3 }, (call) => place(call, false), true),
  signed('POST', `${TRADE}/order/test`, { uid: 5, ip: 2 }, (call) => place(call, true), true),
  signed('POST', `${TRADE}/batchOrders`, { uid: 5, ip: 3 }, placeBatch, true),
  signed('DELETE', `${TRADE}/order`, { uid: 10, ip: 3 }, cancelOne, true),
  signed('DELETE', `${TRADE}/batchOrders`, { uid: 5, ip: 3 }, cancelBatch, true),
  signed('DELETE', `${TRADE}/allOpenOrders`, { uid: 5, ip: 2 }, cancelEvery, true),
  signed('POST', `${TRADE_V1}/cancelReplace`, { uid: 5, ip: 2 }, replace, true),
  signed('POST', `${TRADE_V1}/amend`, { uid: 5 }, amend, true),
  signed('POST', `${TRADE_V1}/closePosition`, { uid: 5, ip: 2 }, closeOne, true),
  signed('POST', `${TRADE}/closeAllPositions`, { uid: 5, ip: 2 }, closeEvery, true),
];

function place(call: PrivateCall, dryRun: boolean): Reply {
  const result = placeParams(call, call.params, dryRun);
  if (isError(result)) return result;
  return answer(
    result,
    (order) => ({ order: placedOrder(order) }),
    (order) => order.orderId,
  );
}

function placeParams(call: PrivateCall, params: Params, dryRun = false): Order | Refusal | BingxError {
  const market = marketParam({ ...call, params });
  if (isError(market)) return market;
  const request = readOrderRequest(params, call.account, market);
  return isError(request) ? request : asSent(placeOrder(call.books, request, dryRun), request.quantity);
}

/** The answer repeats the request: a closePosition order has no quantity there even if it traded at once. */
function asSent(result: Order | Refusal, quantity: string): Order | Refusal {
  return isRefusal(result) ? result : { ...result, quantity };
}

function placeBatch(call: PrivateCall): Reply {
  const rows = jsonList(param(call.params, 'batchOrders'));
  if (!rows || rows.length === 0) return invalid('batchOrders: This field is required.');
  if (rows.length > MAX_BATCH_PLACE) return invalid(`batchOrders: no more than ${MAX_BATCH_PLACE} orders`);
  const orders = rows.map((row) => {
    const result = placeParams(call, textParams(row));
    const error = isError(result) ? result : isRefusal(result) ? errorOf(result) : undefined;
    return error
      ? { ...textParams(row), errorCode: error.code, errorMsg: error.msg }
      : placedOrder(result as Order);
  });
  return ok({ orders });
}

const refOf = (params: Params): { orderId?: string; clientOrderId?: string } => {
  const orderId = param(params, 'orderId', 'orderID');
  const clientOrderId = clientIdOf(params);
  return {
    ...(orderId !== undefined && { orderId }),
    ...(orderId === undefined && clientOrderId !== undefined && { clientOrderId }),
  };
};

function cancelOne(call: PrivateCall): Reply {
  const ref = refOf(call.params);
  if (ref.orderId === undefined && ref.clientOrderId === undefined)
    return invalid('orderId or clientOrderID is required');
  return answer(
    cancelOrder(call.books, call.account.name, ref),
    (order) => ({ order: queriedOrder(call.books, order) }),
    (order) => order.orderId,
  );
}

function cancelBatch(call: PrivateCall): Reply {
  const orderIds = jsonList(call.params['orderIdList']) ?? indexed(call.params, 'orderIdList');
  const clientIds = jsonList(param(call.params, 'clientOrderIDList', 'clientOrderIdList')) ?? [];
  const refs =
    orderIds.length > 0
      ? orderIds.map((orderId) => ({ orderId: String(orderId) }))
      : clientIds.map((id) => ({ clientOrderId: String(id).toLowerCase() }));
  if (refs.length === 0 || refs.length > MAX_BATCH_CANCEL)
    return invalid(`orderIdList: 1 to ${MAX_BATCH_CANCEL} orders`);
  const success: object[] = [];
  const failures: object[] = [];
  for (const ref of refs) {
    const result = cancelOrder(call.books, call.account.name, ref);
    if (isRefusal(result))
      failures.push({ ...ref, errorCode: errorOf(result).code, errorMessage: result.detail });
    else success.push(queriedOrder(call.books, result));
  }
  return ok({ success, failed: failures.length > 0 ? failures : null });
}

function cancelEvery(call: PrivateCall): Reply {
  const { symbol, type } = call.params;
  const orders = cancelAll(
    call.books,
    call.account.name,
    (order) => (!symbol || order.symbol === symbol) && (!type || order.label === type),
  );
  return ok({ success: orders.map((order) => queriedOrder(call.books, order)), failed: null });
}

function replace(call: PrivateCall): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  const request = readOrderRequest(call.params, call.account, market);
  if (isError(request)) return request;
  const orderId = param(call.params, 'cancelOrderId');
  const clientOrderId = param(call.params, 'cancelClientOrderID', 'cancelClientOrderId')?.toLowerCase();
  const ref = orderId === undefined ? (clientOrderId === undefined ? {} : { clientOrderId }) : { orderId };
  const { cancelled, placed } = replaceOrder(
    call.books,
    call.account.name,
    ref,
    request,
    call.params['cancelReplaceMode'] === 'ALLOW_FAILURE',
  );
  if (placed === undefined) return isRefusal(cancelled) ? failed(cancelled) : ok({});
  if (isRefusal(placed) && isRefusal(cancelled)) return failed(placed);
  return ok(
    {
      cancelResult: String(!isRefusal(cancelled)),
      cancelMsg: isRefusal(cancelled) ? cancelled.detail : '',
      cancelResponse: isRefusal(cancelled)
        ? {}
        : {
            cancelClientOrderId: '',
            cancelOrderId: bareInteger(cancelled.orderId),
            ...queriedOrder(call.books, cancelled),
          },
      replaceResult: String(!isRefusal(placed)),
      replaceMsg: isRefusal(placed) ? placed.detail : '',
      newOrderResponse: isRefusal(placed) ? {} : placedOrder(placed),
    },
    isRefusal(placed) ? undefined : placed.orderId,
  );
}

function amend(call: PrivateCall): Reply {
  const quantity = parseDecimal(call.params['quantity']);
  if (quantity === undefined) return invalid('quantity: This field is required.');
  return answer(
    amendOrder(call.books, call.account.name, refOf(call.params), { quantity }),
    (order) => ({
      orderId: order.orderId,
      clientOrderId: order.clientOrderId ?? '',
      symbol: order.symbol,
      quantity: order.quantity,
    }),
    (order) => order.orderId,
  );
}

function closeOne(call: PrivateCall): Reply {
  const position = [...call.books.positions.values()].find(
    (row) => row.account === call.account.name && row.positionId === call.params['positionId'],
  );
  if (!position) return errorOf({ refused: 'nothing-to-close', detail: 'position not exist' });
  const result = closeLeg(call.books, call.account.name, position.symbol, position.leg, 'MARKET');
  return answer(
    result,
    (order) => ({
      orderId: bareInteger(order.orderId),
      positionId: position.positionId,
      symbol: order.symbol,
      side: order.side === 'buy' ? 'Bid' : 'Ask',
      type: 'MARKET',
      positionSide: positionSideOf(order),
      origQty: order.quantity,
      avgPrice: averagePrice(order),
    }),
    (order) => order.orderId,
  );
}

function closeEvery(call: PrivateCall): Reply {
  const { symbol } = call.params;
  const rows = [...call.books.positions.values()].filter(
    (row) => row.account === call.account.name && (!symbol || row.symbol === symbol),
  );
  const success = rows.filter(
    (row) => !isRefusal(closeLeg(call.books, call.account.name, row.symbol, row.leg, 'MARKET')),
  );
  return ok({ success: success.map((row) => bareInteger(row.positionId)), failed: null });
}

/** A JSON array from a parameter; ids beyond 2^53 come as strings. */
function jsonList(text: string | undefined): unknown[] | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text.replace(/([:[,]\s*)(\d{15,})(?=\s*[,}\]])/g, '$1"$2"'));
    return Array.isArray(value) ? value : undefined;
  } catch {
    return text
      .split(',')
      .map((part) => part.replace(/[[\]"\s]/g, ''))
      .filter((part) => part !== '');
  }
}

/** `name[0]=..&name[1]=..`, as some clients write lists. */
const indexed = (params: Params, name: string): string[] =>
  Object.entries(params)
    .filter(([key]) => key.startsWith(`${name}[`))
    .map(([, value]) => value);

function textParams(row: unknown): Params {
  if (typeof row !== 'object' || row === null) return {};
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, asText(value)]));
}
