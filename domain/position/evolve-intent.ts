/** How one order changes by an event about it; a part of `evolve.ts`, under the same rules. */
import { gt, type Decimal } from '../decimal.ts';
import type { PositionEvent } from './events.ts';
import type { Intent, IntentEnd } from './position.ts';

/**
 * A reading should show an accepted order within this; else it is looked up. One that vanishes between
 * two readings leaves no difference between them, and would be believed to rest for ever.
 */
export const SEEN_WITHIN_MS = 12_000;
/** The events that are about one order. */
export type OrderEvent = Extract<PositionEvent, { number: number }>;

export function evolveIntent(intent: Intent, event: OrderEvent): Intent {
  switch (event.type) {
    case 'IntentAccepted':
      if (intent.status.name === 'done') return { ...intent, orderId: intent.orderId ?? event.orderId };
      return {
        ...intent,
        orderId: event.orderId,
        acceptedAtMs: intent.acceptedAtMs ?? event.atMs,
        status: live(intent, event.nowMs + (actsAtOnce(intent) ? 0 : SEEN_WITHIN_MS)),
      };
    case 'IntentRefused':
      // An order that the exchange gave an id to was taken: a refusal is about some other attempt.
      if (intent.orderId !== null) return intent;
      return ended(intent, 'refused', event.code === null ? event.reason : `${event.code}: ${event.reason}`);
    case 'IntentDeferred':
      if (intent.status.name !== 'planned' && intent.status.name !== 'unknown') return intent;
      return {
        ...intent,
        ...(intent.status.name === 'unknown' && { resends: (intent.resends ?? 0) + 1 }),
        status: {
          name: 'planned',
          nextAtMs: event.nextAtMs,
          attempts: intent.status.name === 'planned' ? intent.status.attempts + 1 : 1,
        },
      };
    case 'IntentUnknown':
      if (intent.status.name === 'done' || intent.status.name === 'unknown') return intent;
      return {
        ...intent,
        status: {
          name: 'unknown',
          why: event.why,
          sinceMs: (event.why === 'cancel' ? cancelSince(intent) : undefined) ?? event.nowMs,
          sentAtMs: event.sentAtMs,
          asks: 0,
          notFound: 0,
          nextAtMs: event.nowMs,
        },
      };
    case 'IntentAsked':
      return asked(intent, event);
    case 'IntentProgressed':
      return {
        ...grown(intent, event),
        orderId: intent.orderId ?? event.orderId,
        acceptedAtMs: intent.acceptedAtMs ?? event.atMs,
        status:
          intent.status.name === 'done' || event.byFills ? intent.status : live(intent, event.nextAskAtMs),
      };
    case 'IntentAltered':
      return rested(intent, event);
    case 'IntentEnded':
      return ended(
        { ...grown(intent, event), orderId: intent.orderId ?? event.orderId },
        event.how,
        event.reason,
        event.presumedAtMs,
      );
    case 'IntentResurfaced':
      if (intent.status.name !== 'done' || intent.status.presumedAtMs === undefined) return intent;
      return {
        ...intent,
        orderId: event.orderId,
        cancelWanted: true,
        status: {
          name: 'unknown',
          why: 'cancel',
          sinceMs: event.nowMs,
          sentAtMs: event.atMs,
          asks: 0,
          notFound: 0,
          nextAtMs: event.nowMs,
        },
      };
    case 'CancelWanted':
      return { ...intent, cancelWanted: true };
    case 'CancelDeferred':
      if (intent.status.name !== 'live') return intent;
      return {
        ...intent,
        status: {
          ...intent.status,
          cancelNextAtMs: event.nextAtMs,
          cancelAttempts: intent.status.cancelAttempts + 1,
          cancelUnprovenSinceMs: intent.status.cancelUnprovenSinceMs ?? event.nowMs,
        },
      };
    case 'LookWanted':
      return intent.status.name === 'live'
        ? { ...intent, status: { ...intent.status, nextAskAtMs: event.nowMs } }
        : intent;
    default:
      return unreachable(event);
  }
}

/** Terms that are not named rest as they were sent. */
function rested(intent: Intent, event: Extract<OrderEvent, { type: 'IntentAltered' }>): Intent {
  const { type: _type, number: _number, atMs: _atMs, ...rests } = event;
  const { rests: _before, ...asSent } = intent;
  return Object.keys(rests).length === 0 ? asSent : { ...asSent, rests };
}

/** Orders that execute as soon as they are accepted: their fills are asked for, not waited for. */
export const actsAtOnce = (intent: Intent): boolean => intent.request.kind === 'market';

function live(intent: Intent, nextAskAtMs: number | null): Intent['status'] {
  if (intent.status.name === 'live') return { ...intent.status, asks: intent.status.asks + 1, nextAskAtMs };
  const sinceMs = cancelSince(intent);
  const unproven = sinceMs === undefined ? {} : { cancelUnprovenSinceMs: sinceMs };
  return { name: 'live', asks: 0, nextAskAtMs, cancelNextAtMs: 0, cancelAttempts: 0, ...unproven };
}

/** Since when a cancel is in doubt: said to be gone, and seen again, it is the same doubt. */
function cancelSince({ status }: Intent): number | undefined {
  if (status.name === 'unknown') return status.why === 'cancel' ? status.sinceMs : undefined;
  return status.name === 'live' ? status.cancelUnprovenSinceMs : undefined;
}

function ended(intent: Intent, how: IntentEnd, reason: string | null, presumedAtMs?: number): Intent {
  if (intent.status.name === 'done') return intent;
  return {
    ...intent,
    status: { name: 'done', how, reason, ...(presumedAtMs === undefined ? {} : { presumedAtMs }) },
  };
}

function asked(intent: Intent, event: Extract<OrderEvent, { type: 'IntentAsked' }>): Intent {
  const { status } = intent;
  if (status.name === 'live')
    return { ...intent, status: { ...status, asks: status.asks + 1, nextAskAtMs: event.nextAtMs } };
  if (status.name !== 'unknown') return intent;
  const notFound = event.result === 'none' ? status.notFound + 1 : status.notFound;
  // Where nobody knows when it was sent (a worker died), it was before the first question at the latest.
  const sentAtMs = status.sentAtMs === 0 ? (event.askedAtMs ?? 0) : status.sentAtMs;
  return {
    ...intent,
    status: { ...status, asks: status.asks + 1, notFound, sentAtMs, nextAtMs: event.nextAtMs },
  };
}

type Growth = {
  filledQuantity: Decimal | null;
  averagePrice: Decimal | null;
  atMs: number;
  filledAtMs?: number;
};

/** Fills never shrink; an average belongs to the largest fill seen. */
function grown(
  intent: Intent,
  { filledQuantity: filled, averagePrice, atMs, filledAtMs = atMs }: Growth,
): Intent {
  if (filled === null) return intent;
  if (!gt(filled, intent.filledQuantity))
    return { ...intent, averagePrice: intent.averagePrice ?? averagePrice };
  return { ...intent, filledQuantity: filled, averagePrice: averagePrice ?? intent.averagePrice, filledAtMs };
}

function unreachable(value: never): never {
  throw new Error(`an event of unknown type: ${JSON.stringify(value)}`);
}
