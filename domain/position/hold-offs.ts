/** Refusals of a role hold its next attempt off; what is accepted, or wished anew, starts afresh. */
import type { PositionState } from './position.ts';

/** The key under which the refusals of a role in a tranche are counted. */
export const holdOffKey = (role: string, trancheId: string): string => `${role}/${trancheId}`;

export const heldOffUntil = (state: PositionState, role: string, trancheId: string): number =>
  state.holdOffs.find((hold) => hold.key === holdOffKey(role, trancheId))?.untilMs ?? 0;
