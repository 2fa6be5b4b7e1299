/** How suspicions begin and how they wait; what they lead to is for `reconcile.ts` and `evidence.ts`. */
import { doubling } from '../backoff.ts';
import type { PositionEvent } from '../position/events.ts';
import type { PositionState, Suspicion } from '../position/position.ts';

/** Nothing there, as far as anybody was told, to be looked into at `nextAtMs`. */
export const seenFlat = (nowMs: number, nextAtMs: number): Suspicion => ({
  seenQuantity: '0',
  seenSide: null,
  seenPositionId: null,
  sinceMs: nowMs,
  readings: 0,
  takenAtMs: 0,
  asks: 0,
  nextAtMs,
});

/** The suspicion stays and its evidence is asked for again, each wait twice the one before. */
export function askAgain(
  { suspicion }: PositionState,
  nowMs: number,
  pace: { baseMs: number; capMs: number },
): PositionEvent[] {
  if (!suspicion) return [];
  const { asks } = suspicion;
  const nextAtMs = nowMs + doubling(pace.baseMs, asks, pace.capMs);
  return [{ type: 'Suspected', suspicion: { ...suspicion, asks: asks + 1, nextAtMs } }];
}
