/**
 * Finished positions, from the raw endpoint: ccxt's `fetchPositionHistory` drops a position that was
 * opened before `since`, however recently it closed, and reads only one of the two body keys.
 */
import { abs, eq, neg } from '../../domain/decimal.ts';
import type { ClosedPosition } from '../../domain/exchange-truth.ts';
import type { Side } from '../../domain/terms.ts';
import type { ClosedPositionQuery } from '../exchange.ts';
import { ExchangeFault } from '../errors.ts';
import { legOf } from './legs.ts';
import type { MappingContext } from './map-order.ts';
import { readBody, readRows, wholeRows } from '../rows.ts';
import { mappingContext, type Deps } from './snapshot.ts';
import { positionHistoryBody, positionHistoryRow, type PositionHistoryRow } from './wire.ts';

const PAGE_ROWS = 100;
const MAX_PAGES = 20;
/** BingX looks back three months at once, and by which of a row's times is not documented: ask for all. */
const LOOKBACK_MS = 89 * 24 * 60 * 60_000;
const DATING_SLACK_MS = 1_000;

export function createHistoryReader(deps: Deps): (query: ClosedPositionQuery) => Promise<ClosedPosition[]> {
  return async (query) => {
    const untilMs = query.untilMs ?? Date.now();
    const context = await mappingContext(deps);
    const rows = await pages(deps, query, untilMs, context);
    const closed = rows.filter((row) => isMeant(row, query, untilMs));
    return closed.sort((a, b) => (a.closedAtMs ?? 0) - (b.closedAtMs ?? 0));
  };
}

async function pages(
  deps: Deps,
  query: ClosedPositionQuery,
  untilMs: number,
  context: MappingContext,
): Promise<ClosedPosition[]> {
  const { api, markets } = deps;
  const params = {
    symbol: markets.idOf(query.symbol),
    startTs: String(api.clock.toServer(untilMs - LOOKBACK_MS)),
    endTs: String(api.clock.toServer(untilMs) + DATING_SLACK_MS),
    pageSize: String(PAGE_ROWS),
    ...(query.exchangePositionId === undefined ? {} : { positionId: query.exchangePositionId }),
  };
  const found = new Map<string, ClosedPosition>();
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const body = await api.read('position history', 'positionHistory', {
      ...params,
      pageIndex: String(page),
    });
    const { data } = readBody('position history', body, positionHistoryBody);
    const rows = readRows<typeof positionHistoryRow, ClosedPosition>(
      'closed position',
      data,
      positionHistoryRow,
      (row) => toClosedPosition(row, context),
    );
    const before = found.size;
    for (const row of wholeRows('position history', rows)) found.set(keyOf(row), row);
    // A page without anything new: paging is over, or is not offered.
    if (data.length < PAGE_ROWS || found.size === before) return [...found.values()];
  }
  throw new ExchangeFault('bad_answer', `position history: more than ${MAX_PAGES} pages`);
}

/** BingX can list a position once per partial close; the later row of the same state replaces the earlier. */
const keyOf = (row: ClosedPosition): string =>
  `${row.exchangePositionId} ${row.side} ${row.openedAtMs} ${row.closedAtMs} ${row.quantity}`;

function isMeant(
  row: ClosedPosition,
  { symbol, exchangePositionId, sinceMs }: ClosedPositionQuery,
  untilMs: number,
): boolean {
  if (row.symbol !== symbol) return false;
  if (exchangePositionId !== undefined) return row.exchangePositionId === exchangePositionId;
  const closedAtMs = row.closedAtMs ?? untilMs;
  return closedAtMs >= sinceMs - DATING_SLACK_MS && closedAtMs <= untilMs + DATING_SLACK_MS;
}

export function toClosedPosition(
  row: PositionHistoryRow,
  context: MappingContext,
): ClosedPosition | { problem: string } {
  const leg = legOf(row, context.mode);
  const side = sideOf(row);
  const quantity = row.closePositionAmt ?? row.positionAmt;
  if (!leg || !side) return { problem: `position side ${row.positionSide}` };
  if (quantity === undefined) return { problem: 'no quantity' };
  const closed: ClosedPosition = {
    symbol: context.markets.symbolOf(row.symbol),
    leg,
    side,
    quantity: abs(quantity),
    whole: isWhole(row),
  };
  if (row.positionId !== undefined) closed.exchangePositionId = row.positionId;
  if (row.avgPrice !== undefined) closed.entryPrice = row.avgPrice;
  if (row.avgClosePrice !== undefined) closed.closePrice = row.avgClosePrice;
  if (row.realisedProfit !== undefined) closed.realizedPnl = row.realisedProfit;
  if (row.netProfit !== undefined) closed.netPnl = row.netProfit;
  if (row.positionCommission !== undefined) closed.fees = neg(row.positionCommission);
  if (row.totalFunding !== undefined) closed.funding = row.totalFunding;
  if (row.openTime !== undefined) closed.openedAtMs = context.clock.toOurs(row.openTime);
  if (row.updateTime !== undefined) closed.closedAtMs = context.clock.toOurs(row.updateTime);
  return closed;
}

/** BingX keeps a row from the first partial close on; the flag says that all of it is closed, else the amounts. */
function isWhole({ closeAllPositions, closePositionAmt, positionAmt }: PositionHistoryRow): boolean {
  if (closeAllPositions !== undefined) return closeAllPositions;
  if (closePositionAmt === undefined || positionAmt === undefined) return false;
  return eq(abs(closePositionAmt), abs(positionAmt));
}

function sideOf({ positionSide, positionAmt }: PositionHistoryRow): Side | undefined {
  if (positionSide === 'LONG') return 'long';
  if (positionSide === 'SHORT') return 'short';
  return positionSide === 'BOTH' ? (positionAmt?.startsWith('-') ? 'short' : 'long') : undefined;
}
