/** What the answers to a position's own reads lead to. */
import type { PositionEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { ClosedPosition, Fill, LegSnapshot } from './exchange-truth.ts';
import type { PositionState } from './position.ts';
import { openQuantity } from './quantities.ts';
import { belongs, reconcile } from './reconcile.ts';
import { doubling } from './backoff.ts';
import { matchClosed } from './closed-match.ts';
import { figuresWaitMs } from './trade.ts';
import { isZero } from './decimal.ts';

/** A reading of the leg that the position asked for itself. */
export function legRead(state: PositionState, why: 'identify' | 'flat', snapshot: LegSnapshot, nowMs: number): PositionEvent[] {
  const events = reconcile(state, snapshot, nowMs);
  const after = events.reduce(evolve, state);
  if (why === 'identify') {
    if (after.exchangePositionId !== null) return events;
    return [...events, { type: 'IdentityAsked', nextAtMs: nowMs + doubling(250, state.identify.asks, 15_000) }];
  }
  const flat = snapshot.complete && isZero(openQuantity(after)) && isFlat(after, snapshot);
  const next: PositionEvent = flat
    ? { type: 'FlatSeen', takenAtMs: snapshot.takenAtMs }
    : { type: 'SettlementAsked', nextAtMs: nowMs + doubling(250, state.settlement.asks, 15_000) };
  return [...events, next];
}

const isFlat = (state: PositionState, { position, takenAtMs }: LegSnapshot): boolean =>
  takenAtMs >= (state.lastFillAtMs ?? 0) && (position === undefined || !belongs(state, position) || position.side !== state.side);

/** A read that failed: asked again later, nothing else changes. */
export function readFailed(state: PositionState, what: 'identify' | 'flat' | 'evidence' | 'figures', nowMs: number): PositionEvent[] {
  switch (what) {
    case 'identify':
      return [{ type: 'IdentityAsked', nextAtMs: nowMs + doubling(500, state.identify.asks, 60_000) }];
    case 'flat':
    case 'figures':
      return [{ type: 'SettlementAsked', nextAtMs: nowMs + doubling(500, state.settlement.asks, 60_000) }];
    case 'evidence':
      return state.suspicion
        ? [
            {
              type: 'Suspected',
              suspicion: {
                ...state.suspicion,
                asks: state.suspicion.asks + 1,
                nextAtMs: nowMs + doubling(500, state.suspicion.asks, 60_000),
              },
            },
          ]
        : [];
  }
}

/** The exchange's own account of the leg since the entry. */
export type FiguresReport = {
  closed: ClosedPosition[];
  /** Best effort: empty where they could not be read. */
  fills: Fill[];
};

/** The exchange's rows of closed positions, asked for after the close. */
export function figuresRead(state: PositionState, { closed, fills }: FiguresReport, nowMs: number): PositionEvent[] {
  const figures = matchClosed(state, closed);
  if (!figures) return [{ type: 'SettlementAsked', nextAtMs: nowMs + figuresWaitMs(state.settlement.asks) }];
  return [...(fills.length > 0 ? [{ type: 'FillsRead' as const, fills }] : []), { type: 'FiguresFound', figures }];
}
