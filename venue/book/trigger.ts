/** What happens to an order at the moment it becomes live or trades; its protection follows at once. */
import type { Decimal } from '../../domain/decimal.ts';
import { attachProtection } from './attach.ts';
import type { Books } from './books.ts';
import { marketOf } from './margin.ts';
import type { Order } from './model.ts';
import { spawnOrder } from './spawn.ts';
import { isMarketable, takeOrder, workOrder } from './work.ts';

/** The trigger is reached: a market order trades at once, a limit order trades or rests. */
export function triggerOrder(books: Books, order: Order): Order {
  const live = order.firesAs === null ? firedInPlace(books, order) : spawnOrder(books, order, order.firesAs);
  if (!live) return order;
  const now = live.execution === 'market' || isMarketable(live, marketOf(books, order.symbol).last);
  return now ? takeNow(books, live) : live;
}

function firedInPlace(books: Books, order: Order): Order {
  const live: Order = { ...order, triggeredAtMs: books.now(), updatedAtMs: books.now() };
  books.put.order(live);
  books.emit({ kind: 'order', execution: 'TRIGGERED', order: live, fill: null });
  return live;
}

/** Trades as a taker at the present price. */
export function takeNow(books: Books, order: Order): Order {
  const traded = takeOrder(books, order);
  attachProtection(books, traded);
  return traded;
}

/** A resting order is reached and trades as a maker at its own price. */
export function tradeAt(books: Books, order: Order, price: Decimal): Order {
  const traded = workOrder(books, order, price, true);
  attachProtection(books, traded);
  return traded;
}

/** Trades the orders whose held rest is due. Returns how many there were. */
export function workDueRests(books: Books): number {
  const due = [...books.open.values()].filter(
    (order) => order.restHeldUntilMs !== null && order.restHeldUntilMs <= books.now(),
  );
  for (const order of due) {
    const released: Order = { ...order, restHeldUntilMs: null };
    books.put.order(released);
    if (isMarketable(released, marketOf(books, order.symbol).last)) takeNow(books, released);
  }
  return due.length;
}
