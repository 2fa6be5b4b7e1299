/** Reading orders and executions of an account. */
import { isOpen } from '../../book/model.ts';
import type { Fill, Income, Order } from '../../book/model.ts';
import { visibleOpenOrders } from '../../visible.ts';
import { findMarket, ok, param, reads } from './call.ts';
import type { PrivateCall, Reply, Route } from './call.ts';
import { invalid, isError } from './codes.ts';
import type { BybitError } from './codes.ts';
import { execTypeOf, fundingExecution, tradeExecution } from './executions.ts';
import { baseOf } from './format.ts';
import { numberOf } from './ids.ts';
import { inFilter } from './order-routes.ts';
import { orderIdOf, orderRow, statusOf } from './order-shapes.ts';
import { pageOf, rangeOf, within } from './paging.ts';

/** So many closed orders are still answered in real time. */
const RECENT_CLOSED = 500;
const IN_LINEAR = { category: true };

export const queryRoutes: readonly Route[] = [
  reads('/v5/order/realtime', 50, realtime, IN_LINEAR),
  reads('/v5/order/history', 50, history, IN_LINEAR),
  reads('/v5/execution/list', 50, executions, IN_LINEAR),
];

/** Which orders a request is about: by id before link id before symbol before base coin. */
function selection({ books, account, params }: PrivateCall): ((order: Order) => boolean) | BybitError {
  const orderId = param(params, 'orderId');
  const linkId = param(params, 'orderLinkId');
  const mine = (order: Order) => order.account === account.name && order.state !== 'vanished';
  if (orderId !== undefined) {
    const number = numberOf('order', orderId);
    return (order) => mine(order) && order.orderId === number;
  }
  if (linkId !== undefined) return (order) => mine(order) && order.clientOrderId === linkId;
  const chosen = chosenSymbol({ books, params });
  if (typeof chosen !== 'function') return chosen;
  return (order) => mine(order) && chosen(order) && inFilter(order, params['orderFilter']);
}

function chosenSymbol({
  books,
  params,
}: Pick<PrivateCall, 'books' | 'params'>): ((row: { symbol: string }) => boolean) | BybitError {
  const symbol = param(params, 'symbol');
  const baseCoin = param(params, 'baseCoin');
  if (symbol === undefined) return (row) => baseCoin === undefined || baseOf(row.symbol) === baseCoin;
  const market = findMarket(books, symbol);
  return market ? (row) => row.symbol === market.symbol : invalid(`params error: Symbol Invalid ${symbol}`);
}

const hasId = ({ params }: PrivateCall): boolean =>
  param(params, 'orderId') !== undefined || param(params, 'orderLinkId') !== undefined;

const byCreation = (a: Order, b: Order): number =>
  b.createdAtMs - a.createdAtMs || (BigInt(b.orderId) > BigInt(a.orderId) ? 1 : -1);

/** Open orders; with `openOnly` 1 the recently closed ones, and with an id whichever it is. */
function realtime(call: PrivateCall): Reply {
  const { books, account, params, distortion } = call;
  if (!hasId(call) && !['symbol', 'baseCoin', 'settleCoin'].some((name) => param(params, name)))
    return invalid('params error: symbol, settleCoin or baseCoin is required');
  const chosen = selection(call);
  if (typeof chosen !== 'function') return chosen;
  const closed = distortion?.kind === 'empty-orders' ? [] : recentlyClosed(call);
  const open = visibleOpenOrders(books, account.name, distortion);
  const all = hasId(call) ? [...open, ...closed] : params['openOnly'] === '1' ? closed : open;
  return orderPage(call, all.filter(chosen));
}

const recentlyClosed = ({ books, account }: PrivateCall): Order[] =>
  [...books.orders.values()]
    .filter((order) => order.account === account.name && !isOpen(order))
    .toSorted((a, b) => b.updatedAtMs - a.updatedAtMs)
    .slice(0, RECENT_CLOSED);

/** Closed orders of the range, which ids make needless. */
function history(call: PrivateCall): Reply {
  const { books, params, nowMs, distortion } = call;
  const range = rangeOf(params, nowMs);
  if (isError(range)) return range;
  const chosen = selection(call);
  if (typeof chosen !== 'function') return chosen;
  if (distortion?.kind === 'empty-orders') return orderPage(call, []);
  const wanted = param(params, 'orderStatus');
  const orders = [...books.orders.values()]
    .filter((order) => !isOpen(order) && chosen(order))
    .filter((order) => hasId(call) || within(range, order.createdAtMs))
    .filter((order) => wanted === undefined || statusOf(order) === wanted);
  return orderPage(call, orders);
}

function orderPage({ books, params }: PrivateCall, orders: readonly Order[]): Reply {
  const page = pageOf(orders.toSorted(byCreation), orderIdOf, params, 20, 50);
  return ok({
    list: page.rows.map((order) => orderRow(books, order)),
    nextPageCursor: page.nextPageCursor,
    category: 'linear',
  });
}

type Executed =
  | { readonly type: string; readonly atMs: number; readonly id: string; readonly fill: Fill }
  | { readonly type: string; readonly atMs: number; readonly id: string; readonly income: Income };

function executions(call: PrivateCall): Reply {
  const { books, params, nowMs } = call;
  const range = rangeOf(params, nowMs);
  if (isError(range)) return range;
  const rows = executed(call);
  if ('retCode' in rows) return rows;
  const wanted = param(params, 'execType');
  const chosen = rows
    .filter(({ type, atMs }) => (hasId(call) || within(range, atMs)) && (!wanted || type === wanted))
    .toSorted((a, b) => b.atMs - a.atMs || Number(b.id) - Number(a.id));
  const page = pageOf(chosen, ({ id }) => id, params, 50, 100);
  return ok({
    nextPageCursor: page.nextPageCursor,
    category: 'linear',
    list: page.rows.map((row) =>
      'fill' in row ? tradeExecution(books, row.fill) : fundingExecution(books, row.income),
    ),
  });
}

function executed(call: PrivateCall): Executed[] | BybitError {
  const { books, account } = call;
  const symbols = chosenSymbol(call);
  const orders = selection(call);
  if (typeof symbols !== 'function') return symbols;
  if (typeof orders !== 'function') return orders;
  const fits = (fill: Fill) => {
    const order = books.orders.get(fill.orderId);
    return hasId(call) ? order !== undefined && orders(order) : symbols(fill);
  };
  const fills = books.fills
    .filter((fill) => fill.account === account.name && fits(fill))
    .map((fill) => ({ type: execTypeOf(fill), atMs: fill.atMs, id: fill.fillId, fill }));
  if (hasId(call)) return fills;
  const funding = books.income
    .filter((row) => row.account === account.name && row.kind === 'FUNDING_FEE' && symbols(row))
    .map((income) => ({ type: 'Funding', atMs: income.atMs, id: income.incomeId, income }));
  return [...fills, ...funding];
}
