/** Since when a missing stop is late; a part of `evolve.ts`, under the same rules. */
import { heldTranches } from './cover.ts';
import type { PositionEvent } from './events.ts';
import type { PositionState } from './position.ts';
import { wantedStop } from './protective-prices.ts';

/** A position that was left without a stop on purpose is not late with the first one that is wanted. */
export function coverWanted(
  state: PositionState,
  { stopLoss, nowMs }: Extract<PositionEvent, { type: 'ProtectionSet' }>,
): PositionState['cover'] {
  const { cover, policy } = state;
  if (cover.name !== 'uncovered' || !stopLoss || nowMs === undefined) return cover;
  const wantedBefore = policy !== 'watch' && heldTranches(state).some((tranche) => tranche.stopLoss !== null);
  return wantedBefore ? cover : { ...cover, triedSinceMs: nowMs };
}

/** Nor with the first one that comes by itself, as trailing that begins later than the position does. */
export const firstStopWanted = (state: PositionState, nowMs: number): PositionState['cover'] =>
  state.cover.name !== 'uncovered' ||
  heldTranches(state).some((tranche) => wantedStop(state, tranche) !== null)
    ? state.cover
    : { ...state.cover, triedSinceMs: nowMs };
