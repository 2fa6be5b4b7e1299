/** The control interface: one function a route, on the true books. */
import type { z } from 'zod';
import { amendByHand } from '../book/amend.ts';
import { isRefusal, refuse } from '../book/refusal.ts';
import type { Refusal } from '../book/refusal.ts';
import type { Books } from '../book/books.ts';
import { settleFunding } from '../book/funding.ts';
import { closeByExchange, tradeByHand, vanishOrder } from '../book/manual.ts';
import { marketOf } from '../book/margin.ts';
import { movePrice } from '../book/match.ts';
import type { Market, Order } from '../book/model.ts';
import { cancelOrder } from '../book/place.ts';
import { addMarket, createAccount } from '../book/setup.ts';
import { viewAccount, viewBooks, viewMarket, viewOrder } from '../book/views.ts';
import type { Faults } from '../faults.ts';
import type { FeedRunner } from '../feeds/runner.ts';
import type { RequestLog } from '../requests.ts';
import { schemas } from './schemas.ts';
import type { PriceChange, SocketAction, SocketMatch, VenueHealth } from './types.ts';

const DEFAULT_WAIT_MS = 5_000;

export type ControlDeps = {
  readonly books: Books;
  readonly feed: FeedRunner;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly health: () => VenueHealth;
  readonly actOnSockets: (action: SocketAction, match: SocketMatch | undefined) => number;
  readonly expireListenKeys: (account: string, silent: boolean) => number;
};

/** What a handler gets: the body or query, and the parts that its path left open. */
type Input = { readonly body: unknown; readonly parts: readonly string[] };
type Handler = (deps: ControlDeps, input: Input) => object | Promise<object>;

