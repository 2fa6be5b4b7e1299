/**
 * What the answer to an outside action means. Every function turns one answer into events; none of
 * them guesses: what is not definite leaves the order `unknown`, to be looked up.
 */
import type { PositionEvent } from './events.ts';
import { raised } from './findings.ts';
import type { CancelOutcome, ExchangeOrder, OrderStatus, PlaceOutcome } from '../exchange-truth.ts';
import { actsAtOnce, SEEN_WITHIN_MS } from './evolve-intent.ts';
import { holdOffKey } from './hold-offs.ts';
import type { Intent, IntentEnd, PositionState } from './position.ts';
import { refused } from './refusals.ts';
import { doubling } from '../backoff.ts';

/** What counts of an order whose terms nobody has doubts about. */
export type SeenOrder = Pick<
  ExchangeOrder,
  'orderId' | 'status' | 'filledQuantity' | 'averagePrice' | 'createdAtMs' | 'updatedAtMs'
>;

/** A placement's answer, with the order as it stood right after, where it could be read. */
export type PlaceReport = PlaceOutcome & { order?: SeenOrder };
export type CancelReport = CancelOutcome & { order?: SeenOrder };

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
      const key = holdOffKey(intent);
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

export const cancelLater = (
  number: number,
  reason: string,
  nowMs: number,
  waitMs: number,
): PositionEvent => ({
  type: 'CancelDeferred',
  number,
  reason,
  nextAtMs: nowMs + waitMs,
  nowMs,
});

/** An order of ours as the exchange shows it. */
export function seen(
  intent: Intent,
  order: SeenOrder,
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
  { createdAtMs, updatedAtMs }: SeenOrder,
  atMs: number,
): { createdAtMs?: number; filledAtMs?: number } {
  if (createdAtMs === undefined || createdAtMs > atMs) return {};
  const sound = updatedAtMs !== undefined && updatedAtMs >= createdAtMs && updatedAtMs <= atMs;
  return { createdAtMs, ...(sound ? { filledAtMs: updatedAtMs } : {}) };
}

export const ended = (
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
