/**
 * Sends one order until its outcome is certain. Invariants:
 * - after an answer that is not definite the order is looked up, and only what is proven absent is sent
 *   again, with the same client order id;
 * - another id is taken only once the order of the first has ended, or was not to be found twice;
 * - it ends: what is still not known when time is up is told as not known.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type {
  ExchangeOrder,
  OrderRequest,
  PlaceOutcome,
  RefusalKind,
} from '../../../domain/exchange-truth.ts';
import { nextEmergencyOrderId } from '../../../domain/ids.ts';
import { RECEIVE_WINDOW_MS } from '../../../domain/position/look-ups.ts';
import type { Exchange, OrderQuery } from '../../../exchanges/exchange.ts';

export type Placed =
  | { outcome: 'live' | 'filled'; orderId: string }
  | { outcome: 'refused'; kind: RefusalKind; reason: string }
  | { outcome: 'unknown'; reason: string };

export type Patience = {
  /** For everything together. */
  withinMs: number;
  askEveryMs: number;
  /** After this an order that no list shows never arrived. */
  receiveWindowMs: number;
};

export const PATIENCE: Patience = {
  withinMs: 45_000,
  askEveryMs: 500,
  receiveWindowMs: RECEIVE_WINDOW_MS,
};

/** With one id, before another one is taken. */
const MAX_SENDINGS = 2;
/** How many orders of one level may have ended before, this one's included. */
const MAX_IDS = 8;
/** Clocks and rounding: an order may be dated a little before its request left. */
const DATED_SLACK_MS = 2_000;
const RETRY_MS = 1_000;

type Gateway = Pick<Exchange, 'placeOrder' | 'findOrder' | 'capabilities'>;

/** @param known orders that were there before: none of them is this one */
export async function placeCertainly(
  exchange: Gateway,
  request: OrderRequest,
  known: readonly string[],
  patience: Patience = PATIENCE,
): Promise<Placed> {
  const untilMs = Date.now() + patience.withinMs;
  let order = request;
  let reason = '';
  for (let ids = 1; ids <= MAX_IDS; ids += 1) {
    for (let sendings = 1; sendings <= MAX_SENDINGS; sendings += 1) {
      const sentAtMs = Date.now();
      const outcome = await untilTaken(exchange, order, untilMs);
      if (outcome.outcome === 'accepted') return { outcome: 'live', orderId: outcome.orderId };
      reason = outcome.reason;
      if (outcome.outcome === 'refused') return { outcome: 'refused', kind: outcome.kind, reason };
      const found = await lookUp(exchange, { order, known, sentAtMs }, untilMs, patience);
      if (found === 'unknown') return { outcome: 'unknown', reason };
      if (found === 'absent') continue;
      const { status, orderId } = found;
      if (status === 'open') return { outcome: 'live', orderId };
      if (status === 'filled' && isOfNow(found, sentAtMs)) return { outcome: 'filled', orderId };
      break;
    }
    order = { ...order, clientOrderId: nextEmergencyOrderId(order.clientOrderId) };
  }
  return { outcome: 'unknown', reason };
}

/** What was certainly not taken, and not for a fault of its own, goes out again. */
async function untilTaken(exchange: Gateway, order: OrderRequest, untilMs: number): Promise<PlaceOutcome> {
  for (;;) {
    const outcome = await exchange.placeOrder(order);
    const isDeferred =
      outcome.outcome === 'refused' && (outcome.kind === 'rate_limited' || outcome.kind === 'clock');
    const waitMs = (isDeferred && outcome.retryAfterMs) || RETRY_MS;
    if (!isDeferred || Date.now() + waitMs > untilMs) return outcome;
    await delay(waitMs);
  }
}

/** An order of an earlier position can have the same id; it says nothing of this one. */
const isOfNow = ({ createdAtMs }: ExchangeOrder, sentAtMs: number): boolean =>
  createdAtMs === undefined || createdAtMs >= sentAtMs - DATED_SLACK_MS;

type Sent = { order: OrderRequest; known: readonly string[]; sentAtMs: number };

/** Asks until it is found, or is proven absent by two definite answers after the receive window. */
async function lookUp(
  exchange: Gateway,
  sent: Sent,
  untilMs: number,
  { askEveryMs, receiveWindowMs }: Patience,
): Promise<ExchangeOrder | 'absent' | 'unknown'> {
  let missing = 0;
  while (Date.now() < untilMs) {
    try {
      const lookup = await exchange.findOrder(queryOf(exchange, sent));
      if (lookup.found === 'one') return lookup.order;
      if (lookup.found === 'many') return 'unknown';
      if (lookup.askedAtMs >= sent.sentAtMs + receiveWindowMs) missing += 1;
      if (missing >= 2) return 'absent';
    } catch {
      // A read that failed says nothing: it is asked again.
    }
    await delay(askEveryMs);
  }
  return 'unknown';
}

function queryOf({ capabilities }: Gateway, { order, known, sentAtMs }: Sent): OrderQuery {
  const { symbol, clientOrderId } = order;
  const named = capabilities.conditionalClientIds ? { clientOrderId } : {};
  return { symbol, ...named, shape: order, excludeOrderIds: known, sinceMs: sentAtMs };
}
