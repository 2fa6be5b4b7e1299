/** Reading positions, orders, fills and history of an account. */
import { compare } from '../../../domain/decimal.ts';
import { isOpen } from '../../book/model.ts';
import type { Order } from '../../book/model.ts';
import { findOrder } from '../../book/place.ts';
import { keptPositions, visibleOpenOrders, visiblePositions } from '../../visible.ts';
import { clientIdOf, ok, param, signed } from './call.ts';
import type { PrivateCall, Reply, Route } from './call.ts';
import { errorOf, invalid } from './codes.ts';
import { balanceRow, closedPosition, filledOrder, openPosition } from './account-shapes.ts';
import { money } from './format.ts';
import { queriedOrder } from './order-shapes.ts';

const WEEK_MS = 7 * 86_400_000;
const QUARTER_MS = 92 * 86_400_000;
const SWAP = '/openApi/swap';

export const queryRoutes: readonly Route[] = [
  signed('GET', `${SWAP}/v3/user/balance`, { uid: 5, ip: 3 }, ({ books, account }) =>
    ok([balanceRow(books, account)]),
  ),
  signed('GET', `${SWAP}/v2/user/balance`, { uid: 5, ip: 3 }, ({ books, account }) =>
    ok({ balance: balanceRow(books, account) }),
  ),
  signed('GET', `${SWAP}/v2/user/positions`, { uid: 10, ip: 3 }, positions),
  signed('GET', `${SWAP}/v1/trade/positionHistory`, { uid: 5, ip: 2 }, positionHistory),
  signed('GET', `${SWAP}/v2/trade/order`, { uid: 30, ip: 2 }, (call) => oneOrder(call, () => true)),
  signed('GET', `${SWAP}/v2/trade/openOrder`, { uid: 5, ip: 2 }, (call) => oneOrder(call, isOpen)),
  signed('GET', `${SWAP}/v2/trade/openOrders`, { uid: 5, ip: 3 }, openOrders),
  signed('GET', `${SWAP}/v2/trade/allOrders`, { uid: 5, ip: 3 }, (call) =>
    orderHistory(call, (order) => !isOpen(order)),
  ),
  signed('GET', `${SWAP}/v1/trade/fullOrder`, { uid: 5, ip: 2 }, (call) => orderHistory(call, () => true)),
  signed('GET', `${SWAP}/v2/trade/forceOrders`, { uid: 10, ip: 2 }, forceOrders),
  signed('GET', `${SWAP}/v2/trade/allFillOrders`, { uid: 5, ip: 2 }, (call) => fills(call, 1_000)),
  signed('GET', `${SWAP}/v2/trade/fillHistory`, { uid: 5, ip: 2 }, (call) => fills(call, 50)),
  signed('GET', `${SWAP}/v2/user/income`, { uid: 5, ip: 2 }, income),
];

/** As it was `positionLagMs` ago; the figures that follow the mark price are of now. */
function positions({ books, account, params, distortion }: PrivateCall): Reply {
  const rows = visiblePositions(books, account.name, distortion)
    .filter((row) => !params['symbol'] || row.symbol === params['symbol'])
    .map((row) => openPosition(books, row));
  return ok(keptPositions(rows, distortion));
}

function positionHistory({ books, account, params }: PrivateCall): Reply {
  if (!params['symbol']) return invalid('symbol: This field is required.');
  const range = timeRange(params['startTs'], params['endTs'], QUARTER_MS);
  if (!range) return invalid('startTs and endTs: the range must not exceed 3 months');
  const rows = books.closed
    .filter((row) => row.account === account.name && row.symbol === params['symbol'])
    .filter((row) => !params['positionId'] || row.positionId === params['positionId'])
    .filter((row) => row.closedAtMs >= range.from && row.closedAtMs <= range.to)
    .reverse();
  const page = pageOf(rows, params['pageIndex'], params['pageSize'] ?? params['limit'], 100);
  // Recorded as `positionHistory`, documented lately as `list`: both are there.
  const list = page.map(closedPosition);
  return ok({ positionHistory: list, list, total: rows.length });
}

function oneOrder({ books, account, params }: PrivateCall, which: (order: Order) => boolean): Reply {
  const orderId = param(params, 'orderId', 'orderID');
  const clientOrderId = clientIdOf(params);
  if (orderId === undefined && clientOrderId === undefined)
    return invalid('orderId or clientOrderID is required');
  const order = findOrder(
    books,
    account.name,
    orderId === undefined ? { clientOrderId: clientOrderId ?? '' } : { orderId },
  );
  const found = order && which(order) && (!params['symbol'] || order.symbol === params['symbol']);
  return found
    ? ok({ order: queriedOrder(books, order) })
    : errorOf({ refused: 'order-not-found', detail: 'order not exist' });
}

function openOrders({ books, account, params, distortion }: PrivateCall): Reply {
  const orders = visibleOpenOrders(books, account.name, distortion).filter(
    (order) =>
      (!params['symbol'] || order.symbol === params['symbol']) &&
      (!params['type'] || order.label === params['type']),
  );
  return ok({ orders: orders.map((order) => queriedOrder(books, order)) });
}

