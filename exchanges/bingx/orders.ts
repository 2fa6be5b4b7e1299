/** Reads BingX's order lists whole: a list that may have been cut off is asked for in parts. */
import type { ExchangeOrder } from '../../domain/exchange-truth.ts';
import type { Symbol } from '../../domain/terms.ts';
import { ExchangeFault } from '../errors.ts';
import { toOrder } from './map-order.ts';
import { readBody, readRows, wholeRows } from '../rows.ts';
import { mappingContext, type Deps } from './snapshot.ts';
import { orderRow, ordersBody } from './wire.ts';

/** BingX answers at most this many rows, and looks back at most this far at once. */
const PAGE_ROWS = 1_000;
const MAX_WINDOW_MS = 7 * 24 * 60 * 60_000;
/** Half a year of orders, two years of fills. */
const MAX_PARTS = 26;
const MAX_QUESTIONS = 64;

export type Window = { fromMs: number; toMs: number };

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
  return inWindows(window, MAX_WINDOW_MS, async ({ fromMs, toMs }) => {
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

/**
 * Asks for a window in parts of at most `maxPartMs`, halving a part whose answer was full. Older than
 * `MAX_PARTS` parts BingX keeps nothing to ask for. Throws `bad_answer` beyond `MAX_QUESTIONS`.
 */
export async function inWindows<T>(
  window: Window,
  maxPartMs: number,
  ask: (part: Window) => Promise<{ rows: T[]; cutOff: boolean }>,
): Promise<T[]> {
  const open = split(window, maxPartMs);
  const rows: T[] = [];
  for (let asked = 0; ; asked += 1) {
    const part = open.shift();
    if (!part) return rows;
    if (asked >= MAX_QUESTIONS) throw new ExchangeFault('bad_answer', 'history: too much for one reading');
    const answer = await ask(part);
    if (!answer.cutOff || part.toMs <= part.fromMs) rows.push(...answer.rows);
    else open.unshift(...halves(part));
  }
}

/** Parts that touch but do not overlap, oldest first. */
function split({ fromMs, toMs }: Window, maxPartMs: number): Window[] {
  const parts: Window[] = [];
  const firstMs = Math.max(Math.floor(fromMs), Math.ceil(toMs) - MAX_PARTS * maxPartMs + 1);
  for (let startMs = firstMs; startMs <= toMs; startMs += maxPartMs) {
    parts.push({ fromMs: startMs, toMs: Math.min(startMs + maxPartMs - 1, Math.ceil(toMs)) });
  }
  return parts;
}

function halves({ fromMs, toMs }: Window): Window[] {
  const middleMs = Math.floor((fromMs + toMs) / 2);
  return [
    { fromMs, toMs: middleMs },
    { fromMs: middleMs + 1, toMs },
  ];
}
