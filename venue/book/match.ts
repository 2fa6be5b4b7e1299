/**
 * Moves a market's prices and lets everything happen that lies on the way.
 *
 * `walk`: last and mark run in step from the old to the new prices; orders fire in the order in which
 * the path reaches them, at the price it has there. `jump`: nothing lies in between; what was jumped
 * over fires at the new price, the oldest order first.
 */
import {
  add,
  compare,
  div,
  eq,
  gte,
  isZero,
  lt,
  lte,
  mul,
  roundToStep,
  sub,
  ZERO,
} from '../../domain/decimal.ts';
import type { Decimal } from '../../domain/decimal.ts';
import type { PriceSource } from '../control/types.ts';
import type { Books } from './books.ts';
import { liquidateAll } from './liquidation.ts';
import { marketOf } from './margin.ts';
import { isDormant, isOpen } from './model.ts';
import type { Market, Order } from './model.ts';
import { trailOrders } from './trail.ts';
import { takeNow, tradeAt, triggerOrder } from './trigger.ts';

export type Prices = Readonly<Record<PriceSource, Decimal>>;

export type Move = {
  readonly symbol: string;
  readonly to: Prices;
  readonly path: 'walk' | 'jump';
  /** Traded in this step, for the public trade stream; `null`: no trade of the feed. */
  readonly traded?: Decimal | null;
};

/** One fires at `at` of the rest of the path (0 = here, 1 = its end). */
type Candidate = { readonly order: Order; readonly at: Decimal; readonly last: Decimal };

export function movePrice(books: Books, move: Move): void {
  refillLiquidity(books, move.symbol);
  const done = new Set<string>();
  if (move.path === 'jump') putPrices(books, move.symbol, move.to);
  for (;;) {
    const start = pricesOf(marketOf(books, move.symbol));
    const next = firstCandidate(books, move, start, done);
    if (!next) break;
    done.add(next.order.orderId);
    if (move.path === 'walk') putPrices(books, move.symbol, pricesAt(books, move, start, next));
    fire(books, next.order);
  }
  putPrices(books, move.symbol, move.to);
  for (const order of liveMarketOrders(books, move.symbol, done)) takeNow(books, order);
  trailOrders(books, move.symbol);
  books.emit({ kind: 'price', market: marketOf(books, move.symbol), traded: move.traded ?? null });
  liquidateAll(books, move.symbol);
}

/** Executes an order whose trigger or limit is reached. */
function fire(books: Books, order: Order): void {
  if (isDormant(order)) triggerOrder(books, order);
  else tradeAt(books, order, order.price ?? marketOf(books, order.symbol).last);
}

function firstCandidate(
  books: Books,
  move: Move,
  start: Prices,
  done: ReadonlySet<string>,
): Candidate | undefined {
  let first: Candidate | undefined;
  for (const order of books.open.values()) {
    if (order.symbol !== move.symbol || done.has(order.orderId)) continue;
    const candidate = candidateOf(order, move, start);
    if (!candidate) continue;
    if (!first || move.path === 'jump' ? !first : lt(candidate.at, first.at)) first = candidate;
  }
  return first;
}

function candidateOf(order: Order, move: Move, start: Prices): Candidate | undefined {
  const goal = goalOf(order);
  if (!goal) return undefined;
  const from = start[goal.source];
  const to = move.to[goal.source];
  const at = reach(from, to, goal.price, goal.fires);
  return at === undefined
    ? undefined
    : { order, at, last: goal.source === 'last' && !isZero(at) ? goal.price : ZERO };
}

/** What an open order waits for; `undefined` for market orders and trails, which have their own turn. */
function goalOf(
  order: Order,
): { source: PriceSource; price: Decimal; fires: 'rising' | 'falling' } | undefined {
  if (isDormant(order)) return order.trigger ?? undefined;
  if (order.execution !== 'limit' || order.price === null || order.restHeldUntilMs !== null) return undefined;
  return { source: 'last', price: order.price, fires: order.side === 'buy' ? 'falling' : 'rising' };
}

/** The share of the way at which a level is reached; `undefined`: not on this way. */
function reach(from: Decimal, to: Decimal, level: Decimal, fires: 'rising' | 'falling'): Decimal | undefined {
  const beyond = fires === 'rising' ? gte : lte;
  if (beyond(from, level)) return ZERO;
  return beyond(to, level) ? div(sub(level, from), sub(to, from)) : undefined;
}

/** The prices at the moment a candidate fires. Its own source stands exactly on its level. */
function pricesAt(books: Books, move: Move, start: Prices, next: Candidate): Prices {
  const tick = marketOf(books, move.symbol).tickSize;
  const along = (source: PriceSource): Decimal =>
    eq(start[source], move.to[source])
      ? start[source]
      : roundToStep(add(start[source], mul(sub(move.to[source], start[source]), next.at)), tick, 'nearest');
  return { last: isZero(next.last) ? along('last') : next.last, mark: along('mark'), index: along('index') };
}

function liveMarketOrders(books: Books, symbol: string, done: ReadonlySet<string>): Order[] {
  return [...books.open.values()]
    .filter((order) => order.symbol === symbol && order.execution === 'market' && !isDormant(order))
    .filter((order) => isOpen(order) && !done.has(order.orderId))
    .sort((a, b) => compare(a.orderId, b.orderId));
}

function refillLiquidity(books: Books, symbol: string): void {
  const cap = books.liquidity.get(symbol);
  if (cap) cap.left = cap.perStep;
}

export const pricesOf = (market: Market): Prices => ({
  last: market.last,
  mark: market.mark,
  index: market.index,
});

function putPrices(books: Books, symbol: string, prices: Prices): void {
  books.put.market({ ...marketOf(books, symbol), ...prices });
}
