/**
 * Own orders that somebody altered on the exchange: same id, other terms. What rests there is the fact;
 * what was sent stays the wish. A protective order that was altered is replaced by `protection.ts` as any
 * that does not fit: the new one placed, seen live, then this one cancelled. An entry is taken as it is.
 *
 * Not an alteration: a difference below one tick or lot, the `0` of an order that closes whatever is
 * there, and anything of a market order, which does not rest.
 */
import { doubling } from '../backoff.ts';
import { abs, eq, isPositive, lt, sub, ZERO, type Decimal } from '../decimal.ts';
import type { PositionEvent } from '../position/events.ts';
import type { ExchangeOrder } from '../exchange-truth.ts';
import { raised } from '../position/findings.ts';
import { holdOffKey } from '../position/hold-offs.ts';
import type { AlteredTerms, Intent, PositionState } from '../position/position.ts';
import type { Tranche } from '../position/tranche.ts';
import { intentsOf, remaining, restingTrigger, trancheQuantity } from '../position/quantities.ts';
import { wantedStop } from '../position/protective-prices.ts';
import { wantedTargets } from '../position/targets.ts';
import type { MarketRules } from '../terms.ts';

/** So many replacements go out at once; then whoever alters them, a person or the exchange, is given time. */
const AT_ONCE = 3;

/** The events that say how an own order rests, where that is news; none where it rests as known. */
export function altered(
  state: PositionState,
  intent: Intent,
  order: ExchangeOrder,
  nowMs: number,
): PositionEvent[] {
  const { number, orderId, rests = {} } = intent;
  if (orderId !== null && orderId !== order.orderId) return [];
  if (!tellsTerms(intent, order)) return [];
  const terms = difference(intent, order, state.market);
  if (sameTerms(terms, rests)) return [];
  const event: PositionEvent = { type: 'IntentAltered', number, ...terms, atMs: nowMs };
  // Back to what was sent, or just what is wanted now: nothing to say but that.
  if (Object.keys(terms).length === 0 || isWanted(state, { ...intent, rests: terms })) return [event];
  return [event, ...heldOff(state, intent, nowMs), shown(intent, order, terms, nowMs)];
}

/** Some exchanges shrink what closes along with its position; a person may have done what was to be done. */
function isWanted(state: PositionState, intent: Intent): boolean {
  const tranche = state.tranches.find(({ id }) => id === intent.trancheId);
  if (!tranche || isAsked(intent)) return false;
  return wantedOf(state, tranche, intent).some(
    ({ price, quantity }) => eq(restingTrigger(intent) ?? ZERO, price) && eq(remaining(intent), quantity),
  );
}

function wantedOf(state: PositionState, tranche: Tranche, { role, target }: Intent) {
  if (role !== 'stop') return wantedTargets(state, tranche).filter((each) => each.target === target);
  const price = wantedStop(state, tranche);
  return price === null ? [] : [{ price, quantity: trancheQuantity(state, tranche.id) }];
}

/** Orders that somebody asked for, each once: nothing plans them anew. */
const isAsked = ({ role }: Pick<Intent, 'role'>): boolean => role === 'entry' || role === 'close';

/** A finished protective order's row says how it ended, and no longer what rested. */
const tellsTerms = ({ request, role }: Intent, { status, kind }: ExchangeOrder): boolean =>
  request.kind !== 'market' && kind === request.kind && (status === 'open' || role === 'entry');

function difference({ request }: Intent, order: ExchangeOrder, market: MarketRules): AlteredTerms {
  const { tickSize, lotSize } = market;
  const counted = !order.closePosition && isPositive(order.quantity);
  return {
    ...(counted && differs(order.quantity, request.quantity, lotSize) ? { quantity: order.quantity } : {}),
    ...(order.price !== undefined && differs(order.price, request.price, tickSize)
      ? { price: order.price }
      : {}),
    ...(order.triggerPrice !== undefined && differs(order.triggerPrice, request.triggerPrice, tickSize)
      ? { triggerPrice: order.triggerPrice }
      : {}),
  };
}

const differs = (shownAs: Decimal, sent: Decimal | undefined, step: Decimal): boolean =>
  sent !== undefined && isPositive(shownAs) && !eq(shownAs, sent) && !lt(abs(sub(shownAs, sent)), step);

const sameTerms = (a: AlteredTerms, b: AlteredTerms): boolean =>
  TERMS.every((term) => {
    const [one, other] = [a[term], b[term]];
    return one === undefined || other === undefined ? one === other : eq(one, other);
  });

const TERMS = ['quantity', 'price', 'triggerPrice'] as const;

/** Two writers that undo each other would cost orders without end: each round waits longer. */
function heldOff(state: PositionState, intent: Intent, nowMs: number): PositionEvent[] {
  const { role, trancheId, number } = intent;
  const before = intentsOf(state, role, trancheId).filter(
    (each) => each.rests !== undefined && each.number !== number,
  ).length;
  if (isAsked(intent) || before < AT_ONCE) return [];
  const untilMs = nowMs + doubling(2_000, before - AT_ONCE, 300_000);
  return [{ type: 'HeldOff', key: holdOffKey(intent), attempts: before, untilMs }];
}

const WORDS = { quantity: 'quantity', price: 'price', triggerPrice: 'trigger price' } as const;

function shown(
  { role, request }: Pick<Intent, 'role' | 'request'>,
  { orderId }: ExchangeOrder,
  terms: AlteredTerms,
  nowMs: number,
): PositionEvent {
  const changes = TERMS.flatMap((term) =>
    terms[term] === undefined ? [] : [`${WORDS[term]} ${terms[term]} instead of ${request[term]}`],
  );
  const then = isAsked({ role }) ? 'it is taken as it rests' : `the ${role} that is wanted replaces it`;
  return raised(
    'warning',
    'order_altered',
    `the ${role} ${orderId} was altered on the exchange, ${changes.join(', ')}: ${then}`,
    nowMs,
  );
}
