/**
 * What the answer to an outside action means. Every function turns one answer into events; none of
 * them guesses: what is not definite leaves the order `unknown`, to be looked up.
 */
import { altered } from './altered.ts';
import type { PositionEvent } from './events.ts';
import { raised } from './findings.ts';
import type { CancelOutcome, ExchangeOrder, OrderStatus, PlaceOutcome } from './exchange-truth.ts';
import { actsAtOnce, SEEN_WITHIN_MS } from './evolve-intent.ts';
import { holdOffKey } from './hold-offs.ts';
import type { Intent, IntentEnd, PositionState } from './position.ts';
import { isDone } from './quantities.ts';
import { refused } from './refusals.ts';
import { doubling } from './backoff.ts';
import { chosenTwin } from './twins.ts';

/** A placement's answer, with the order as it stood right after, where it could be read. */
export type PlaceReport = PlaceOutcome & { order?: ExchangeOrder };
export type CancelReport = CancelOutcome & { order?: ExchangeOrder };
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

const TERMINAL: Record<Exclude<OrderStatus, 'open'>, IntentEnd> = {
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
};

export function placed(
  state: PositionState,
  number: number,
  report: PlaceReport,
  nowMs: number,
): PositionEvent[] {
  const intent = intentOf(state, number);
  switch (report.outcome) {
    case 'accepted': {
      const { orderId, answeredAtMs: atMs, sentAtMs } = report;
      const accepted: PositionEvent = { type: 'IntentAccepted', number, orderId, atMs, sentAtMs, nowMs };
      const key = holdOffKey(intent.role, intent.trancheId);
      const held = state.holdOffs.some((hold) => hold.key === key);
      const afresh: PositionEvent[] = held ? [{ type: 'HeldOff', key, attempts: 0, untilMs: 0 }] : [];
      return [
        accepted,
        ...afresh,
        ...(report.order ? seen(intent, report.order, report.answeredAtMs, nowMs) : []),
      ];
    }
    case 'refused':
      return refused(state, intent, report, nowMs);
    case 'unknown':
      return [
        {
          type: 'IntentUnknown',
          number,
          why: 'placement',
          reason: report.reason,
          sentAtMs: report.sentAtMs,
          nowMs,
        },
      ];
  }
}

/** The placement's call itself was lost: a worker died, or nobody could take it. */
export function placementLost(
  state: PositionState,
  number: number,
  how: { neverStarted: boolean; reason: string },
  nowMs: number,
): PositionEvent[] {
  const intent = intentOf(state, number);
  if (!how.neverStarted) {
    return [{ type: 'IntentUnknown', number, why: 'placement', reason: how.reason, sentAtMs: 0, nowMs }];
  }
  if (intent.role === 'entry') {
    return [
      ended(intent, 'unsent', 'no worker could send it in time', nowMs),
      warning('entry_unsent', 'the entry was given up unsent: no worker was there to send it in time', nowMs),
    ];
  }
  return [{ type: 'IntentDeferred', number, reason: how.reason, nextAtMs: nowMs }];
}

export function cancelled(
  state: PositionState,
  number: number,
  report: CancelReport,
  nowMs: number,
): PositionEvent[] {
  const intent = intentOf(state, number);
  const attempts = intent.status.name === 'live' ? intent.status.cancelAttempts : 0;
  if (report.order) {
    const events = seen(intent, report.order, report.answeredAtMs, nowMs, {
      cancelled: report.outcome === 'cancelled',
    });
    const rests = report.order.status === 'open' && report.outcome !== 'cancelled';
    return rests
      ? [...events, cancelLater(number, 'it still rests', nowMs, doubling(500, attempts, 15_000))]
      : events;
  }
  if (report.outcome === 'unknown') {
    const waitMs = report.retryAfterMs ?? doubling(500, attempts, 15_000);
    return [cancelLater(number, report.reason, nowMs, waitMs)];
  }
  // Cancelled or unknown to the exchange: what it filled before is asked for, not assumed.
  return [
    {
      type: 'IntentUnknown',
      number,
      why: 'cancel',
      reason: report.outcome,
      sentAtMs: report.answeredAtMs,
      nowMs,
    },
  ];
}

const cancelLater = (number: number, reason: string, nowMs: number, waitMs: number): PositionEvent => ({
  type: 'CancelDeferred',
  number,
  reason,
  nextAtMs: nowMs + waitMs,
  nowMs,
});

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

/** An order of ours as the exchange shows it. */
export function seen(
  intent: Intent,
  order: ExchangeOrder,
  atMs: number,
  nowMs: number,
  options: { cancelled?: boolean; again?: boolean } = {},
): PositionEvent[] {
  const { number } = intent;
  const { orderId, filledQuantity } = order;
  const averagePrice = order.averagePrice ?? null;
  const dated = dates(order, atMs);
  if (order.status === 'open') {
    // A list may still show an order whose cancellation was just acknowledged: ask again, don't believe.
    if (options.cancelled) {
      return [
        { type: 'IntentUnknown', number, why: 'cancel', reason: 'still listed', sentAtMs: atMs, nowMs },
      ];
    }
    const asks = intent.status.name === 'live' ? intent.status.asks : 0;
    const later = options.again ? nowMs + SEEN_WITHIN_MS : null;
    const nextAskAtMs = actsAtOnce(intent) ? nowMs + doubling(100, asks, 5_000) : later;
    return [
      {
        type: 'IntentProgressed',
        number,
        orderId,
        filledQuantity,
        averagePrice,
        atMs,
        nextAskAtMs,
        ...dated,
      },
    ];
  }
  const how = TERMINAL[order.status];
  return [
    {
      type: 'IntentEnded',
      number,
      how,
      reason: null,
      orderId,
      filledQuantity,
      averagePrice,
      atMs,
      nowMs,
      ...dated,
    },
  ];
}

/** The exchange's own dates, as far as they make sense together. */
function dates(
  { createdAtMs, updatedAtMs }: ExchangeOrder,
  atMs: number,
): { createdAtMs?: number; filledAtMs?: number } {
  if (createdAtMs === undefined || createdAtMs > atMs) return {};
  const sound = updatedAtMs !== undefined && updatedAtMs >= createdAtMs && updatedAtMs <= atMs;
  return { createdAtMs, ...(sound ? { filledAtMs: updatedAtMs } : {}) };
}

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

const ended = (
  intent: Intent,
  how: IntentEnd,
  reason: string,
  nowMs: number,
): Extract<PositionEvent, { type: 'IntentEnded' }> => ({
  type: 'IntentEnded',
  number: intent.number,
  how,
  reason,
  orderId: null,
  filledQuantity: null,
  averagePrice: null,
  atMs: 0,
  nowMs,
});

export const warning = (code: string, text: string, atMs: number): PositionEvent =>
  raised('warning', code, text, atMs);

export const alarm = (code: string, text: string, atMs: number): PositionEvent =>
  raised('alarm', code, text, atMs);

export function intentOf(state: PositionState, number: number): Intent {
  const intent = state.intents.find((each) => each.number === number);
  if (!intent) throw new Error(`order ${number} was never planned`);
  return intent;
}
