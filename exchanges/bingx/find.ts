/**
 * Looks an order up. Invariants: `none` is said only when every list that could hold the order was
 * read whole and without it; what BingX answers is checked to be the order that was meant.
 */
import { eq } from '../../domain/decimal.ts';
import type { ExchangeOrder } from '../../domain/exchange-truth.ts';
import { parseClientOrderId } from '../../domain/ids.ts';
import { isConditional } from '../../domain/terms.ts';
import { faultOf } from '../ccxt/failure.ts';
import { ExchangeFault } from '../errors.ts';
import type { OrderLookup, OrderQuery } from '../exchange.ts';
import {
  DEFAULT_LOOKBACK_MS,
  hasShape,
  isNamed,
  LOOKUP_SLACK_MS,
  lookupOf,
  uniqueOrders,
} from '../lookup.ts';
import { toOrder } from './map-order.ts';
import { allOrders, openOrders } from './orders.ts';
import { readBody, readRows, wholeRows } from '../rows.ts';
import { mappingContext, type Deps } from './snapshot.ts';
import { orderBody, orderRow } from './wire.ts';

export function createFinder(deps: Deps): (query: OrderQuery) => Promise<OrderLookup> {
  return async (query) => {
    const askedAtMs = Date.now();
    const named =
      query.orderId !== undefined || (query.clientOrderId !== undefined && !isConditional(query.shape));
    const direct = named ? await orderNamed(deps, query) : undefined;
    if (direct) return { found: 'one', order: direct, askedAtMs };
    const sinceMs = (query.sinceMs ?? askedAtMs - DEFAULT_LOOKBACK_MS) - LOOKUP_SLACK_MS;
    const window = {
      fromMs: deps.api.clock.toServer(sinceMs),
      toMs: deps.api.clock.toServer(askedAtMs) + LOOKUP_SLACK_MS,
    };
    // Open first: an order that ends in between is then still seen by the second list.
    const open = await openOrders(deps, query.symbol);
    const past = await allOrders(deps, query.symbol, window);
    return lookupOf(matching(uniqueOrders([...open, ...past]), query, sinceMs), askedAtMs);
  };
}

/** The order endpoint: `undefined` on a definite "no such order", a fault on anything else. */
export async function orderNamed(deps: Deps, query: OrderQuery): Promise<ExchangeOrder | undefined> {
  const context = await mappingContext(deps);
  const clientOrderId = query.clientOrderId?.toLowerCase() ?? '';
  const key: Record<string, string> =
    query.orderId === undefined
      ? { clientOrderId, clientOrderID: clientOrderId }
      : { orderId: query.orderId };
  const reply = await deps.api.call('order', { symbol: deps.markets.idOf(query.symbol), ...key });
  if (!reply.ok) {
    if (reply.failure.class === 'order_gone') return undefined;
    throw faultOf('order', reply.failure);
  }
  const { data } = readBody('order', reply.body, orderBody);
  const [order] = wholeRows(
    'order',
    readRows<typeof orderRow, ExchangeOrder>('order', [data.order], orderRow, (row) => toOrder(row, context)),
  );
  // An exchange that overlooks the parameter answers with some other order; one that does not repeat
  // the client id leaves open which order this is, unless it is alike in all the rest.
  if (order && query.orderId === undefined && order.clientOrderId === undefined) {
    if (isAlike(order, query)) return order;
    throw new ExchangeFault('bad_answer', 'order: the answer to a client id names none');
  }
  return order && isNamed(order, query) ? order : undefined;
}

function matching(orders: readonly ExchangeOrder[], query: OrderQuery, sinceMs: number): ExchangeOrder[] {
  const foreign = new Set(query.excludeOrderIds);
  const candidates = orders.filter((order) => !foreign.has(order.orderId));
  const named = candidates.filter((order) => isNamed(order, query));
  if (named.length > 0 || query.orderId !== undefined || !query.shape) return named;
  const { shape } = query;
  if (!isConditional(shape)) return [];
  return candidates.filter((order) => hasShape(order, shape) && (order.createdAtMs ?? sinceMs) >= sinceMs);
}

/** What was asked for by its client id, in every particular that the answer has. */
function isAlike(order: ExchangeOrder, query: OrderQuery): boolean {
  const { shape, excludeOrderIds, sinceMs = decidedAtMs(query) } = query;
  if (!shape || sinceMs === undefined || order.createdAtMs === undefined) return false;
  const samePrice =
    shape.kind !== 'limit' ||
    (order.price !== undefined && shape.price !== undefined && eq(order.price, shape.price));
  return (
    order.createdAtMs >= sinceMs - LOOKUP_SLACK_MS &&
    excludeOrderIds?.includes(order.orderId) !== true &&
    order.leg === shape.leg &&
    order.side === shape.side &&
    order.kind === shape.kind &&
    eq(order.quantity, shape.quantity) &&
    samePrice
  );
}

/** Clocks of a workflow and a gateway; more apart, it stays unknown which order it is. */
const EPOCH_SLACK_MS = 5_000;

/** An order whose worker died may have left at any time, but not before the epoch that its id carries. */
function decidedAtMs({ clientOrderId = '' }: OrderQuery): number | undefined {
  const epoch = parseClientOrderId(clientOrderId)?.epoch;
  return epoch === undefined ? undefined : Number.parseInt(epoch, 36) - EPOCH_SLACK_MS;
}
