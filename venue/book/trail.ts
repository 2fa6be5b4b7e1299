/** Trailing stops: follow the best price once active, fire when it comes back far enough. */
import { add, gte, lte, max, min, mul, sub } from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { Books } from './books.ts';
import { marketOf } from './margin.ts';
import { isDormant } from './model.ts';
import type { Order, Trail } from './model.ts';
import { triggerOrder } from './trigger.ts';

/** Follows the market's present price with every trail of the symbol. */
export function trailOrders(books: Books, symbol: string): void {
  for (const order of [...books.open.values()]) {
    if (order.symbol !== symbol || !order.trail || !isDormant(order)) continue;
    const price = marketOf(books, symbol)[order.trail.source];
    const trail = follow(order.trail, order.side, price);
    const followed: Order = { ...order, trail };
    if (trail.extreme !== order.trail.extreme) books.put.order(followed);
    if (cameBack(trail, order.side, price)) triggerOrder(books, followed);
  }
}

/** A selling trail follows upwards, a buying one downwards. */
function follow(trail: Trail, side: Order['side'], price: Decimal): Trail {
  if (trail.extreme !== null)
    return { ...trail, extreme: side === 'sell' ? max(trail.extreme, price) : min(trail.extreme, price) };
  const reached =
    trail.activation === null ||
    (side === 'sell' ? gte(price, trail.activation) : lte(price, trail.activation));
  return reached ? { ...trail, extreme: price } : trail;
}

function cameBack(trail: Trail, side: Order['side'], price: Decimal): boolean {
  if (trail.extreme === null) return false;
  const distance = trail.distance ?? mul(trail.extreme, trail.rate ?? '0');
  return side === 'sell'
    ? lte(price, sub(trail.extreme, distance))
    : gte(price, add(trail.extreme, distance));
}
