/**
 * Executions of a leg. BingX's fill rows need not name their side, leg or an id of their own: the
 * missing parts come from the orders of the same window, and the id is built from the row's figures.
 */
import { compare, neg } from '../../domain/decimal.ts';
import type { ExchangeOrder, Fill } from '../../domain/exchange-truth.ts';
import type { OrderSide, Symbol } from '../../domain/terms.ts';
import { faultOf } from '../ccxt/failure.ts';
import { ExchangeFault } from '../errors.ts';
import type { FillQuery } from '../exchange.ts';
import { isNotOffered } from './codes.ts';
import { fillsFromOrders } from './fills-from-orders.ts';
import { orderNamed } from './find.ts';
import { legOf } from './legs.ts';
import type { MappingContext } from './map-order.ts';
import { inWindows, type Window, type WindowLimits } from '../windows.ts';
import { allOrders } from './orders.ts';
import { readBody, readRows, SKIP, wholeRows } from '../rows.ts';
import { ownStyleId } from '../own-style.ts';
import { mappingContext, type Deps } from './snapshot.ts';
import { fillRow, fillsBody, forcedOrderRow, ordersBody, type FillRow } from './wire.ts';

/** A full answer may be one that was cut off; BingX documents no paging here. */
const PAGE_ROWS = 500;
/** An order can have been placed this long before its fill. */
const ORDER_LOOKBACK_MS = 7 * 24 * 60 * 60_000;
/** Orders asked for one by one in one reading; what is still missing then fails it. */
const MAX_SINGLE_LOOKUPS = 20;
/** No limit is documented here; ccxt asks for this much at once. */
const LIMITS: WindowLimits = { maxPartMs: 30 * 24 * 60 * 60_000, maxParts: 26 };
const DATING_SLACK_MS = 1_000;

export function createFillReader(deps: Deps): (query: FillQuery) => Promise<Fill[]> {
  const listed = createListReader(deps);
  return async (query) => {
    try {
      return await listed(query);
    } catch (fault) {
      if (!(fault instanceof ExchangeFault) || !isNotOffered(fault)) throw fault;
      return fillsFromOrders(deps, query);
    }
  };
}

function createListReader(deps: Deps): (query: FillQuery) => Promise<Fill[]> {
  return async ({ symbol, leg, sinceMs, untilMs = Date.now() }) => {
    const { api, markets } = deps;
    const { clock } = api;
    const window = {
      fromMs: clock.toServer(sinceMs) - DATING_SLACK_MS,
      toMs: clock.toServer(untilMs) + DATING_SLACK_MS,
    };
    const context = await mappingContext(deps);
    const raw = await inWindows(window, LIMITS, async ({ fromMs, toMs }) => {
      const params = {
        symbol: markets.idOf(symbol),
        tradingUnit: 'COIN',
        startTs: String(fromMs),
        endTs: String(toMs),
      };
      const { data } = readBody('fills', await api.read('fills', 'fills', params), fillsBody);
      const rows = wholeRows(
        'fills',
        readRows<typeof fillRow, FillRow>('fill', data, fillRow, (row) => row),
      );
      return { rows, cutOff: rows.length >= PAGE_ROWS };
    });
    const [orders, forced] = await Promise.all([
      ordersOfFills(deps, symbol, raw),
      forcedOrders(deps, symbol, raw, window),
    ]);
    const numbers = createNumbering();
    const named = readRows<typeof fillRow, Fill>('fill', uniqueRows(raw), fillRow, (row) =>
      toFill(row, { symbol, orders, forced, context, numbers }),
    );
    return wholeRows('fills', named)
      .filter(
        (fill) =>
          fill.leg === leg &&
          fill.atMs >= sinceMs - DATING_SLACK_MS &&
          fill.atMs <= untilMs + DATING_SLACK_MS,
      )
      .sort((a, b) => a.atMs - b.atMs || compareIds(a, b));
  };
}

const compareIds = (a: Fill, b: Fill): number =>
  /^\d+$/.test(a.fillId) && /^\d+$/.test(b.fillId) ? compare(a.fillId, b.fillId) : 0;

/**
 * The orders behind rows that do not say everything themselves: a few are asked for one by one, many
 * are taken from the history around their fills.
 */
async function ordersOfFills(
  deps: Deps,
  symbol: Symbol,
  rows: readonly FillRow[],
): Promise<Map<string, ExchangeOrder>> {
  // Without a client id it can be the execution of a conditional order, which only its own order tells.
  const unclear = rows.filter(
    (row) => row.side === undefined || row.positionSide === undefined || !row.clientOrderID,
  );
  const orders = new Map<string, ExchangeOrder>();
  const missing = (): string[] =>
    [...new Set(unclear.map(({ orderId }) => orderId))].filter((orderId) => !orders.has(orderId));
  if (missing().length > MAX_SINGLE_LOOKUPS) {
    const times = unclear.flatMap((row) => timeOf(row) ?? []);
    const window = {
      fromMs: Math.min(...times) - ORDER_LOOKBACK_MS,
      toMs: Math.max(...times) + DATING_SLACK_MS,
    };
    for (const order of await allOrders(deps, symbol, window)) orders.set(order.orderId, order);
  }
  for (const orderId of missing().slice(0, MAX_SINGLE_LOOKUPS)) {
    const order = await orderNamed(deps, { symbol, orderId });
    if (order) orders.set(orderId, order);
  }
  return orders;
}

