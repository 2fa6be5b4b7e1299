/** Refusals of a role hold its next attempt off; what is accepted, or wished anew, starts afresh. */
import type { Intent, PositionState } from './position.ts';

type Held = Pick<Intent, 'role' | 'trancheId' | 'target'>;

/** The key under which the refusals of a role in a tranche, and of each of several targets, are counted. */
export const holdOffKey = ({ role, trancheId, target }: Held): string =>
  target === undefined ? `${role}/${trancheId}` : `${role}/${trancheId}/${target}`;

export const heldOffUntil = (state: PositionState, held: Held): number =>
  state.holdOffs.find((hold) => hold.key === holdOffKey(held))?.untilMs ?? 0;

/** Whether a key is of this role in this tranche, whichever target it names. */
export const isHeldOff = (key: string, role: Intent['role'], trancheId: string): boolean =>
  key === `${role}/${trancheId}` || key.startsWith(`${role}/${trancheId}/`);
