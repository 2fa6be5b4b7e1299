/** Executions of a symbol as Binance lists them, on all legs: by weeks, and within a week page by page. */
import type { Symbol } from '../../domain/terms.ts';
import { ExchangeFault } from '../errors.ts';
import { readBody, readRows, wholeRows } from '../rows.ts';
import { inWindows, type Window } from '../windows.ts';
import { ORDER_LIMITS, type Deps } from './orders.ts';
import { fillRow, rowsBody, type FillRow } from './wire.ts';

const PAGE_ROWS = 1_000;
const MAX_PAGES = 50;

/** Every execution in a window of the exchange's clock, oldest first. Throws where a row is not understood. */
export async function readTrades(deps: Deps, symbol: Symbol, window: Window): Promise<FillRow[]> {
  const rows = await inWindows(window, ORDER_LIMITS, async (part) => ({
    rows: await readWeek(deps, symbol, part),
    cutOff: false,
  }));
  return rows.sort((a, b) => a.time - b.time || compareIds(a.id, b.id));
}

/** Ids grow with time, so what a full page leaves out is asked for from the last id on. */
async function readWeek(
  { api, markets }: Deps,
  symbol: Symbol,
  { fromMs, toMs }: Window,
): Promise<FillRow[]> {
  const market = { symbol: markets.idOf(symbol), limit: String(PAGE_ROWS) };
  const found = new Map<string, FillRow>();
  let range: Record<string, string> = { startTime: String(fromMs), endTime: String(toMs) };
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const list = readBody('fills', await api.read('fills', 'fills', { ...market, ...range }), rowsBody);
    const rows = wholeRows(
      'fills',
      readRows<typeof fillRow, FillRow>('fill', list, fillRow, (row) => row),
    );
    const inside = rows.filter(({ time }) => time >= fromMs && time <= toMs);
    for (const row of inside) found.set(row.id, row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS || last.time > toMs) return [...found.values()];
    // Binance takes no times beside an id.
    range = { fromId: String(BigInt(last.id) + 1n) };
  }
  throw new ExchangeFault('bad_answer', `fills: more than ${MAX_PAGES} pages in a week`);
}

const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
