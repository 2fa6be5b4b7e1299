/**
 * Executions as finished orders tell them, for an exchange without an endpoint for fills. One per order,
 * at its average price: an order that still rests is left out, as its fill would count again later.
 */
import { isPositive } from '../../domain/decimal.ts';
import type { ExchangeOrder, Fill } from '../../domain/exchange-truth.ts';
import type { FillQuery } from '../exchange.ts';
import { ownStyleId } from '../own-style.ts';
import { allOrders } from './orders.ts';
import type { Deps } from './snapshot.ts';

/** An order can have been placed this long before its fill. */
const ORDER_LOOKBACK_MS = 7 * 24 * 60 * 60_000;
const DATING_SLACK_MS = 1_000;

export async function fillsFromOrders(deps: Deps, query: FillQuery): Promise<Fill[]> {
  const { clock } = deps.api;
  const { symbol, leg, sinceMs, untilMs = Date.now() } = query;
  const window = {
    fromMs: clock.toServer(sinceMs) - ORDER_LOOKBACK_MS,
    toMs: clock.toServer(untilMs) + DATING_SLACK_MS,
  };
  // The parts of a long window can show an order twice.
  const listed = await allOrders(deps, symbol, window);
  const orders = [...new Map(listed.map((order) => [order.orderId, order])).values()];
  // Where a market order carries a triggered stop out, both may show the same execution.
  const carriedOut = new Set(orders.flatMap(({ triggeredBy }) => triggeredBy ?? []));
  return orders
    .filter((order) => order.leg === leg && !carriedOut.has(order.orderId))
    .flatMap((order) => fillOf(order) ?? [])
    .filter(({ atMs }) => atMs >= sinceMs - DATING_SLACK_MS && atMs <= untilMs + DATING_SLACK_MS)
    .sort((a, b) => a.atMs - b.atMs);
}

function fillOf(order: ExchangeOrder): Fill | undefined {
  const { orderId, symbol, leg, side, status, filledQuantity, averagePrice, triggeredBy } = order;
  const atMs = order.updatedAtMs ?? order.createdAtMs;
  if (status === 'open' || !isPositive(filledQuantity) || averagePrice === undefined || atMs === undefined)
    return undefined;
  return {
    fillId: `order/${orderId}`,
    orderId: triggeredBy ?? orderId,
    symbol,
    leg,
    side,
    price: averagePrice,
    quantity: filledQuantity,
    atMs,
    ...ownStyleId(order.clientOrderId),
  };
}