type Forced = 'liquidation' | 'adl';

/**
 * Which orders the exchange itself made to liquidate or deleverage. Only asked where a fill has no
 * client id, as a forced one cannot have; an exchange that does not tell leaves the cause open.
 */
async function forcedOrders(
  { api, markets }: Deps,
  symbol: Symbol,
  rows: readonly FillRow[],
  { fromMs, toMs }: Window,
): Promise<Map<string, Forced>> {
  if (rows.every((row) => row.clientOrderID)) return new Map();
  const params = {
    symbol: markets.idOf(symbol),
    startTime: String(Math.max(fromMs, toMs - ORDER_LOOKBACK_MS)),
    endTime: String(toMs),
    limit: '100',
  };
  const reply = await api.call('forcedOrders', params);
  if (!reply.ok) {
    // A question that failed is asked again with the rest; only a refused one leaves the cause open.
    const fault = faultOf('forced orders', reply.failure);
    if (fault.transient && !isNotOffered(fault)) throw fault;
    return new Map();
  }
  const body = ordersBody.safeParse(reply.body);
  if (!body.success) return new Map();
  const forced = readRows<typeof forcedOrderRow, [string, Forced]>(
    'forced order',
    body.data.data,
    forcedOrderRow,
    (row) => {
      const cause = forcedBy(row.autoCloseType ?? row.type);
      return cause ? [row.orderId, cause] : SKIP;
    },
  );
  return new Map(forced.rows);
}

/** Windows share their edges, so a row can come twice; rows of equal figures in one answer stay. */
function uniqueRows(rows: readonly FillRow[]): FillRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    if (row.tradeId === undefined) return true;
    const fresh = !seen.has(row.tradeId);
    seen.add(row.tradeId);
    return fresh;
  });
}

type FillContext = {
  symbol: Symbol;
  orders: ReadonlyMap<string, ExchangeOrder>;
  forced: ReadonlyMap<string, Forced>;
  context: MappingContext;
  numbers: Numbering;
};

function toFill(
  row: FillRow,
  { symbol, orders, forced, context, numbers }: FillContext,
): Fill | typeof SKIP | { problem: string } {
  const order = orders.get(row.orderId);
  const side = sideOf(row) ?? order?.side;
  const leg =
    (row.positionSide === undefined ? undefined : legOf(row, context.mode)) ??
    order?.leg ??
    (context.mode === 'one-way' ? 'net' : undefined);
  const serverMs = timeOf(row);
  if (!side || !leg) return { problem: `order ${row.orderId} of a fill is not listed` };
  if (serverMs === undefined) return { problem: 'no time' };
  const fill: Fill = {
    ...ownStyleId(order?.clientOrderId),
    fillId: row.tradeId ?? numbers(`${row.orderId}/${serverMs}/${row.price}/${row.volume}`),
    orderId: order?.triggeredBy ?? row.orderId,
    symbol,
    leg,
    side,
    price: row.price,
    quantity: row.volume,
    atMs: context.clock.toOurs(serverMs),
  };
  if (row.commission !== undefined) fill.fee = neg(row.commission);
  const cause = forced.get(row.orderId);
  return cause ? { ...fill, forced: cause } : fill;
}

type Numbering = (figures: string) => string;

/** Two executions of equal figures in the same millisecond are two fills, not one. */
function createNumbering(): Numbering {
  const counts = new Map<string, number>();
  return (figures) => {
    const count = (counts.get(figures) ?? 0) + 1;
    counts.set(figures, count);
    return count === 1 ? figures : `${figures}/${count}`;
  };
}

const sideOf = ({ side }: FillRow): OrderSide | undefined =>
  side === 'BUY' ? 'buy' : side === 'SELL' ? 'sell' : undefined;

/** `2023-07-04T20:56:01.000+0800`: ISO 8601 without the colon in the offset. */
function timeOf({ filledTime, filledTm }: FillRow): number | undefined {
  const text = filledTime || filledTm;
  if (!text) return undefined;
  const atMs = /^\d{13}$/.test(text) ? Number(text) : Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(atMs) ? undefined : atMs;
}

function forcedBy(type: string | undefined): Forced | undefined {
  if (type === undefined) return undefined;
  if (/LIQUIDAT/.test(type)) return 'liquidation';
  return /ADL|DELEVERAG/.test(type) ? 'adl' : undefined;
}
