/**
 * Looks an order up. Invariants: `none` is said only when every list that could hold the order was read
 * whole and without it, executions included: Binance takes a client id again once its order is done, so
 * a wrong `none` would be a second execution. What Binance answers is checked to be the order meant.
 */
import type { ExchangeOrder } from '../../domain/exchange-truth.ts';
import { isConditional } from '../../domain/terms.ts';
import type { OrderLookup, OrderQuery } from '../exchange.ts';
import { ExchangeFault } from '../errors.ts';
import { DEFAULT_LOOKBACK_MS, isNamed, LOOKUP_SLACK_MS, lookupOf, uniqueOrders } from '../lookup.ts';
import type { Window } from '../windows.ts';
import { readTrades } from './trades.ts';
import { algoOrderId, orderRef } from './order-ids.ts';
import {
  algoRowBy,
  carriedOut,
  LISTING_MS,
  openAlgoOrders,
  openOrders,
  orderBy,
  pastAlgoOrders,
  pastOrders,
  type Deps,
} from './orders.ts';
import type { AlgoOrderRow } from './wire.ts';

export function createFinder(deps: Deps): (query: OrderQuery) => Promise<OrderLookup> {
  return async (query) => {
    const askedAtMs = Date.now();
    const lists = listsOf(query);
    for (const list of lists) {
      const order = await DIRECTLY[list](deps, query);
      if (order) return { found: 'one', order, askedAtMs };
    }
    const window = windowOf(deps, query, askedAtMs);
    const found: ExchangeOrder[] = [];
    for (const list of lists) found.push(...(await LISTED[list](deps, query, window)));
    return lookupOf(uniqueOrders(found), askedAtMs);
  };
}

type List = 'algo' | 'orders';

/**
 * Where the order can be. Without an id or a shape that tells, algo orders come first: the order that
 * carries one out has the same client id.
 */
function listsOf({ orderId, shape }: OrderQuery): readonly List[] {
  if (orderId !== undefined) return [orderRef(orderId).list];
  if (shape === undefined) return ['algo', 'orders'];
  return isConditional(shape) ? ['algo'] : ['orders'];
}

function windowOf({ api }: Deps, { sinceMs }: OrderQuery, askedAtMs: number): Window {
  const fromMs = (sinceMs ?? askedAtMs - DEFAULT_LOOKBACK_MS) - LOOKUP_SLACK_MS;
  return { fromMs: api.clock.toServer(fromMs), toMs: api.clock.toServer(askedAtMs) + LOOKUP_SLACK_MS };
}

const DIRECTLY: Record<List, (deps: Deps, query: OrderQuery) => Promise<ExchangeOrder | undefined>> = {
  orders: async (deps, query) => {
    const { symbol, orderId, clientOrderId } = query;
    if (orderId === undefined && clientOrderId === undefined) return undefined;
    const order = await orderBy(
      deps,
      symbol,
      orderId === undefined ? { origClientOrderId: clientOrderId?.toLowerCase() ?? '' } : { orderId },
    );
    return order && isNamed(order, query) ? order : undefined;
  },
  algo: async (deps, query) => {
    const { orderId, clientOrderId } = query;
    if (orderId === undefined && clientOrderId === undefined) return undefined;
    const row = await algoRowBy(
      deps,
      orderId === undefined
        ? { clientAlgoId: clientOrderId?.toLowerCase() ?? '' }
        : { algoId: orderRef(orderId).number },
    );
    return row && isNamedRow(row, query) ? carriedOut(deps, row) : undefined;
  },
};

const LISTED: Record<List, (deps: Deps, query: OrderQuery, window: Window) => Promise<ExchangeOrder[]>> = {
  // Open first: an order that ends in between is then still seen by the second list.
  orders: async (deps, query, window) => {
    const open = await openOrders(deps, query.symbol);
    const past = await pastOrders(deps, query.symbol, window);
    const known = uniqueOrders([...open, ...past]);
    const others = await ordersOfExecutions(deps, query, { window, known });
    return wanted([...known, ...others], query);
  },
  algo: async (deps, query, window) => {
    const open = await openAlgoOrders(deps, query.symbol);
    const past = await pastAlgoOrders(deps, query.symbol, window);
    const meant = [...open, ...past].filter((row) => isNamedRow(row, query));
    const rows = [...new Map(meant.map((row) => [row.algoId, row])).values()];
    return wanted(await Promise.all(rows.map((row) => carriedOut(deps, row))), query);
  },
};

const wanted = (orders: readonly ExchangeOrder[], query: OrderQuery): ExchangeOrder[] =>
  orders.filter((order) => isNamed(order, query) && query.excludeOrderIds?.includes(order.orderId) !== true);

/** More orders than this, executed and yet in no list, are no answer but a broken one. */
const MAX_UNLISTED = 20;

/** Orders that executed but are in no list yet: each is asked for, as one of them may be the one. */
async function ordersOfExecutions(
  deps: Deps,
  { symbol, orderId }: OrderQuery,
  { window, known }: { window: Window; known: readonly ExchangeOrder[] },
): Promise<ExchangeOrder[]> {
  if (orderId !== undefined) return [];
  const listed = new Set(known.map((order) => order.orderId));
  const trades = await readTrades(deps, symbol, window);
  const unlisted = new Map(
    trades.filter((trade) => !listed.has(trade.orderId)).map((trade) => [trade.orderId, trade.time]),
  );
  if (unlisted.size > MAX_UNLISTED)
    throw new ExchangeFault('bad_answer', 'all orders: many orders of executions are missing');
  const orders = await Promise.all(
    [...unlisted].map(async ([id, executedAtMs]) => {
      const order = await orderBy(deps, symbol, { orderId: id });
      if (order || deps.api.clock.serverNowMs() - executedAtMs > LISTING_MS) return order;
      throw new ExchangeFault('bad_answer', 'order: one that has just executed is not listed yet');
    }),
  );
  return orders.filter((order) => order !== undefined);
}

const isNamedRow = (
  { algoId, clientAlgoId }: AlgoOrderRow,
  { orderId, clientOrderId }: Pick<OrderQuery, 'orderId' | 'clientOrderId'>,
): boolean =>
  orderId === undefined
    ? clientOrderId !== undefined && clientAlgoId?.toLowerCase() === clientOrderId.toLowerCase()
    : algoOrderId(algoId) === orderId;
