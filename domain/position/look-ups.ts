/**
 * What a look-up of an own order means. Nothing is guessed: an order is only given up, or sent again, after
 * two definite "no such order" past the receive window of the request that may have brought it.
 */
import { altered } from '../reconcile/altered.ts';
import { doubling } from '../backoff.ts';
import type { PositionEvent } from './events.ts';
import { actsAtOnce } from './evolve-intent.ts';
import type { ExchangeOrder } from '../exchange-truth.ts';
import { alarm, cancelLater, ended, intentOf, seen } from './outcomes.ts';
import type { Intent, IntentEnd, PositionState } from './position.ts';
import { isDone } from './quantities.ts';
import { chosenTwin } from '../reconcile/twins.ts';

/** A look-up's answer; `fault`: it could not be asked. */
export type FindReport =
  | { found: 'one'; order: ExchangeOrder; askedAtMs: number }
  | { found: 'none'; askedAtMs: number }
  /** `orders`: absent in answers of older workers. */
  | { found: 'many'; askedAtMs: number; orders?: ExchangeOrder[] }
  | { found: 'fault'; reason: string; retryAfterMs?: number };

/**
 * An exchange takes no request older than this (the receive window we send is 5 s), so an order that
 * is in no list this long after it was sent will never appear.
 */
export const RECEIVE_WINDOW_MS = 6_000;

/** An order that only closes is given up for another one after being sent again this often. */
export const MAX_RESENDS = 2;

/** Between two cancels of an order that the exchange says is gone, and still shows. */
const CANCEL_AGAIN_MS = 1_000;

export function found(
  state: PositionState,
  number: number,
  report: FindReport,
  nowMs: number,
): PositionEvent[] {
  const intent = intentOf(state, number);
  if (isDone(intent)) return [];
  const asks = intent.status.name === 'unknown' || intent.status.name === 'live' ? intent.status.asks : 0;
  switch (report.found) {
    case 'one':
      return foundSome(state, intent, { orders: [report.order], askedAtMs: report.askedAtMs }, nowMs);
    case 'none':
      return notFound(state, intent, report.askedAtMs, nowMs);
    case 'many':
      return foundSome(state, intent, { orders: report.orders ?? [], askedAtMs: report.askedAtMs }, nowMs);
    case 'fault':
      return [
        {
          type: 'IntentAsked',
          number,
          result: 'fault',
          askedAtMs: null,
          nextAtMs: nowMs + (report.retryAfterMs ?? doubling(500, asks, 60_000)),
        },
      ];
  }
}

function foundSome(
  state: PositionState,
  intent: Intent,
  { orders, askedAtMs }: { orders: ExchangeOrder[]; askedAtMs: number },
  nowMs: number,
): PositionEvent[] {
  const [only, ...others] = orders;
  const named = intent.orderId !== null || only?.clientOrderId !== undefined;
  const order = only && !named ? chosenTwin(state, intent, orders) : only;
  if (order === 'none') return notFound(state, intent, askedAtMs, nowMs);
  if (order === undefined || order === 'many' || (named && others.length > 0))
    return ambiguous(intent, askedAtMs, nowMs);
  return [...altered(state, intent, order, nowMs), ...foundOne(intent, order, askedAtMs, nowMs)];
}

function ambiguous({ number, status, request }: Intent, askedAtMs: number, nowMs: number): PositionEvent[] {
  const asks = status.name === 'unknown' || status.name === 'live' ? status.asks : 0;
  const nextAtMs = nowMs + doubling(2_000, asks, 60_000);
  const text = `several orders look like ${request.clientOrderId}: cancel the ones that are not wanted`;
  return [
    { type: 'IntentAsked', number, result: 'many', askedAtMs, nextAtMs },
    alarm('ambiguous_order', text, nowMs),
  ];
}

/** One that was in doubt and rests is looked at once more, unless a reading shows it first. */
function foundOne(intent: Intent, order: ExchangeOrder, askedAtMs: number, nowMs: number): PositionEvent[] {
  const { status, number } = intent;
  if (status.name !== 'unknown' || order.status !== 'open') return seen(intent, order, askedAtMs, nowMs);
  const events = seen(intent, order, askedAtMs, nowMs, { again: true });
  // A cancel's answer and this one disagree: give the exchange time to agree with itself.
  return status.why === 'cancel'
    ? [...events, cancelLater(number, 'it still rests', nowMs, CANCEL_AGAIN_MS)]
    : events;
}

function notFound(state: PositionState, intent: Intent, askedAtMs: number, nowMs: number): PositionEvent[] {
  const { status, number } = intent;
  const asks = status.name === 'unknown' || status.name === 'live' ? status.asks : 0;
  const again: PositionEvent = {
    type: 'IntentAsked',
    number,
    result: 'none',
    askedAtMs,
    nextAtMs: nowMs + doubling(500, asks, 5_000),
  };
  if (status.name !== 'unknown') {
    // A list may lag behind the acceptance of an order that has executed already.
    const early = actsAtOnce(intent) && askedAtMs < (intent.acceptedAtMs ?? 0) + RECEIVE_WINDOW_MS;
    const reason = 'not found';
    return early
      ? [again]
      : [again, { type: 'IntentUnknown', number, why: 'vanished', reason, sentAtMs: askedAtMs, nowMs }];
  }
  const proven =
    status.notFound + 1 >= 2 && status.sentAtMs > 0 && askedAtMs >= status.sentAtMs + RECEIVE_WINDOW_MS;
  if (!proven) return [again];
  if (status.why !== 'placement' || intent.orderId !== null)
    return [again, presumed(intent, 'cancelled', 'no longer known to the exchange', askedAtMs, nowMs)];
  if (intent.cancelWanted || !worthSending(state, intent, nowMs)) {
    return [again, presumed(intent, 'unsent', 'the exchange never received it', askedAtMs, nowMs)];
  }
  // An exchange that lost it may take its client id for used for ever: another order has another one.
  if (isPlannedAnew(state, intent) && (intent.resends ?? 0) >= MAX_RESENDS)
    return [again, presumed(intent, 'unsent', 'sent again and again, it never appeared', askedAtMs, nowMs)];
  return [
    again,
    { type: 'IntentDeferred', number, reason: 'the exchange never received it', nextAtMs: nowMs },
  ];
}

/** What the plan replaces by itself; an entry is not, nor is a part that somebody wished to close. */
const isPlannedAnew = ({ stage }: PositionState, { role }: Intent): boolean =>
  role === 'stop' ||
  role === 'target' ||
  (role === 'close' && stage.name !== 'open' && stage.name !== 'entering');

/** An entry is only worth sending while it is fresh; an order that protects or closes always is. */
const worthSending = (state: PositionState, intent: Intent, nowMs: number): boolean =>
  intent.role !== 'entry' || nowMs - intent.plannedAtMs < state.settings.entryValidMs;

const presumed = (
  intent: Intent,
  how: IntentEnd,
  reason: string,
  presumedAtMs: number,
  nowMs: number,
): PositionEvent => ({
  ...ended(intent, how, reason, nowMs),
  presumedAtMs,
});
