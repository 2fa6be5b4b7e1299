/** Funding as Binance books it: by symbol, never by leg. */
import { add, ZERO, type Decimal } from '../../domain/decimal.ts';
import type { Symbol } from '../../domain/terms.ts';
import { readBody, readRows, SKIP, wholeRows } from '../rows.ts';
import { inWindows, type Window, type WindowLimits } from '../windows.ts';
import { settleAssetOf } from './markets.ts';
import type { Deps } from './orders.ts';
import { incomeRow, rowsBody } from './wire.ts';

/** Signed: negative was paid. */
export type Funding = { amount: Decimal; atMs: number };

const PAGE_ROWS = 1_000;
/** Income is told for longer times at once than orders, and costs six times as much to ask for. */
const INCOME_LIMITS: WindowLimits = { maxPartMs: 30 * 24 * 60 * 60_000, maxParts: 3 };

/** Every funding of a symbol in a window; times are the exchange's, like the window's. */
export async function readFunding(
  { api, markets }: Deps,
  symbol: Symbol,
  window: Window,
): Promise<Funding[]> {
  const rows = await inWindows(window, INCOME_LIMITS, async ({ fromMs, toMs }) => {
    const params = {
      symbol: markets.idOf(symbol),
      incomeType: 'FUNDING_FEE',
      startTime: String(fromMs),
      endTime: String(toMs),
      limit: String(PAGE_ROWS),
    };
    const list = readBody('income', await api.read('income', 'income', params), rowsBody);
    const found = readRows<typeof incomeRow, [string, Funding]>('income', list, incomeRow, (row) =>
      row.incomeType === 'FUNDING_FEE' && row.asset === settleAssetOf(symbol)
        ? [`${row.tranId}/${row.time}/${row.income}`, { amount: row.income, atMs: row.time }]
        : SKIP,
    );
    return { rows: wholeRows('income', found), cutOff: list.length >= PAGE_ROWS };
  });
  return [...new Map(rows).values()];
}

type Span = { openedAtMs?: number; closedAtMs?: number };

/**
 * What an epoch paid or got. A funding that several legs of the symbol were open for cannot be told apart:
 * then it stays unknown.
 */
export function fundingOf(
  epoch: Span,
  all: readonly Span[],
  fundings: readonly Funding[],
): Decimal | undefined {
  let total: Decimal = ZERO;
  for (const { amount, atMs } of fundings) {
    if (!isOpenAt(epoch, atMs)) continue;
    if (all.filter((other) => isOpenAt(other, atMs)).length > 1) return undefined;
    total = add(total, amount);
  }
  return total;
}

const isOpenAt = ({ openedAtMs = -Infinity, closedAtMs = Infinity }: Span, atMs: number): boolean =>
  openedAtMs <= atMs && atMs <= closedAtMs;
