/**
 * Where executions come from: the algo order that an order carries out, and whether the exchange forced
 * it. Neither ever changes, so each order is asked about once in the life of a gateway.
 */
import type { ExchangeOrder } from '../../domain/exchange-truth.ts';
import { parseClientOrderId } from '../../domain/ids.ts';
import type { Symbol } from '../../domain/terms.ts';
import type { Window } from '../windows.ts';
import { ownStyleId } from '../own-style.ts';
import { forcedBy, readForcedOrders, type Forced } from './forced.ts';
import { algoOrderId } from './order-ids.ts';
import { algoRowBy, orderBy, pastAlgoOrders, pastOrders, type Deps } from './orders.ts';
import type { FillRow } from './wire.ts';

/** What the executions of an order are told as. */
export type Origin = { orderId: string; forced?: Forced; clientOrderId?: string };

export type OriginReader = (
  symbol: Symbol,
  trades: readonly FillRow[],
) => Promise<ReadonlyMap<string, Origin>>;

/** An order can have been placed this long before its execution, and an algo order before its trigger. */
const LOOKBACK_MS = 7 * 24 * 60 * 60_000;
/** More orders than this are read as a list. */
const MAX_SINGLE_LOOKUPS = 5;
/** Orders remembered; the oldest are forgotten first. */
const MAX_KNOWN = 5_000;
/** What an algo order triggered is not linked to it at once. */
const LINKING_MS = 60_000;

export function createOriginReader(deps: Deps): OriginReader {
  const known = new Map<string, Origin>();
  return async (symbol, trades) => {
    const asked = trades.filter(({ orderId }) => !known.has(orderId));
    const fresh = asked.length === 0 ? new Map() : await readOrigins(deps, symbol, asked);
    const settledMs = deps.api.clock.serverNowMs() - LINKING_MS;
    for (const { orderId, time } of asked) {
      const origin = fresh.get(orderId);
      const isSettled = origin && (origin.orderId !== orderId || time < settledMs);
      if (isSettled) known.set(orderId, origin);
      if (known.size > MAX_KNOWN) known.delete(known.keys().next().value ?? '');
    }
    return new Map([...known, ...fresh]);
  };
}

async function readOrigins(
  deps: Deps,
  symbol: Symbol,
  trades: readonly FillRow[],
): Promise<Map<string, Origin>> {
  const ids = [...new Set(trades.map(({ orderId }) => orderId))];
  const times = trades.map(({ time }) => time);
  const window = { fromMs: Math.min(...times) - LOOKBACK_MS, toMs: Math.max(...times) + LINKING_MS };
  const orders = await ordersOf(deps, symbol, { ids, window });
  const parents = await parentsOf(deps, symbol, { orders: [...orders.values()], window });
  const nameless = ids.some((id) => !orders.get(id)?.clientOrderId);
  const forced = nameless ? await readForcedOrders(deps, symbol, window) : new Map<string, Forced>();
  return new Map(
    ids.map((id) => {
      const cause = forcedBy(orders.get(id)?.clientOrderId) ?? forced.get(id);
      const named = ownStyleId(orders.get(id)?.clientOrderId);
      return [id, { orderId: parents.get(id) ?? id, ...(cause && { forced: cause }), ...named }];
    }),
  );
}

type Asked = { ids: readonly string[]; window: Window };

/** The orders behind executions: a few one by one, many from the list; what neither has stays unknown. */
async function ordersOf(
  deps: Deps,
  symbol: Symbol,
  { ids, window }: Asked,
): Promise<Map<string, ExchangeOrder>> {
  const listed = ids.length > MAX_SINGLE_LOOKUPS ? await pastOrders(deps, symbol, window) : [];
  const orders = new Map(listed.map((order) => [order.orderId, order]));
  const missing = ids.filter((id) => !orders.has(id)).slice(0, MAX_SINGLE_LOOKUPS);
  for (const order of await Promise.all(missing.map((id) => orderBy(deps, symbol, { orderId: id })))) {
    if (order) orders.set(order.orderId, order);
  }
  return orders;
}

/**
 * The algo orders that orders carry out, by the order's number. Recent algo orders name it themselves; an
 * older one is found by its client id, which the order that carries it out inherits.
 */
async function parentsOf(
  deps: Deps,
  symbol: Symbol,
  { orders, window }: { orders: readonly ExchangeOrder[]; window: Window },
): Promise<Map<string, string>> {
  const candidates = orders.filter(mayCarryOut);
  if (candidates.length === 0) return new Map();
  const rows = await pastAlgoOrders(deps, symbol, window);
  const parents = new Map(
    rows.flatMap(({ actualOrderId, algoId }) =>
      actualOrderId === undefined ? [] : [[actualOrderId, algoOrderId(algoId)]],
    ),
  );
  const orphans = candidates.filter(({ orderId }) => !parents.has(orderId)).slice(0, MAX_SINGLE_LOOKUPS);
  for (const { orderId, clientOrderId = '' } of orphans) {
    const row = await algoRowBy(deps, { clientAlgoId: clientOrderId });
    if (row?.actualOrderId === orderId) parents.set(orderId, algoOrderId(row.algoId));
  }
  return parents;
}

/** Own entries and closes are none, and neither is what the exchange itself forced. */
function mayCarryOut({ clientOrderId }: ExchangeOrder): boolean {
  if (clientOrderId === undefined || forcedBy(clientOrderId)) return false;
  const role = parseClientOrderId(clientOrderId)?.role;
  return role !== 'entry' && role !== 'close';
}
