/**
 * `reconcile(state, snapshot, now)`: compares a position with one reading of its leg.
 *
 * Invariants kept here:
 * - an incomplete or older reading changes nothing;
 * - an order that is missing is looked up, never assumed to be gone (`listed-orders.ts`);
 * - a quantity that differs is a suspicion, for `evidence.ts` to prove; "not in the list" alone
 *   closes nothing;
 * - while an own order's outcome is open, a difference in quantity proves nothing: that order is
 *   settled first, then the position looks for itself, because a reading that stays the same is not
 *   told again.
 */
import { couldBeOpen } from './closed-match.ts';
import { isPositive, isZero } from '../decimal.ts';
import type { PositionEvent } from '../position/events.ts';
import { evolve } from '../position/evolve.ts';
import { SEEN_WITHIN_MS } from '../position/evolve-intent.ts';
import type { ExchangePosition, LegSnapshot } from '../exchange-truth.ts';
import { foreignNews, foreignOrders } from './foreign-orders.ts';
import { compareOrders } from './listed-orders.ts';
import { seenFlat } from './suspicions.ts';
import type { PositionState, Suspicion } from '../position/position.ts';
import { activeIntents, openQuantity, sameQuantity } from '../position/quantities.ts';
import { sameLife, signsOf } from './same-life.ts';

/** A reading that the watcher tells. */
export const reconcile = (state: PositionState, snapshot: LegSnapshot, nowMs: number): PositionEvent[] =>
  compare(state, snapshot, nowMs, false);

function compare(state: PositionState, snapshot: LegSnapshot, nowMs: number, own: boolean): PositionEvent[] {
  if (!snapshot.complete) return [];
  if (state.lastSnapshotAtMs !== null && snapshot.takenAtMs < state.lastSnapshotAtMs) return [];
  const orders = compareOrders(state, snapshot, nowMs, own);
  const foreign = foreignOrders(state, snapshot);
  return [
    { type: 'SnapshotCompared', takenAtMs: snapshot.takenAtMs, foreignOrders: foreign },
    ...foreignNews(state, foreign, snapshot.takenAtMs, nowMs),
    ...orders,
    // The same reading may show the fill that explains the quantity.
    ...comparePosition(orders.reduce(evolve, state), snapshot, nowMs),
  ];
}

/**
 * A reading that the position asked for itself. The watcher tells a reading only when it differs from
 * the one told last; so where an own reading disagrees with what was told, a change back to that would
 * go untold. The doubt stays until a telling agrees, or a second look, later than the watcher's next.
 */
export function ownReading(state: PositionState, snapshot: LegSnapshot, nowMs: number): PositionEvent[] {
  const told = state.suspicion;
  const events = compare(state, snapshot, nowMs, true);
  if (!told || (told.agreed && nowMs >= told.nextAtMs)) return events;
  if (told.agreed) return events.filter(({ type }) => type !== 'SuspicionCleared');
  const doubt: Suspicion = {
    ...told,
    readings: 0,
    agreed: true,
    sinceMs: nowMs,
    nextAtMs: nowMs + SEEN_WITHIN_MS,
  };
  return events.map((event) =>
    event.type === 'SuspicionCleared' ? { type: 'Suspected', suspicion: doubt } : event,
  );
}

/** The doubt with which a market entry opens: the readings told so far showed a flat leg without orders. */
export const untold = (nowMs: number): Suspicion => ({
  ...seenFlat(nowMs, nowMs + SEEN_WITHIN_MS),
  agreed: true,
});

function comparePosition(state: PositionState, snapshot: LegSnapshot, nowMs: number): PositionEvent[] {
  if (agrees(state, snapshot.position)) {
    const { position } = snapshot;
    const identified = identify(state, position);
    if (position && isOtherLife(state, position) && !mayBeOurs(state))
      return [...identified, { type: 'Suspected', suspicion: suspicion(state, snapshot, nowMs) }];
    return state.suspicion
      ? [...identified, { type: 'SuspicionCleared', why: 'the exchange agrees again' }]
      : identified;
  }
  if (state.stage.name === 'closed') return [];
  const identified = isZero(openQuantity(state)) ? identify(state, snapshot.position) : [];
  return [...identified, { type: 'Suspected', suspicion: suspicion(state, snapshot, nowMs) }];
}

