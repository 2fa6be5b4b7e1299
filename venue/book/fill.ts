/**
 * One execution: books the fills, the position, the history, the income and the events of it.
 *
 * Invariants: an order that only closes never opens and never takes more than is there; every fill
 * belongs to exactly one epoch, so an order that flips a leg makes two.
 */
import { abs, add, gte, isPositive, isZero, min, mul, neg, sub, ZERO } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { Books } from './books.ts';
import { endOrder } from './cancel.ts';
import { commissionOf, grossProfit, grow, isFlat, shrink, splitQuantity } from './ledger.ts';
import { leverageOf, marketOf } from './margin.ts';
import { closesOnly, directionOf, isDormant, legKey } from './model.ts';
import type { Account, Fill, Income, Order, Position } from './model.ts';

export type Execution = { readonly quantity: Decimal; readonly price: Decimal; readonly maker: boolean };

/** Executes at most what the order may take; the order is put with its new state, which is returned. */
export function executeOrder(books: Books, order: Order, execution: Execution): Order {
  const key = legKey(order.account, order.symbol, order.leg);
  const split = splitQuantity(books.positions.get(key), order.leg, order.side, execution.quantity);
  let current = order;
  if (isPositive(split.closing)) current = closePart(books, current, split.closing, execution);
  if (isPositive(split.opening) && !closesOnly(order))
    current = openPart(books, current, split.opening, execution);
  return current;
}

/** How much the order may still take: what is left of it, and no more than its leg has if it only closes. */
export function executableQuantity(books: Books, order: Order): Decimal {
  const left = sub(order.quantity, order.filledQuantity);
  if (!closesOnly(order)) return left;
  const position = books.positions.get(legKey(order.account, order.symbol, order.leg));
  const split = splitQuantity(
    position,
    order.leg,
    order.side,
    order.closePosition ? (position?.quantity ?? ZERO) : left,
  );
  return split.closing;
}

function closePart(books: Books, order: Order, quantity: Decimal, execution: Execution): Order {
  const position = books.positions.get(legKey(order.account, order.symbol, order.leg));
  if (!position) throw new Error(`order ${order.orderId} closes a position that is not there`);
  const profit = grossProfit(position.side, position.entryPrice, execution.price, quantity);
  const fill = makeFill(books, order, position.positionId, quantity, execution, profit, true);
  const left = shrink(position, quantity, execution.price, fill.commission, books.now());
  if (isFlat(left)) books.put.noPosition(left);
  else books.put.position(left);
  const filled = book(books, order, fill, left);
  if (isFlat(left)) finishEpoch(books, left, filled);
  return filled;
}

function openPart(books: Books, order: Order, quantity: Decimal, execution: Execution): Order {
  const existing = books.positions.get(legKey(order.account, order.symbol, order.leg));
  const base = existing ?? newPosition(books, order);
  const fill = makeFill(books, order, base.positionId, quantity, execution, ZERO, false);
  const grown = grow(base, quantity, execution.price, fill.commission, books.now());
  books.put.position(grown);
  return book(books, order, fill, grown);
}

function newPosition(books: Books, order: Order): Position {
  const account = accountOf(books, order.account);
  const direction = directionOf(order.side);
  return {
    positionId: books.newId(),
    account: order.account,
    symbol: order.symbol,
    leg: order.leg,
    side: direction,
    quantity: ZERO,
    entryPrice: ZERO,
    openedQuantity: ZERO,
    closedQuantity: ZERO,
    closedCost: ZERO,
    realizedPnl: ZERO,
    commission: ZERO,
    funding: ZERO,
    leverage: leverageOf(account, marketOf(books, order.symbol), direction),
    isolated: account.isolated[order.symbol] ?? false,
    openedAtMs: books.now(),
    updatedAtMs: books.now(),
  };
}

function makeFill(
  books: Books,
  order: Order,
  positionId: string,
  quantity: Decimal,
  execution: Execution,
  profit: Decimal,
  closing: boolean,
): Fill {
  const market = marketOf(books, order.symbol);
  const { price, maker } = execution;
  return {
    fillId: books.newCounter(),
    account: order.account,
    orderId: order.orderId,
    positionId,
    symbol: order.symbol,
    leg: order.leg,
    side: order.side,
    quantity,
    price,
    commission: commissionOf(quantity, price, maker ? market.makerFee : market.takerFee),
    realizedPnl: profit,
    closing,
    maker,
    origin: order.origin,
    atMs: books.now(),
  };
}

