/**
 * Looks an order up. Invariants: `none` is said only when the live list and the history were both read
 * whole and without it; what Bybit answers is checked to be the order that was meant. Never by shape: every
 * order carries its client id, conditional ones too.
 */
import type { ExchangeOrder } from '../../domain/exchange-truth.ts';
import type { Params } from '../ccxt/api.ts';
import { ExchangeFault } from '../errors.ts';
import type { OrderLookup, OrderQuery } from '../exchange.ts';
import { DEFAULT_LOOKBACK_MS, isNamed, LOOKUP_SLACK_MS, lookupOf, uniqueOrders } from '../lookup.ts';
import { readRows, wholeRows } from '../rows.ts';
import type { Window } from '../windows.ts';
import { isOrderGone } from './codes.ts';
import { toOrder } from './map-order.ts';
import { readHistory, readPages } from './pages.ts';
import { mappingContext, OPEN_ONLY, ORDERS_PAGE, type Deps } from './snapshot.ts';
import { orderRow } from './wire.ts';

type Named = Pick<OrderQuery, 'symbol' | 'orderId' | 'clientOrderId'>;

export function createFinder(deps: Deps): (query: OrderQuery) => Promise<OrderLookup> {
  return async (query) => {
    const askedAtMs = Date.now();
    const sinceMs = (query.sinceMs ?? askedAtMs - DEFAULT_LOOKBACK_MS) - LOOKUP_SLACK_MS;
    const { clock } = deps.api;
    const window = { fromMs: clock.toServer(sinceMs), toMs: clock.toServer(Date.now()) + LOOKUP_SLACK_MS };
    const found = await orderNamed(deps, query, window);
    const meant = found.filter(({ orderId }) => query.excludeOrderIds?.includes(orderId) !== true);
    return lookupOf(meant, askedAtMs);
  };
}

/** The order of an id from the live list, which holds recent finished ones too, else from the history. */
export async function orderNamed(deps: Deps, query: Named, window: Window): Promise<ExchangeOrder[]> {
  const key: Params =
    query.orderId === undefined
      ? { orderLinkId: query.clientOrderId?.toLowerCase() ?? '' }
      : { orderId: query.orderId };
  const asked = { symbol: deps.markets.idOf(query.symbol), ...key };
  const live = await named(deps, query, orNone(readPages(deps.api, 'liveOrders', asked)));
  if (live.length > 0) return live;
  // What is open is found above by its id; the list of the symbol makes sure of it, should the id be overlooked.
  const open = { symbol: asked.symbol, openOnly: OPEN_ONLY, limit: ORDERS_PAGE };
  const listed = await named(deps, query, readPages(deps.api, 'liveOrders', open));
  const past = await named(deps, query, orNone(readHistory(deps.api, 'pastOrders', asked, window)));
  return uniqueOrders([...listed, ...past]);
}

/** A definite "no such order" says as much as an empty list. */
async function orNone(asked: Promise<unknown[]>): Promise<unknown[]> {
  try {
    return await asked;
  } catch (fault) {
    if (fault instanceof ExchangeFault && fault.code !== undefined && isOrderGone(fault.code)) return [];
    throw fault;
  }
}

/** An exchange that overlooks the id answers with some other order: only what carries the id counts. */
async function named(deps: Deps, query: Named, asked: Promise<unknown[]>): Promise<ExchangeOrder[]> {
  const [list, context] = await Promise.all([asked, mappingContext(deps)]);
  const rows = readRows<typeof orderRow, ExchangeOrder>('order', list, orderRow, (row) =>
    toOrder(row, context),
  );
  return wholeRows('orders', rows).filter((order) => order.symbol === query.symbol && isNamed(order, query));
}