/** Whether the exchange's row is this position as we know it. */
export function agrees(state: PositionState, position: ExchangePosition | undefined): boolean {
  const open = openQuantity(state);
  const ours = position && belongs(state, position) ? position : undefined;
  if (isZero(open)) return ours === undefined || isZero(ours.quantity) || ours.side !== state.side;
  if (!ours || ours.side !== state.side) return false;
  return sameQuantity(state, ours.quantity, open);
}

/** Of the right side, size and id, and yet not what we know; for executions to tell. */
const isOtherLife = (state: PositionState, position: ExchangePosition): boolean =>
  isPositive(openQuantity(state)) && !sameLife(state, signsOf(position));

/** An entry under way changes average and dates by itself, and what follows from it is told again. */
const mayBeOurs = (state: PositionState): boolean => activeIntents(state, 'entry').length > 0;

/** A row under another position id is another position: this one ended. */
export const belongs = (state: PositionState, position: ExchangePosition): boolean =>
  state.exchangePositionId === null ||
  position.exchangePositionId === undefined ||
  position.exchangePositionId === state.exchangePositionId;

function identify(state: PositionState, position: ExchangePosition | undefined): PositionEvent[] {
  if (!position?.exchangePositionId || state.exchangePositionId !== null) return [];
  if (!couldBeOpen(state, position)) return [];
  if (!isPositive(openQuantity(state)) && !opensWith(state, position)) return [];
  return [
    {
      type: 'PositionIdentified',
      exchangePositionId: position.exchangePositionId,
      openedAtMs: position.openedAtMs ?? null,
    },
  ];
}

/** Times of one clock, which some exchanges tell in seconds. */
const SAME_OPENING_MS = 2_000;

/** Of a position that own orders have closed, somebody's addition may be left: it began with our entry. */
const opensWith = ({ side, entryAtMs }: PositionState, position: ExchangePosition): boolean =>
  position.side === side && isNear(entryAtMs, position.openedAtMs);

const isNear = (entryAtMs: number | null, openedAtMs: number | undefined): boolean =>
  entryAtMs !== null && openedAtMs !== undefined && Math.abs(openedAtMs - entryAtMs) <= SAME_OPENING_MS;

/** A difference only counts when no own order and no recent fill may explain it. */
export function comparable(state: PositionState, snapshot: LegSnapshot): boolean {
  const unsettled = state.intents.some(
    ({ status, request }) =>
      status.name === 'planned' ||
      status.name === 'unknown' ||
      (status.name === 'live' && request.kind === 'market'),
  );
  return !unsettled && !mayLag(state, snapshot);
}

const mayLag = ({ lastFillAtMs, settings }: PositionState, { takenAtMs }: LegSnapshot): boolean =>
  lastFillAtMs !== null && takenAtMs < lastFillAtMs + settings.positionLagMs;

/** Whether what was suspected has come to be what is known: an own order's answer explained it. */
export function explained(state: PositionState): boolean {
  if (!state.suspicion) return false;
  const { seenQuantity: quantity, seenSide: side, seenPositionId: id, signs } = state.suspicion;
  if (signs && !sameLife(state, signs)) return false;
  const { symbol, leg } = state;
  return agrees(
    state,
    side === null
      ? undefined
      : { symbol, leg, side, quantity, ...(id === null ? {} : { exchangePositionId: id }) },
  );
}

/** Looked into at once, unless the list may only need time to catch up. */
function suspicion(state: PositionState, snapshot: LegSnapshot, nowMs: number): Suspicion {
  const position = snapshot.position;
  const said = {
    seenQuantity: position?.quantity ?? '0',
    seenSide: position?.side ?? null,
    seenPositionId: position?.exchangePositionId ?? null,
    ...(position && agrees(state, position) ? { signs: signsOf(position) } : {}),
  };
  const before = state.suspicion;
  const same =
    before !== null && before.seenQuantity === said.seenQuantity && before.seenSide === said.seenSide;
  const proven = comparable(state, snapshot);
  if (!same || before.agreed || (proven && before.readings === 0)) {
    const nextAtMs = mayLag(state, snapshot) ? nowMs + state.settings.positionLagMs : nowMs;
    return {
      ...said,
      sinceMs: nowMs,
      readings: proven ? 1 : 0,
      takenAtMs: snapshot.takenAtMs,
      asks: 0,
      nextAtMs,
    };
  }
  const counts = proven && snapshot.takenAtMs > before.takenAtMs;
  const { signs: _signs, ...kept } = before;
  return { ...kept, ...said, readings: before.readings + (counts ? 1 : 0), takenAtMs: snapshot.takenAtMs };
}
