/** Reads Binance's order lists whole: a list that may have been cut off is asked for in parts. */
import type { ExchangeOrder } from '../../domain/exchange-truth.ts';
import type { Symbol } from '../../domain/terms.ts';
import { faultOf } from '../ccxt/failure.ts';
import { ExchangeFault } from '../errors.ts';
import type { Circumstances } from '../list-memory.ts';
import { readBody, readRows, wholeRows } from '../rows.ts';
import { inWindows, type Window, type WindowLimits } from '../windows.ts';
import type { BinanceApi } from './api.ts';
import type { EndpointName } from './endpoints.ts';
import { toAlgoOrder } from './map-algo-order.ts';
import { toOrder, type MappingContext } from './map-order.ts';
import type { BinanceMarkets } from './markets.ts';
import { algoOrderRow, orderRow, rowsBody, type AlgoOrderRow } from './wire.ts';

export type Deps = { api: BinanceApi; markets: BinanceMarkets };

const PAGE_ROWS = 1_000;
const DAY_MS = 24 * 60 * 60_000;
/** At most a week at once; what is older than 90 days is found nowhere. */
export const ORDER_LIMITS: WindowLimits = { maxPartMs: 7 * DAY_MS, maxParts: 13 };

export type Context = MappingContext & Circumstances;

/** Markets that cannot be read are no reason not to read rows: their names are plain. */
export async function mappingContext({ api, markets }: Deps): Promise<Context> {
  await markets.ready().catch(() => undefined);
  return { markets, clock: api.clock };
}

/** All open orders of a symbol. Throws `ExchangeFault` where one row is not understood. */
export async function openOrders(deps: Deps, symbol: Symbol): Promise<ExchangeOrder[]> {
  const body = await deps.api.read('open orders', 'openOrders', { symbol: deps.markets.idOf(symbol) });
  return ordersIn('open orders', readBody('open orders', body, rowsBody), await mappingContext(deps));
}

export async function openAlgoOrders(deps: Deps, symbol: Symbol): Promise<AlgoOrderRow[]> {
  const params = { symbol: deps.markets.idOf(symbol) };
  const body = await deps.api.read('open algo orders', 'openAlgoOrders', params);
  return algoRowsIn('open algo orders', readBody('open algo orders', body, rowsBody));
}

/** Every order of a symbol in a window of the exchange's clock, in any state. Throws as `openOrders` does. */
export async function pastOrders(deps: Deps, symbol: Symbol, window: Window): Promise<ExchangeOrder[]> {
  const context = await mappingContext(deps);
  return pastRows(deps, 'pastOrders', { symbol, window }, (rows) => ordersIn('all orders', rows, context));
}

export const pastAlgoOrders = (deps: Deps, symbol: Symbol, window: Window): Promise<AlgoOrderRow[]> =>
  pastRows(deps, 'pastAlgoOrders', { symbol, window }, (rows) => algoRowsIn('all algo orders', rows));

function pastRows<T>(
  { api, markets }: Deps,
  endpoint: EndpointName,
  { symbol, window }: { symbol: Symbol; window: Window },
  understand: (rows: unknown[]) => T[],
): Promise<T[]> {
  return inWindows(window, ORDER_LIMITS, async ({ fromMs, toMs }) => {
    const params = {
      symbol: markets.idOf(symbol),
      startTime: String(fromMs),
      endTime: String(toMs),
      limit: String(PAGE_ROWS),
    };
    const list = readBody(endpoint, await api.read(endpoint, endpoint, params), rowsBody);
    return { rows: understand(list), cutOff: list.length >= PAGE_ROWS };
  });
}

const ordersIn = (what: string, list: unknown[], context: MappingContext): ExchangeOrder[] =>
  wholeRows(
    what,
    readRows<typeof orderRow, ExchangeOrder>('order', list, orderRow, (row) => toOrder(row, context)),
  );

const algoRowsIn = (what: string, list: unknown[]): AlgoOrderRow[] =>
  wholeRows(
    what,
    readRows<typeof algoOrderRow, AlgoOrderRow>('algo order', list, algoOrderRow, (row) => row),
  );

export type OrderKey = { orderId: string } | { origClientOrderId: string };
export type AlgoOrderKey = { algoId: string } | { clientAlgoId: string };

/** One order: `undefined` on a definite "no such order", a fault on anything else. */
export async function orderBy(deps: Deps, symbol: Symbol, key: OrderKey): Promise<ExchangeOrder | undefined> {
  const body = await bodyIfAny(deps, 'order', { symbol: deps.markets.idOf(symbol), ...key });
  const [order] = body === undefined ? [] : ordersIn('order', [body], await mappingContext(deps));
  return order;
}

/** One algo order's row. As `orderBy`. */
export async function algoRowBy(deps: Deps, key: AlgoOrderKey): Promise<AlgoOrderRow | undefined> {
  const body = await bodyIfAny(deps, 'algoOrder', key);
  const [row] = body === undefined ? [] : algoRowsIn('algo order', [body]);
  return row;
}

async function bodyIfAny({ api }: Deps, endpoint: EndpointName, params: Record<string, string>) {
  const reply = await api.call(endpoint, params);
  if (reply.ok) return reply.body;
  if (reply.failure.class === 'order_gone') return undefined;
  throw faultOf(endpoint, reply.failure);
}

/** What has executed can take this long to be found. */
export const LISTING_MS = 10_000;

/** An algo order with what became of it. Throws while the order that carries it out is not listed yet. */
export async function carriedOut(deps: Deps, row: AlgoOrderRow): Promise<ExchangeOrder> {
  const context = await mappingContext(deps);
  const symbol = deps.markets.symbolOf(row.symbol);
  const actual =
    row.actualOrderId === undefined ? undefined : await orderBy(deps, symbol, { orderId: row.actualOrderId });
  if (row.actualOrderId !== undefined && !actual && isRecent(row, context))
    throw new ExchangeFault('bad_answer', 'algo order: the order that carries it out is not listed yet');
  const order = toAlgoOrder(row, actual, context);
  if ('problem' in order) throw new ExchangeFault('bad_answer', `algo order: ${order.problem}`);
  return order;
}

const isRecent = ({ triggerTime, updateTime }: AlgoOrderRow, { clock }: MappingContext): boolean =>
  Date.now() - clock.toOurs(triggerTime ?? updateTime ?? 0) < LISTING_MS;
