/**
 * Own orders held against a reading's list. One that is missing is looked up, never assumed to be gone;
 * one that rests with other terms was altered; one that was presumed gone and rests is taken back.
 */
import { altered } from './altered.ts';
import { gte } from '../decimal.ts';
import type { PositionEvent } from '../position/events.ts';
import { actsAtOnce } from '../position/evolve-intent.ts';
import type { ExchangeOrder, LegSnapshot } from '../exchange-truth.ts';
import { orderMatches } from './matching.ts';
import { seen } from '../position/outcomes.ts';
import type { Intent, PositionState } from '../position/position.ts';
import { isDone } from '../position/quantities.ts';

/** What a reading's list says of this position's orders, each by its id. */
export function compareOrders(
  state: PositionState,
  snapshot: LegSnapshot,
  nowMs: number,
  own: boolean,
): PositionEvent[] {
  return state.intents.flatMap((intent) =>
    isDone(intent)
      ? compareEnded(state, intent, snapshot, nowMs)
      : compareOrder(state, intent, snapshot, nowMs, own),
  );
}

/** An order that was only presumed gone rests after all: not wanted any more, so it is cancelled. */
function compareEnded(
  state: PositionState,
  intent: Intent,
  snapshot: LegSnapshot,
  nowMs: number,
): PositionEvent[] {
  const { status, number, orderId } = intent;
  if (
    status.name !== 'done' ||
    status.presumedAtMs === undefined ||
    snapshot.takenAtMs <= status.presumedAtMs
  )
    return [];
  const others = state.intents.filter((other) => other !== intent && !isDone(other));
  const listed = snapshot.orders.find((order) =>
    orderId === null
      ? orderMatches(intent.request, order) &&
        !others.some((other) => other.orderId === order.orderId || orderMatches(other.request, order))
      : order.orderId === orderId,
  );
  return listed
    ? [{ type: 'IntentResurfaced', number, orderId: listed.orderId, atMs: snapshot.takenAtMs, nowMs }]
    : [];
}

function compareOrder(
  state: PositionState,
  intent: Intent,
  snapshot: LegSnapshot,
  nowMs: number,
  own: boolean,
): PositionEvent[] {
  const listed = snapshot.orders.find((order) => order.orderId === intent.orderId);
  if (listed) {
    const news = intent.status.name === 'unknown' || gte(listed.filledQuantity, intent.filledQuantity);
    // A list may still show what was cancelled a moment ago; only a look-up ends that doubt.
    const doubtful = intent.status.name === 'unknown' && intent.status.why === 'cancel';
    if (!news || doubtful) return [];
    return [
      ...altered(state, intent, listed, nowMs),
      ...(changes(intent, listed, own) ? seen(intent, listed, snapshot.readAtMs, nowMs, { again: own }) : []),
    ];
  }
  if (intent.status.name === 'unknown' && intent.orderId === null) {
    const matches = snapshot.orders.filter((order) => orderMatches(intent.request, order));
    // By client id one match is proof; by shape it is left to the look-up, which sees finished orders too.
    const [only] = matches;
    const proof = matches.length === 1 && only?.clientOrderId === intent.request.clientOrderId;
    return proof && only ? seen(intent, only, snapshot.readAtMs, nowMs, { again: own }) : [];
  }
  const restedBefore = intent.acceptedAtMs !== null && intent.acceptedAtMs < snapshot.takenAtMs;
  if (intent.status.name !== 'live' || !restedBefore) return [];
  const reason = 'not among the open orders';
  return [
    {
      type: 'IntentUnknown',
      number: intent.number,
      why: 'vanished',
      reason,
      sentAtMs: snapshot.takenAtMs,
      nowMs,
    },
  ];
}

const changes = (intent: Intent, order: ExchangeOrder, own: boolean): boolean =>
  intent.status.name !== 'live' ||
  // Waiting for a telling that shows it: here it is.
  (!own && intent.status.nextAskAtMs !== null && !actsAtOnce(intent)) ||
  order.status !== 'open' ||
  order.filledQuantity !== intent.filledQuantity;
