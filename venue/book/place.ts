/** Takes orders in, and takes them back. */
import { lt } from '../../domain/decimal.ts';
import type { Books } from './books.ts';
import { endOrder } from './cancel.ts';
import { checkOrder } from './checks.ts';
import { accountOf } from './fill.ts';
import { leverageOf } from './margin.ts';
import { directionOf, isDormant, isOpen } from './model.ts';
import type { Market, Order } from './model.ts';
import { newOrder } from './new-order.ts';
import { isRefusal, refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { STRICT_RULES } from './rules.ts';
import { takeNow } from './trigger.ts';
import { isMarketable } from './work.ts';

export type OrderRequest = Pick<
  Order,
  'account' | 'symbol' | 'leg' | 'side' | 'label' | 'execution' | 'quantity'
> &
  Partial<
    Pick<
      Order,
      | 'orderId'
      | 'firesAs'
      | 'clientOrderId'
      | 'price'
      | 'trigger'
      | 'trail'
      | 'timeInForce'
      | 'reduceOnly'
      | 'closePosition'
      | 'attachments'
      | 'origin'
      | 'notes'
    >
  >;

/**
 * Books an order and lets it trade at once if it can. The row that comes back has its state after that.
 * @param dryRun checks only.
 */
export function placeOrder(
  books: Books,
  request: OrderRequest,
  dryRun = false,
  rules = STRICT_RULES,
): Order | Refusal {
  return books.transact(() => {
    const account = accountOf(books, request.account);
    const market = books.markets.get(request.symbol);
    if (!market) return refuse('unknown-symbol', `no market ${request.symbol}`);
    const order = newOrder(books, {
      ...request,
      leverage: leverageOf(account, market, legDirection(request)),
    });
    const refused = checkOrder(books, { account, market, order, rules });
    if (refused) return refused;
    if (dryRun) return order;
    books.put.order(order);
    books.emit({ kind: 'order', execution: 'NEW', order, fill: null });
    return begin(books, market, order);
  });
}

const legDirection = (request: OrderRequest): 'long' | 'short' =>
  request.leg === 'net' ? directionOf(request.side) : request.leg;

function begin(books: Books, market: Market, order: Order): Order {
  if (isDormant(order)) return order;
  const takes = order.execution === 'market' || isMarketable(order, market.last);
  const killed =
    order.timeInForce === 'FOK' &&
    (!takes || lt(books.liquidity.get(order.symbol)?.left ?? order.quantity, order.quantity));
  if (killed) return endOrder(books, order, 'cancelled', 'fill-or-kill');
  if (takes && order.timeInForce === 'PostOnly' && order.execution === 'limit')
    return endOrder(books, order, 'cancelled', 'post-only');
  if (takes) return takeNow(books, order);
  return order.timeInForce === 'IOC' ? endOrder(books, order, 'cancelled', 'immediate-or-cancel') : order;
}

export type OrderRef = { readonly orderId?: string; readonly clientOrderId?: string };

/** The account's order, open or not. A vanished one is not found. */
export function findOrder(books: Books, account: string, ref: OrderRef): Order | undefined {
  if (ref.orderId !== undefined) {
    const order = books.orders.get(ref.orderId);
    return order?.account === account && order.state !== 'vanished' ? order : undefined;
  }
  if (ref.clientOrderId === undefined) return undefined;
  const oldest = books.now() - books.settings().clientIdLookupMs;
  const order = books.orderByClientId(account, ref.clientOrderId);
  if (!order || order.state === 'vanished') return undefined;
  return isOpen(order) || order.updatedAtMs >= oldest ? order : undefined;
}

export function cancelOrder(
  books: Books,
  account: string,
  ref: OrderRef,
  reason = 'by-client',
): Order | Refusal {
  return books.transact(() => {
    const order = findOrder(books, account, ref);
    if (!order) return refuse('order-not-found', 'order not exist');
    if (order.state === 'filled') return refuse('order-already-filled', 'the order is already filled');
    if (!isOpen(order)) return refuse('order-already-ended', 'the order is already cancelled');
    return endOrder(books, order, 'cancelled', reason);
  });
}

/** Cancels all open orders of an account that satisfy `which`. */
export function cancelAll(books: Books, account: string, which: (order: Order) => boolean): Order[] {
  return books.transact(() =>
    [...books.open.values()]
      .filter((order) => order.account === account && which(order))
      .map((order) => endOrder(books, order, 'cancelled', 'by-client')),
  );
}

/** Cancels one order and places another as one step. The new one is not placed where the old one could not be cancelled, unless told so. */
export function replaceOrder(
  books: Books,
  account: string,
  ref: OrderRef,
  request: OrderRequest,
  alsoOnFailure: boolean,
): { cancelled: Order | Refusal; placed: Order | Refusal | undefined } {
  return books.transact(() => {
    const cancelled = cancelOrder(books, account, ref);
    if (isRefusal(cancelled) && !alsoOnFailure) return { cancelled, placed: undefined };
    return { cancelled, placed: placeOrder(books, request) };
  });
}

/** Closes a leg at market. */
export function closeLeg(
  books: Books,
  account: string,
  symbol: string,
  leg: Order['leg'],
  label: string,
): Order | Refusal {
  const position = [...books.positions.values()].find(
    (row) => row.account === account && row.symbol === symbol && row.leg === leg,
  );
  if (!position) return refuse('nothing-to-close', `no position on ${symbol} ${leg}`);
  return placeOrder(books, {
    account,
    symbol,
    leg,
    side: position.side === 'long' ? 'sell' : 'buy',
    label,
    execution: 'market',
    quantity: position.quantity,
    reduceOnly: leg === 'net',
  });
}
