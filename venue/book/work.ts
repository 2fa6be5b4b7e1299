/** Lets a live order trade: at what price, how much of it now, and what becomes of the rest. */
import {
  add,
  gte,
  isPositive,
  isZero,
  lt,
  lte,
  max,
  min,
  mul,
  roundToStep,
  sub,
  div,
} from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { OrderSide } from '../control/types.ts';
import type { Books, PartialPlan } from './books.ts';
import { endOrder } from './cancel.ts';
import { executableQuantity, executeOrder, takeLiquidity } from './fill.ts';
import { marketOf } from './margin.ts';
import { closesOnly, isOpen } from './model.ts';
import type { Market, Order } from './model.ts';

/** The rest of a partly filled order that never fills by itself. */
const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** What a taker gets: the last price, worse by the slippage, on the tick. */
export function takerPrice(books: Books, market: Market, side: OrderSide): Decimal {
  const slip = div(String(books.settings().slippageBps), '10000');
  const price = mul(market.last, side === 'buy' ? add('1', slip) : sub('1', slip));
  return max(market.tickSize, roundToStep(price, market.tickSize, side === 'buy' ? 'up' : 'down'));
}

/** Whether a limit order would trade at the market's last price. */
export function isMarketable(order: Pick<Order, 'side' | 'price'>, last: Decimal): boolean {
  if (order.price === null) return true;
  return order.side === 'buy' ? gte(order.price, last) : lte(order.price, last);
}

/** Trades a live order as a taker; a limit order gets no worse than its limit. */
export function takeOrder(books: Books, order: Order): Order {
  const price = takerPrice(books, marketOf(books, order.symbol), order.side);
  if (order.price === null) return workOrder(books, order, price, false);
  const bounded = order.side === 'buy' ? min(price, order.price) : max(price, order.price);
  return workOrder(books, order, bounded, false);
}

/** Trades what may trade now; the order comes back with its new state. */
export function workOrder(books: Books, order: Order, price: Decimal, maker: boolean): Order {
  if (order.restHeldUntilMs !== null && books.now() < order.restHeldUntilMs) return order;
  const wanted = executableQuantity(books, order);
  if (!isPositive(wanted)) return endOrder(books, order, 'expired', 'no-position');
  const sized = holdRest(books, resize(order, wanted), takePlan(books, order));
  const quantity = takeLiquidity(books, order.symbol, min(wanted, sized.quantityNow));
  if (isZero(quantity)) {
    books.put.order(sized.order);
    return endRest(books, sized.order);
  }
  return endRest(books, executeOrder(books, sized.order, { quantity, price, maker }));
}

/** A closing order shrinks to what is there, a closePosition order gets the size of the position. */
function resize(order: Order, wanted: Decimal): Order {
  if (!closesOnly(order)) return order;
  const fitting = add(order.filledQuantity, wanted);
  return order.closePosition || lt(fitting, order.quantity) ? { ...order, quantity: fitting } : order;
}

function takePlan(books: Books, order: Order): PartialPlan | undefined {
  const index = books.partialPlans.findIndex(
    (plan) => plan.account === order.account && (plan.symbol === null || plan.symbol === order.symbol),
  );
  return index < 0 ? undefined : books.partialPlans.splice(index, 1)[0];
}

function holdRest(
  books: Books,
  order: Order,
  plan: PartialPlan | undefined,
): { order: Order; quantityNow: Decimal } {
  const left = sub(order.quantity, order.filledQuantity);
  if (!plan) return { order: { ...order, restHeldUntilMs: null }, quantityNow: left };
  const until = plan.restAfterMs === null ? NEVER_MS : books.now() + plan.restAfterMs;
  return { order: { ...order, restHeldUntilMs: until }, quantityNow: plan.quantity };
}

/** An immediate-or-cancel order keeps no rest. */
function endRest(books: Books, order: Order): Order {
  const rest =
    isOpen(order) &&
    (order.timeInForce === 'IOC' || order.timeInForce === 'FOK') &&
    order.execution === 'limit';
  return rest ? endOrder(books, order, 'cancelled', 'immediate-or-cancel') : order;
}
