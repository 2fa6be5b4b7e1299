/** What an account is worth and what it may still use. Cross margin shares the balance; isolated keeps its own. */
import { add, div, gt, isPositive, max, mul, sub, sum, toPlaces, ZERO } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { PositionDirection } from '../control/types.ts';
import type { Books } from './books.ts';
import { unrealizedProfit } from './ledger.ts';
import { closesOnly, directionOf } from './model.ts';
import type { Account, Market, Order, Position } from './model.ts';
import { perRevision } from './per-revision.ts';

const DEFAULT_LEVERAGE = 20;

export type Funds = {
  readonly balance: Decimal;
  readonly unrealized: Decimal;
  readonly equity: Decimal;
  /** Bound by positions. */
  readonly used: Decimal;
  /** Bound by resting orders that open. */
  readonly frozen: Decimal;
  readonly available: Decimal;
  readonly maintenance: Decimal;
};

export function leverageOf(account: Account, market: Market, direction: PositionDirection): number {
  return account.leverage[`${market.symbol}|${direction}`] ?? Math.min(DEFAULT_LEVERAGE, market.maxLeverage);
}

export const initialMargin = (position: Position): Decimal =>
  toPlaces(div(mul(position.quantity, position.entryPrice), String(position.leverage)), 8);

export const positionsOf = (books: Books, account: string): Position[] =>
  [...books.positions.values()].filter((position) => position.account === account);

export const fundsOf = perRevision((books: Books, account: Account): Funds => {
  const positions = positionsOf(books, account.name).map((position) =>
    boundBy(position, marketOf(books, position.symbol)),
  );
  const unrealized = sum(positions.map((each) => each.unrealized));
  const used = sum(positions.map((each) => each.used));
  const maintenance = sum(positions.map((each) => each.maintenance));
  const frozen = sum(
    [...books.open.values()]
      .filter((order) => order.account === account.name)
      .map((order) => frozenBy(order)),
  );
  const equity = add(account.balance, unrealized);
  return {
    balance: account.balance,
    unrealized,
    equity,
    used,
    frozen,
    maintenance,
    available: max(ZERO, sub(equity, add(used, frozen))),
  };
});

type Bound = Record<'unrealized' | 'used' | 'maintenance', Decimal>;

/** Of the rows as they are: a changed one is another object. */
const bounds = new WeakMap<Position, { market: Market; bound: Bound }>();

/** What one position adds to the funds. */
function boundBy(position: Position, market: Market): Bound {
  const known = bounds.get(position);
  if (known?.market === market) return known.bound;
  const bound = {
    unrealized: unrealizedProfit(position, market.mark),
    used: initialMargin(position),
    maintenance: maintenanceOf(position, market),
  };
  bounds.set(position, { market, bound });
  return bound;
}

export const maintenanceOf = (position: Position, market: Market): Decimal =>
  mul(mul(position.quantity, market.mark), market.maintenanceRate);

/** A conditional order binds nothing before it fires. */
function frozenBy(order: Order): Decimal {
  if (closesOnly(order) || order.price === null || (order.trigger && order.triggeredAtMs === null))
    return ZERO;
  const left = sub(order.quantity, order.filledQuantity);
  return isPositive(left) ? toPlaces(div(mul(left, order.price), String(order.leverage)), 8) : ZERO;
}

/** Whether opening `quantity` at `price` is covered, with its commission. */
export function affords(
  books: Books,
  account: Account,
  market: Market,
  side: Order['side'],
  quantity: Decimal,
  price: Decimal,
): boolean {
  const notional = mul(quantity, price);
  const margin = div(notional, String(leverageOf(account, market, directionOf(side))));
  const needed = add(margin, mul(notional, market.takerFee));
  return !gt(needed, fundsOf(books, account).available);
}

/** Where the position would be liquidated with all else unchanged; `null` where no price does that. */
export function liquidationPrice(books: Books, position: Position): Decimal | null {
  const account = books.accounts.get(position.account);
  const market = marketOf(books, position.symbol);
  if (!account) return null;
  const own = unrealizedProfit(position, market.mark);
  const funds = fundsOf(books, account);
  const spare = position.isolated
    ? initialMargin(position)
    : sub(sub(funds.equity, own), sub(funds.maintenance, maintenanceOf(position, market)));
  const cost = mul(position.quantity, position.entryPrice);
  const price =
    position.side === 'long'
      ? div(sub(cost, spare), mul(position.quantity, sub('1', market.maintenanceRate)))
      : div(add(cost, spare), mul(position.quantity, add('1', market.maintenanceRate)));
  return isPositive(price) ? toPlaces(price, 8) : null;
}

export function marketOf(books: Books, symbol: string): Market {
  const market = books.markets.get(symbol);
  if (!market) throw new Error(`no market ${symbol} in the books`);
  return market;
}
