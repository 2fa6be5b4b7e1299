/**
 * What placing and cancelling have in common on every exchange. Invariants: exactly one request per call;
 * whatever is not the exchange's definite word is `unknown`; what breaks a market's rules never leaves.
 */
import type { CancelOutcome, OrderRequest, PlaceOutcome } from '../domain/exchange-truth.ts';
import { isConditional, type Symbol } from '../domain/terms.ts';
import type { Reply } from './ccxt/api.ts';
import { refusalOf, type Failure } from './ccxt/failure.ts';
import type { Redact } from './ccxt/redact.ts';
import { ExchangeFault } from './errors.ts';
import type { Market, Markets } from './market-list.ts';
import { brokenRule } from './market-rules.ts';
import { createBatcher } from './order-batches.ts';
import type { Priority } from './rate-limiter.ts';

/** What may be asked again after this long, because nothing was sent for a reason of our own. */
const LOCAL_RETRY_MS = 1_000;

export type Placing<M extends Market> = {
  markets: Pick<Markets<M>, 'bySymbol'>;
  redact: Redact;
  /** A rule of this exchange, beside those that all have, which the order breaks, with the nearest value that keeps it. */
  brokenHere?: (request: OrderRequest, market: M) => Promise<string | undefined>;
  send: (request: OrderRequest, market: M) => Promise<Reply>;
  /** The order id that the answer names; `undefined` where it names none. */
  orderIdOf: (body: unknown, request: OrderRequest) => string | undefined;
  /** Where the exchange takes protective orders together, and the account wants that. */
  batch?: PlacingBatch<M>;
};

export type Prepared<M extends Market> = { request: OrderRequest; market: M };

export type PlacingBatch<M extends Market> = {
  /** Orders in one request. */
  max: number;
  send: (orders: readonly Prepared<M>[]) => Promise<Reply>;
  /** What became of each order; `undefined` where the answer does not say so for certain. */
  rowsOf: (body: unknown, orders: readonly Prepared<M>[]) => (BatchRow | undefined)[];
};

export type BatchRow = { orderId: string } | { failure: Failure };

/** @returns what places one order; never throws */
export function createPlacing<M extends Market>(placing: Placing<M>) {
  const { markets, redact, brokenHere, send, orderIdOf, batch } = placing;
  const one = async ({ request, market }: Prepared<M>): Promise<PlaceOutcome> =>
    outcomeOf(await send(request, market), request, orderIdOf);
  const together =
    batch &&
    createBatcher<Prepared<M>, PlaceOutcome>({
      max: batch.max,
      one,
      many: async (orders) => batchOutcomes(await batch.send(orders), orders, batch),
    });

  return async (request: OrderRequest): Promise<PlaceOutcome> => {
    const startedAtMs = Date.now();
    let market: M;
    try {
      market = await markets.bySymbol(request.symbol);
    } catch (error) {
      // Only the market list was read: the order did not leave.
      if (error instanceof ExchangeFault && error.kind === 'unknown_symbol')
        return refusedHere('rule', error.message, startedAtMs);
      const reason = `not sent: ${error instanceof Error ? redact(error.message) : 'the market list failed'}`;
      return { ...refusedHere('rate_limited', reason, startedAtMs), retryAfterMs: LOCAL_RETRY_MS };
    }
    const broken = brokenRule(request, market.rules) ?? (await brokenHere?.(request, market));
    if (broken) return refusedHere('rule', broken, startedAtMs);
    const place = together && isConditional(request) ? together : one;
    return place({ request, market });
  };
}

/** Failures that concern the request as such. */
const NOTHING_TAKEN: ReadonlySet<Failure['class']> = new Set([
  'rate_limited',
  'credentials',
  'clock',
  'not_sent',
]);

function batchOutcomes<M extends Market>(
  reply: Reply,
  orders: readonly Prepared<M>[],
  { rowsOf }: PlacingBatch<M>,
): PlaceOutcome[] {
  const times = { sentAtMs: reply.sentAtMs, answeredAtMs: reply.answeredAtMs };
  if (!reply.ok) {
    const { failure } = reply;
    // That it refused one order does not say that it took none.
    const none = NOTHING_TAKEN.has(failure.class);
    return orders.map(() =>
      none ? failed(failure, times) : { outcome: 'unknown', reason: failure.reason, ...times },
    );
  }
  const rows = rowsOf(reply.body, orders);
  return orders.map((_, index): PlaceOutcome => {
    const row = rows[index];
    if (!row)
      return { outcome: 'unknown', reason: 'the answer does not say what became of the order', ...times };
    return 'orderId' in row
      ? { outcome: 'accepted', orderId: row.orderId, ...times }
      : failed(row.failure, times);
  });
}

function outcomeOf(
  reply: Reply,
  request: OrderRequest,
  orderIdOf: (body: unknown, request: OrderRequest) => string | undefined,
): PlaceOutcome {
  const times = { sentAtMs: reply.sentAtMs, answeredAtMs: reply.answeredAtMs };
  if (!reply.ok) return failed(reply.failure, times);
  const orderId = orderIdOf(reply.body, request);
  // HTML with status 200 and an answer without an id both end here.
  return orderId === undefined
    ? { outcome: 'unknown', reason: 'the answer names no order', ...times }
    : { outcome: 'accepted', orderId, ...times };
}

function failed(failure: Failure, times: { sentAtMs: number; answeredAtMs: number }): PlaceOutcome {
  const kind = refusalOf(failure);
  if (!kind) return { outcome: 'unknown', reason: failure.reason, ...times };
  return {
    outcome: 'refused',
    kind,
    reason: failure.reason,
    ...times,
    ...(failure.code === undefined ? {} : { code: failure.code }),
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
  };
}

function refusedHere(
  kind: 'rule' | 'rate_limited',
  reason: string,
  atMs: number,
): Extract<PlaceOutcome, { outcome: 'refused' }> {
  return { outcome: 'refused', kind, reason, sentAtMs: atMs, answeredAtMs: Date.now() };
}

export function priorityOf(request: OrderRequest): Priority {
  if (isConditional(request)) return 'stop';
  return request.reduceOnly ? 'close' : 'entry';
}

export type CancelRequest = { symbol: Symbol; orderId: string };
export type CancelOptions = { priority?: 'stop' | 'cancel' };

/**
 * How a cancellation ended. "Not found" is never "cancelled": the order may as well have been filled.
 * @param names whether the answer is about this order
 */
export function cancelOutcome(reply: Reply, names: (body: unknown) => boolean): CancelOutcome {
  const { answeredAtMs } = reply;
  if (reply.ok) {
    // An answer about another order, or about none, proves nothing about this one.
    return names(reply.body)
      ? { outcome: 'cancelled', answeredAtMs }
      : { outcome: 'unknown', reason: 'the answer does not name the order', answeredAtMs };
  }
  const { failure } = reply;
  if (failure.class === 'order_gone' || failure.class === 'no_position')
    return { outcome: 'gone', reason: failure.reason, answeredAtMs };
  const retry = failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs };
  return { outcome: 'unknown', reason: failure.reason, answeredAtMs, ...retry };
}
