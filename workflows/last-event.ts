/** Whether nothing but the journal row is missing at the end of a position. */
import { effects } from '../domain/position/effects.ts';
import type { PositionEvent } from '../domain/position/events.ts';
import { evolve } from '../domain/position/evolve.ts';
import { plan } from '../domain/position/plan.ts';
import type { PositionState } from '../domain/position/position.ts';
import { tradeRow } from '../domain/position/trade.ts';

/**
 * The event that its row is written, if that is due and the position is over with it; else null, and the
 * row is written by itself. Whoever applies it writes the row before the workflow may end.
 */
export function lastEvent(state: PositionState, nowMs: number): PositionEvent | null {
  if (!effects(state, nowMs).some(({ type }) => type === 'writeTrade')) return null;
  const event: PositionEvent = { type: 'TradeJournalled', figuresSource: tradeRow(state).figuresSource };
  const [next] = plan(evolve(state, event), nowMs);
  return next?.type === 'PositionClosed' ? event : null;
}
