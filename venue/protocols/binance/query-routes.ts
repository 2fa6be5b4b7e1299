/** Reading orders, fills and income of an account. */
import { isOpen } from '../../book/model.ts';
import type { Income, Order } from '../../book/model.ts';
import { visibleOpenOrders } from '../../visible.ts';
import { bySymbol, isError, limitOf, marketParam, ok, optionalMarket, reading } from './call.ts';
import type { PrivateCall, Reply, Route } from './call.ts';
import { ERRORS } from './codes.ts';
import { findNamed, ordersOf } from './find.ts';
import { money, quoteAssetOf, symbolOf, wireId } from './format.ts';
import { pageOf, timeRange } from './history.ts';
import { isAlgo, queriedOrder, tradeOf } from './order-shapes.ts';

const V1 = '/fapi/v1';
const QUARTER_MS = 92 * 86_400_000;

export const queryRoutes: readonly Route[] = [
  reading(`${V1}/order`, 1, (call) => findOne(call, () => true)),
  reading(`${V1}/openOrder`, 1, (call) => findOne(call, isOpen)),
  reading(`${V1}/openOrders`, bySymbol(1, 40), openOrders),
  reading(`${V1}/allOrders`, 5, allOrders),
  reading(`${V1}/userTrades`, 5, userTrades),
  reading(`${V1}/income`, 30, income),
  reading(`${V1}/forceOrders`, bySymbol(20, 50), forceOrders),
];

function findOne(call: PrivateCall, which: (order: Order) => boolean): Reply {
  const market = marketParam(call);
  if (isError(market)) return market;
  const order = findNamed(call.books, call.account.name, call.params, 'ordinary');
  if (order && isError(order)) return order;
  const found = order && which(order) && order.symbol === market.symbol;
  return found ? ok(queriedOrder(call.books, order)) : ERRORS.noSuchOrder;
}

function openOrders(call: PrivateCall): Reply {
  const { books, account, distortion } = call;
  const market = optionalMarket(call);
  if (market && isError(market)) return market;
  const orders = visibleOpenOrders(books, account.name, distortion)
    .filter((order) => !isAlgo(order))
    .filter((order) => market === undefined || order.symbol === market.symbol);
  return ok(orders.map((order) => queriedOrder(books, order)));
}

/** Open and ended ones, oldest first. */
function allOrders(call: PrivateCall): Reply {
  const { books, account, params, distortion, nowMs } = call;
  const market = marketParam(call);
  if (isError(market)) return market;
  const range = timeRange(params, nowMs);
  if (isError(range)) return range;
  if (distortion?.kind === 'empty-orders') return ok([]);
  const from = params['orderId'];
  const orders = ordersOf(books, account.name, 'ordinary')
    .filter((order) => order.symbol === market.symbol)
    .filter((order) =>
      from === undefined
        ? order.createdAtMs >= range.from && order.createdAtMs <= range.to
        : Number(wireId(order.orderId)) >= Number(from),
    );
  return ok(pageOf(orders, params, from !== undefined).map((order) => queriedOrder(books, order)));
}

function userTrades(call: PrivateCall): Reply {
  const { books, account, params, nowMs } = call;
  const market = marketParam(call);
  if (isError(market)) return market;
  const { fromId, orderId, startTime, endTime } = params;
  if (fromId && (startTime || endTime)) return ERRORS.badCombination;
  const range = timeRange(params, nowMs);
  if (isError(range)) return range;
  const anyTime = Boolean(fromId) || Boolean(orderId);
  const fills = books.fills
    .filter((fill) => fill.account === account.name && fill.symbol === market.symbol)
    .filter((fill) => anyTime || (fill.atMs >= range.from && fill.atMs <= range.to))
    .filter((fill) => !orderId || wireId(fill.orderId) === orderId)
    .filter((fill) => !fromId || Number(fill.fillId) >= Number(fromId));
  return ok(pageOf(fills, params, Boolean(fromId)).map((fill) => tradeOf(books, fill)));
}

/** Binance's own words. */
const INCOME_TYPES: Readonly<Record<Income['kind'], string>> = {
  REALIZED_PNL: 'REALIZED_PNL',
  TRADING_FEE: 'COMMISSION',
  FUNDING_FEE: 'FUNDING_FEE',
  INSURANCE_CLEAR: 'INSURANCE_CLEAR',
  ADL: 'REALIZED_PNL',
  TRANSFER: 'TRANSFER',
};

function income(call: PrivateCall): Reply {
  const { books, account, params, nowMs } = call;
  const market = optionalMarket(call);
  if (market && isError(market)) return market;
  const range = timeRange(params, nowMs, params['startTime'] ? QUARTER_MS : undefined);
  if (isError(range)) return range;
  const rows = books.income
    .filter((row) => row.account === account.name && (market === undefined || row.symbol === market.symbol))
    .filter((row) => !params['incomeType'] || INCOME_TYPES[row.kind] === params['incomeType'])
    .filter((row) => row.atMs >= range.from && row.atMs <= range.to);
  const limited = { ...params, limit: String(limitOf(params['limit'], 100, 1_000)) };
  return ok(pageOf(rows, limited, false).map(incomeRow));
}

const incomeRow = (row: Income): object => ({
  symbol: symbolOf(row.symbol),
  incomeType: INCOME_TYPES[row.kind],
  income: money(row.amount),
  asset: row.symbol === '' ? 'USDT' : quoteAssetOf(row.symbol),
  info: row.kind === 'TRANSFER' ? 'TRANSFER' : INCOME_TYPES[row.kind],
  time: row.atMs,
  tranId: Number(row.incomeId),
  tradeId: row.fillId ?? '',
});

function forceOrders(call: PrivateCall): Reply {
  const { books, account, params, nowMs } = call;
  const market = optionalMarket(call);
  if (market && isError(market)) return market;
  const range = timeRange(params, nowMs);
  if (isError(range)) return range;
  const wanted = params['autoCloseType'];
  const orders = ordersOf(books, account.name, 'ordinary')
    .filter((order) => order.origin === 'liquidation' || order.origin === 'adl')
    .filter((order) => !wanted || order.origin.toUpperCase() === wanted)
    .filter((order) => market === undefined || order.symbol === market.symbol)
    .filter((order) => order.createdAtMs >= range.from && order.createdAtMs <= range.to);
  const limited = { ...params, limit: String(limitOf(params['limit'], 50, 100)) };
  return ok(pageOf(orders, limited, false).map((order) => queriedOrder(books, order)));
}
