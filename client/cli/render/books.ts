/** The venue's true books, as `venue books` prints them. */
import type { Books, OrderRow, PositionRow } from '../../../venue/control/types.ts';
import type { Context } from '../context.ts';
import { table } from '../table.ts';
import { money, profit } from './format.ts';

export function booksText(books: Books, context: Context): string {
  const open = books.orders.filter(({ state }) => state === 'new' || state === 'partially_filled');
  return [
    `${context.colors.bold(books.account.name)}  balance ${money(books.balance)}  equity ${money(books.equity)}  ${books.account.hedgeMode ? 'hedge' : 'one-way'} mode`,
    '',
    books.positions.length === 0 ? 'No position is open.' : positionsText(books.positions, context),
    '',
    open.length === 0 ? 'No order is open.' : ordersText(open, context),
    '',
    `${books.fills.length} fills, ${books.positionHistory.length} positions in history`,
  ].join('\n');
}

const positionsText = (positions: readonly PositionRow[], { width, colors }: Context): string =>
  table(
    positions,
    [
      { head: 'POSITION', cell: ({ symbol }) => symbol, rank: 0 },
      { head: 'LEG', cell: ({ leg }) => leg, rank: 2 },
      { head: 'SIDE', cell: ({ side }) => side, rank: 0 },
      { head: 'QTY', cell: ({ quantity }) => quantity, align: 'right', rank: 0 },
      { head: 'ENTRY', cell: ({ entryPrice }) => entryPrice, align: 'right', rank: 0 },
      { head: 'MARK', cell: ({ markPrice }) => markPrice, align: 'right', rank: 1 },
      { head: 'PROFIT', cell: ({ unrealizedPnl }) => profit(unrealizedPnl, colors), align: 'right', rank: 1 },
      { head: 'POSITION ID', cell: ({ positionId }) => positionId, rank: 3 },
    ],
    width,
    colors.dim,
  );

const ordersText = (orders: readonly OrderRow[], { width, colors }: Context): string =>
  table(
    orders,
    [
      { head: 'ORDER', cell: ({ orderId }) => orderId, rank: 0 },
      { head: 'SYMBOL', cell: ({ symbol }) => symbol, rank: 0 },
      { head: 'TYPE', cell: ({ type }) => type, rank: 0 },
      { head: 'SIDE', cell: ({ side }) => side, rank: 1 },
      {
        head: 'QTY',
        cell: ({ quantity, closePosition }) => (closePosition ? 'all' : quantity),
        align: 'right',
        rank: 0,
      },
      { head: 'PRICE', cell: ({ price, stopPrice }) => stopPrice ?? price ?? '-', align: 'right', rank: 0 },
      { head: 'FROM', cell: ({ origin }) => origin, rank: 2 },
    ],
    width,
    colors.dim,
  );