/** `*` stands for one part of the path. A handler answers with an object, or with a refusal. */
export const controlRoutes: Readonly<Record<string, Handler>> = {
  'GET /health': ({ health }) => health(),
  'GET /accounts': ({ books }) => [...books.accounts.values()].map(viewAccount),
  'POST /accounts': (deps, { body }) =>
    seen(createAccount(deps.books, given(schemas.account, body)), viewAccount),
  'GET /accounts/*/books': ({ books }, { parts }) => {
    const account = books.accounts.get(parts[0] ?? '');
    return account ? viewBooks(books, account) : refuse('bad-request', `no account ${parts[0] ?? ''}`);
  },
  'GET /markets': ({ books }) => [...books.markets.values()].map(viewMarket),
  'POST /markets': (deps, { body }) => seen(addMarket(deps.books, given(schemas.market, body)), viewMarket),
  'POST /price': (deps, { body }) => seen(changePrice(deps.books, given(schemas.price, body)), viewMarket),
  'GET /feed': ({ feed }) => feed.status(),
  'POST /feed': ({ feed }, { body }) => {
    const { state, speed } = given(schemas.feed, body);
    if (speed !== undefined) feed.setSpeed(speed);
    if (state === 'paused') feed.pause();
    if (state === 'running') feed.resume();
    return feed.status();
  },
  'POST /feed/step': ({ feed }, { body }) => {
    feed.stepNow(given(schemas.step, body).steps);
    return feed.status();
  },
  'GET /settings': ({ books }) => books.settings(),
  'POST /settings': ({ books }, { body }) => {
    books.transact(() =>
      books.put.meta({ settings: { ...books.settings(), ...given(schemas.settings, body) } }),
    );
    return books.settings();
  },
  'POST /clock': ({ books }, { body }) => {
    const { skewMs } = given(schemas.clock, body);
    books.transact(() => books.put.meta({ clockSkewMs: skewMs }));
    return { serverTimeMs: books.now(), clockSkewMs: skewMs };
  },
  'POST /trade': ({ books }, { body }) =>
    seen(tradeByHand(books, given(schemas.trade, body)), (orders: Order[]) => orders.map(viewOrder)),
  'POST /orders/cancel': ({ books }, { body }) => {
    const { account, orderId } = given(schemas.order, body);
    return seen(cancelOrder(books, account, { orderId }, 'by-control'), viewOrder);
  },
  'POST /orders/vanish': ({ books }, { body }) => {
    const { account, orderId } = given(schemas.order, body);
    return seen(vanishOrder(books, account, orderId), viewOrder);
  },
  'POST /orders/amend': ({ books }, { body }) => {
    const { account, orderId, ...change } = given(schemas.amendment, body);
    return seen(amendByHand(books, account, orderId, change), viewOrder);
  },
  'POST /liquidate': ({ books }, { body }) =>
    seen(closeByExchange(books, given(schemas.leg, body), 'liquidation'), viewOrder),
  'POST /adl': ({ books }, { body }) => {
    const { quantity, ...leg } = given(schemas.adl, body);
    return seen(closeByExchange(books, leg, 'adl', quantity), viewOrder);
  },
  'POST /fund': ({ books }, { body }) => {
    const { symbol, rate } = given(schemas.fund, body);
    return { settled: settleFunding(books, symbol, rate) };
  },
  'POST /liquidity': ({ books }, { body }) => {
    const cap = given(schemas.liquidity, body);
    if (cap.perStepQuantity === null) books.liquidity.delete(cap.symbol);
    else books.liquidity.set(cap.symbol, { perStep: cap.perStepQuantity, left: cap.perStepQuantity });
    return cap;
  },
  'POST /partial-fills': ({ books }, { body }) => {
    const plan = given(schemas.partialFill, body);
    books.partialPlans.push({ ...plan, symbol: plan.symbol ?? null });
    return plan;
  },
  'GET /faults': ({ faults }) => faults.list(),
  'POST /faults': ({ faults }, { body }) => faults.plan(given(schemas.fault, body)),
  'DELETE /faults': ({ faults }) => ({ cleared: faults.clear() }),
  'DELETE /faults/*': ({ faults }, { parts }) => ({ cleared: faults.clear(parts[0]) }),
  'POST /sockets': ({ actOnSockets }, { body }) => {
    const { match, ...action } = given(schemas.sockets, body);
    return { sockets: actOnSockets(action, match) };
  },
  'POST /listen-keys/expire': ({ expireListenKeys }, { body }) => {
    const { account, silent } = given(schemas.expire, body);
    return { expired: expireListenKeys(account, silent ?? false) };
  },
  'GET /requests': ({ log }, { body }) => log.list(given(schemas.requests, body)),
  'POST /requests/wait': async ({ log }, { body }) => {
    const { timeoutMs = DEFAULT_WAIT_MS, ...match } = given(schemas.wait, body);
    return (
      (await log.wait(match, timeoutMs)) ?? refuse('bad-request', `no such request within ${timeoutMs} ms`)
    );
  },
};

/** The body in its type; a bad one throws zod's error, which the server answers with status 400. */
function given<T>(schema: z.ZodType<T>, body: unknown): Clean<T> {
  // An absent optional member and one that is undefined are the same to every reader of these bodies.
  return schema.parse(body ?? {}) as Clean<T>;
}

/** What zod calls optional, without its `undefined`. */
type Clean<T> = T extends readonly unknown[] | string | number | boolean | null
  ? T
  : { [K in keyof T]: Clean<Exclude<T[K], undefined>> };

function seen<T extends object>(result: T | Refusal, view: (value: T) => object): object {
  return isRefusal(result) ? result : view(result);
}

/** Moves through matching. A mark that is given stays where it is put until `unpinMark`. */
function changePrice(books: Books, change: PriceChange): Market | Refusal {
  const market = books.markets.get(change.symbol);
  if (!market) return refuse('unknown-symbol', `no market ${change.symbol}`);
  const last = change.last ?? market.last;
  const pinned = change.mark !== undefined || (market.markPinned && !change.unpinMark);
  const mark = change.mark ?? (pinned ? market.mark : last);
  books.transact(() => {
    books.put.market({ ...market, markPinned: pinned });
    movePrice(books, {
      symbol: change.symbol,
      to: { last, mark, index: change.index ?? last },
      path: change.path ?? 'jump',
    });
  });
  return marketOf(books, change.symbol);
}
