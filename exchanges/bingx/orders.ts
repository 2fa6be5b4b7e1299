/** Reads BingX's order lists whole: a list that may have been cut off is asked for in parts. */
import type { ExchangeOrder } from '../../domain/exchange-truth.ts';
import type { Symbol } from '../../domain/terms.ts';
import { toOrder } from './map-order.ts';
import { readBody, readRows, wholeRows } from '../rows.ts';
import { inWindows, type Window, type WindowLimits } from '../windows.ts';
import { mappingContext, type Deps } from './snapshot.ts';
import { orderRow, ordersBody } from './wire.ts';

/** BingX answers at most this many rows, and looks back at most this far at once. */
const PAGE_ROWS = 1_000;
const LIMITS: WindowLimits = { maxPartMs: 7 * 24 * 60 * 60_000, maxParts: 26 };

/** All open orders of a symbol. Throws `ExchangeFault` where one row is not understood. */
export async function openOrders(deps: Deps, symbol: Symbol): Promise<ExchangeOrder[]> {
  const context = await mappingContext(deps);
  const body = await deps.api.read('open orders', 'openOrders', { symbol: deps.markets.idOf(symbol) });
  const { data } = readBody('open orders', body, ordersBody);
  return wholeRows(
    'open orders',
    readRows<typeof orderRow, ExchangeOrder>('order', data, orderRow, (row) =>
      toOrder(row, { ...context, listsOpen: true }),
    ),
  );
}

/** Every order of a symbol in a window of the exchange's clock, in any state. Throws as `openOrders` does. */
export async function allOrders(deps: Deps, symbol: Symbol, window: Window): Promise<ExchangeOrder[]> {
  const context = await mappingContext(deps);
  return inWindows(window, LIMITS, async ({ fromMs, toMs }) => {
    const params = {
      symbol: deps.markets.idOf(symbol),
      startTime: String(fromMs),
      endTime: String(toMs),
      limit: String(PAGE_ROWS),
    };
    const { data } = readBody(
      'all orders',
      await deps.api.read('all orders', 'allOrders', params),
      ordersBody,
    );
    const rows = wholeRows(
      'all orders',
      readRows<typeof orderRow, ExchangeOrder>('order', data, orderRow, (row) => toOrder(row, context)),
    );
    return { rows, cutOff: data.length >= PAGE_ROWS };
  });
}