function orderHistory(
  { books, account, params, distortion }: PrivateCall,
  which: (order: Order) => boolean,
): Reply {
  const range = timeRange(params['startTime'], params['endTime'], WEEK_MS);
  if (!range) return invalid('startTime and endTime: the range must not exceed 7 days');
  if (distortion?.kind === 'empty-orders') return ok({ orders: [] });
  const after = param(params, 'orderId');
  const orders = [...books.orders.values()]
    .filter((order) => order.account === account.name && order.state !== 'vanished' && which(order))
    .filter((order) => !params['symbol'] || order.symbol === params['symbol'])
    .filter((order) => order.createdAtMs >= range.from && order.createdAtMs <= range.to)
    .filter((order) => after === undefined || compare(order.orderId, after) >= 0)
    .sort((a, b) => compare(b.orderId, a.orderId));
  return ok({
    orders: orders.slice(0, limitOf(params['limit'], 500, 1_000)).map((order) => queriedOrder(books, order)),
  });
}

function forceOrders({ books, account, params }: PrivateCall): Reply {
  const range = timeRange(params['startTime'], params['endTime'], WEEK_MS);
  if (!range) return invalid('startTime and endTime: the range must not exceed 7 days');
  const wanted = params['autoCloseType']?.toLowerCase();
  const orders = [...books.orders.values()]
    .filter(
      (order) => order.account === account.name && (order.origin === 'liquidation' || order.origin === 'adl'),
    )
    .filter(
      (order) =>
        (!wanted || order.origin === wanted) && (!params['symbol'] || order.symbol === params['symbol']),
    )
    .filter((order) => order.createdAtMs >= range.from && order.createdAtMs <= range.to)
    .reverse();
  return ok({
    orders: orders
      .slice(0, limitOf(params['limit'], 50, 100))
      .map((order) => ({ ...queriedOrder(books, order), autoCloseType: order.origin.toUpperCase() })),
  });
}

function fills({ books, account, params }: PrivateCall, usualSize: number): Reply {
  const range = timeRange(
    params['startTs'] ?? params['startTime'],
    params['endTs'] ?? params['endTime'],
    QUARTER_MS,
  );
  if (!range) return invalid('startTs and endTs: the range is too long');
  const rows = books.fills
    .filter(
      (fill) => fill.account === account.name && (!params['symbol'] || fill.symbol === params['symbol']),
    )
    .filter((fill) => !params['orderId'] || fill.orderId === params['orderId'])
    .filter((fill) => fill.atMs >= range.from && fill.atMs <= range.to)
    .filter((fill) => !params['lastFillId'] || Number(fill.fillId) > Number(params['lastFillId']));
  const page = pageOf(rows, params['pageIndex'], params['pageSize'], usualSize);
  const clientIds = new Map(
    page.map((fill) => [fill.orderId, books.orders.get(fill.orderId)?.clientOrderId ?? '']),
  );
  return ok({
    fill_orders: page.map((fill) => ({ ...filledOrder(fill), clientOrderID: clientIds.get(fill.orderId) })),
  });
}

function income({ books, account, params }: PrivateCall): Reply {
  const range = timeRange(params['startTime'], params['endTime'], QUARTER_MS);
  if (!range) return invalid('startTime and endTime: the range is too long');
  const rows = books.income
    .filter((row) => row.account === account.name && (!params['symbol'] || row.symbol === params['symbol']))
    .filter(
      (row) =>
        (!params['incomeType'] || row.kind === params['incomeType']) &&
        row.atMs >= range.from &&
        row.atMs <= range.to,
    )
    .reverse();
  return ok(
    rows.slice(0, limitOf(params['limit'], 100, 1_000)).map((row) => ({
      symbol: row.symbol,
      incomeType: row.kind,
      income: money(row.amount),
      asset: 'USDT',
      info: row.kind,
      time: row.atMs,
      tranId: row.incomeId,
      tradeId: row.incomeId,
    })),
  );
}

/** Both ends optional: ccxt leaves them out. `undefined` where the range is longer than allowed. */
function timeRange(
  from: string | undefined,
  to: string | undefined,
  longestMs: number,
): { from: number; to: number } | undefined {
  const range = { from: from ? Number(from) : 0, to: to ? Number(to) : Number.MAX_SAFE_INTEGER };
  return from && to && range.to - range.from > longestMs ? undefined : range;
}

const limitOf = (text: string | undefined, usual: number, most: number): number =>
  Math.min(most, Number(text) > 0 ? Number(text) : usual);

function pageOf<T>(
  rows: readonly T[],
  index: string | undefined,
  size: string | undefined,
  usualSize: number,
): T[] {
  const length = limitOf(size, usualSize, 1_000);
  const page = Math.max(1, Number(index) || 1);
  return rows.slice((page - 1) * length, page * length);
}