/** Writes a fill down everywhere but in the position, which the caller has put. */
function book(books: Books, order: Order, fill: Fill, position: Position): Order {
  const filledQuantity = add(order.filledQuantity, fill.quantity);
  const updated: Order = {
    ...order,
    filledQuantity,
    filledCost: add(order.filledCost, mul(fill.quantity, fill.price)),
    commission: add(order.commission, fill.commission),
    realizedPnl: add(order.realizedPnl, fill.realizedPnl),
    positionId: fill.positionId,
    state: gte(filledQuantity, order.quantity) ? 'filled' : 'partially_filled',
    updatedAtMs: fill.atMs,
  };
  books.put.order(updated);
  books.put.fill(fill);
  const change = add(fill.realizedPnl, fill.commission);
  const account = credit(books, order.account, change, fill.realizedPnl);
  const { fillId } = fill;
  if (!isZero(fill.realizedPnl))
    addIncome(books, fill.account, fill.symbol, 'REALIZED_PNL', fill.realizedPnl, { fillId });
  addIncome(books, fill.account, fill.symbol, 'TRADING_FEE', fill.commission, { fillId });
  const forced = order.origin === 'liquidation' || order.origin === 'adl';
  books.emit({ kind: 'order', execution: forced ? 'CALCULATED' : 'TRADE', order: updated, fill });
  books.emit({
    kind: 'account',
    reason: 'ORDER',
    account,
    change,
    legs: [{ symbol: fill.symbol, leg: fill.leg, position: isFlat(position) ? null : position }],
  });
  return updated;
}

function finishEpoch(books: Books, flat: Position, order: Order): void {
  books.put.closed({
    ...flat,
    closedAtMs: books.now(),
    closedByOrderId: order.orderId,
    closedBy: order.origin,
  });
  if (!books.settings().autoCancelProtection) return;
  for (const other of [...books.open.values()]) {
    const same = other.account === flat.account && other.symbol === flat.symbol && other.leg === flat.leg;
    if (same && other.orderId !== order.orderId && closesOnly(other) && !outlivesPosition(other))
      endOrder(books, other, 'cancelled', 'position-closed');
  }
}

/** On Binance a stop by quantity waits on, and is rejected when it fires with nothing to close. */
const outlivesPosition = (order: Order): boolean =>
  isDormant(order) && order.firesAs !== null && !order.closePosition;

/** Changes the balance; a loss beyond it is carried by the insurance fund. */
export function credit(books: Books, name: string, change: Decimal, realizedPnl: Decimal = ZERO): Account {
  const account = accountOf(books, name);
  const balance = add(account.balance, change);
  const updated = {
    ...account,
    balance: isNegative(balance) ? ZERO : balance,
    realizedPnl: add(account.realizedPnl, realizedPnl),
  };
  if (isNegative(balance)) addIncome(books, name, '', 'INSURANCE_CLEAR', abs(balance));
  books.put.account(updated);
  return updated;
}

const isNegative = (value: Decimal): boolean => isPositive(neg(value));

export function addIncome(
  books: Books,
  account: string,
  symbol: string,
  kind: 'REALIZED_PNL' | 'TRADING_FEE' | 'FUNDING_FEE' | 'INSURANCE_CLEAR' | 'TRANSFER',
  amount: Decimal,
  source: Pick<Income, 'fillId' | 'settled'> = {},
): Income {
  const income = {
    incomeId: books.newCounter(),
    ...{ account, symbol, kind, amount, atMs: books.now() },
    ...source,
  };
  books.put.income(income);
  return income;
}

export function accountOf(books: Books, name: string): Account {
  const account = books.accounts.get(name);
  if (!account) throw new Error(`no account ${name} in the books`);
  return account;
}

/** Takes from what the current price step lets trade; everything where there is no cap. */
export function takeLiquidity(books: Books, symbol: string, wanted: Decimal): Decimal {
  const cap = books.liquidity.get(symbol);
  if (!cap) return wanted;
  const granted = min(wanted, cap.left);
  cap.left = sub(cap.left, granted);
  return granted;
}
