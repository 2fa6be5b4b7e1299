/** Positions that the exchange itself closes: out of margin, or to deleverage somebody else. */
import { add, compare, lte } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { Books } from './books.ts';
import { executeOrder } from './fill.ts';
import { unrealizedProfit } from './ledger.ts';
import { fundsOf, initialMargin, maintenanceOf, marketOf, positionsOf } from './margin.ts';
import { closingSide } from './model.ts';
import type { Account, Order, Position } from './model.ts';
import { newOrder } from './new-order.ts';

/** Liquidates whoever holds the symbol and is out of margin at its mark price. */
export function liquidateAll(books: Books, symbol: string): void {
  const holders = new Set(
    [...books.positions.values()].filter((row) => row.symbol === symbol).map((row) => row.account),
  );
  for (const name of holders) {
    const account = books.accounts.get(name);
    if (!account) continue;
    for (const position of positionsOf(books, name))
      if (position.isolated && isolatedIsOut(books, position)) forceClose(books, position, 'liquidation');
    liquidateCross(books, account);
  }
}

function isolatedIsOut(books: Books, position: Position): boolean {
  const market = marketOf(books, position.symbol);
  return lte(
    add(initialMargin(position), unrealizedProfit(position, market.mark)),
    maintenanceOf(position, market),
  );
}

/** The biggest loss goes first, until the rest is covered. */
function liquidateCross(books: Books, account: Account): void {
  for (;;) {
    const current = books.accounts.get(account.name) ?? account;
    const funds = fundsOf(books, current);
    if (!lte(funds.equity, funds.maintenance)) return;
    const cross = positionsOf(books, account.name).filter((position) => !position.isolated);
    const worst = cross.sort((a, b) => compare(profit(books, a), profit(books, b)))[0];
    if (!worst) return;
    forceClose(books, worst, 'liquidation');
  }
}

const profit = (books: Books, position: Position): Decimal =>
  unrealizedProfit(position, marketOf(books, position.symbol).mark);

/** Closes a position, or `quantity` of it, at the mark price by an order of the exchange. */
export function forceClose(
  books: Books,
  position: Position,
  origin: 'liquidation' | 'adl',
  quantity = position.quantity,
): Order {
  const order = newOrder(books, {
    account: position.account,
    symbol: position.symbol,
    leg: position.leg,
    side: closingSide(position.side),
    label: 'LIQUIDATION',
    execution: 'market',
    quantity,
    leverage: position.leverage,
    reduceOnly: true,
    origin,
  });
  books.put.order(order);
  return executeOrder(books, order, { quantity, price: marketOf(books, position.symbol).mark, maker: false });
}
