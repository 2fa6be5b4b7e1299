/** Finished positions as each exchange tells them: kept rows, or rows rebuilt from executions and funding. */
import { add, isPositive, neg, sub, sum, toPlaces } from '../../domain/decimal.ts';
import type { ClosedPosition } from '../../domain/exchange-truth.ts';
import type { Symbol } from '../../domain/terms.ts';
import { rebuildEpochs, type Epoch } from '../../exchanges/epochs.ts';
import type { Books } from '../../venue/book/books.ts';
import { averageClosePrice, netProfit } from '../../venue/book/ledger.ts';
import type { ClosedPosition as VenueClosed, Position } from '../../venue/book/model.ts';
import type { Leg } from '../../venue/control/types.ts';
import type { Flavour } from './flavours.ts';
import { AVERAGE_PLACES, toFill, unifiedSymbol, venueSymbol } from './venue-rows.ts';

export type ClosedQuery = {
  account: string;
  symbol: Symbol;
  sinceMs: number;
  exchangePositionId?: string | undefined;
};

const LEGS: readonly Leg[] = ['net', 'long', 'short'];

export function closedRows(books: Books, flavour: Flavour, query: ClosedQuery): ClosedPosition[] {
  return flavour.closedRows === 'kept' ? keptRows(books, query) : rebuiltRows(books, query);
}

function keptRows(
  books: Books,
  { account, symbol, sinceMs, exchangePositionId: id }: ClosedQuery,
): ClosedPosition[] {
  const mine = <T extends Position>(row: T): boolean =>
    row.account === account &&
    row.symbol === venueSymbol(symbol) &&
    (id === undefined || row.positionId === id);
  const closed = books.closed.filter(
    (row) => mine(row) && (id !== undefined || row.closedAtMs >= sinceMs - 1_000),
  );
  const partly = [...books.positions.values()].filter((row) => mine(row) && isPositive(row.closedQuantity));
  return [...closed.map((row) => keptRow(row, true)), ...partly.map((row) => keptRow(row, false))];
}

function keptRow(row: Position & Partial<Pick<VenueClosed, 'closedAtMs'>>, whole: boolean): ClosedPosition {
  return {
    exchangePositionId: row.positionId,
    symbol: unifiedSymbol(row.symbol),
    leg: row.leg,
    side: row.side,
    quantity: row.closedQuantity,
    entryPrice: toPlaces(row.entryPrice, AVERAGE_PLACES),
    closePrice: toPlaces(averageClosePrice(row), AVERAGE_PLACES),
    realizedPnl: row.realizedPnl,
    netPnl: netProfit(row),
    fees: neg(row.commission),
    funding: row.funding,
    openedAtMs: row.openedAtMs,
    closedAtMs: row.closedAtMs ?? row.updatedAtMs,
    whole,
  };
}

function rebuiltRows(books: Books, query: ClosedQuery): ClosedPosition[] {
  return LEGS.flatMap((leg) =>
    rebuildEpochs(executionsOf(books, query, leg), '0').flatMap((epoch) =>
      epoch.closedAtMs === undefined || epoch.closedAtMs < query.sinceMs - 1_000
        ? []
        : [rebuiltRow(epoch, epoch.closedAtMs, { books, query, leg })],
    ),
  );
}

const executionsOf = (books: Books, { account, symbol }: ClosedQuery, leg: Leg) =>
  books.fills
    .filter((fill) => fill.account === account && fill.symbol === venueSymbol(symbol) && fill.leg === leg)
    .map((fill) => ({ ...toFill(books, fill), realizedPnl: fill.realizedPnl }));

type Context = { books: Books; query: ClosedQuery; leg: Leg };

function rebuiltRow(epoch: Epoch, closedAtMs: number, { books, query, leg }: Context): ClosedPosition {
  const { side, quantity, entryPrice, closePrice, realizedPnl, fees, openedAtMs, orderIds, forced } = epoch;
  const funding = sum(
    books.income
      .filter(
        ({ account, symbol, kind, settled, atMs }) =>
          account === query.account &&
          kind === 'FUNDING_FEE' &&
          symbol === venueSymbol(query.symbol) &&
          // A settlement in the very moment of a flip is of one side only.
          settled?.leg === leg &&
          settled.side === side &&
          atMs >= (openedAtMs ?? 0) &&
          atMs <= closedAtMs,
      )
      .map(({ amount }) => amount),
  );
  const known = realizedPnl !== undefined && fees !== undefined;
  return {
    symbol: query.symbol,
    leg,
    side,
    quantity,
    closePrice: toPlaces(closePrice, AVERAGE_PLACES),
    funding,
    closedAtMs,
    whole: true,
    orderIds,
    ...(entryPrice !== undefined && { entryPrice: toPlaces(entryPrice, AVERAGE_PLACES) }),
    ...(known && { realizedPnl, fees, netPnl: add(sub(realizedPnl, fees), funding) }),
    ...(openedAtMs !== undefined && { openedAtMs }),
    ...(forced !== undefined && { forced }),
  };
}
