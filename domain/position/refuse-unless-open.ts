/** Most requests make sense only while a position is entered or open. */
import type { Refusal } from '../commands.ts';
import { isZero } from '../decimal.ts';
import type { PositionState } from './position.ts';
import type { Tranche } from './tranche.ts';
import { openQuantity } from './quantities.ts';
import { shown } from './request-shape.ts';

export function refuseUnlessOpen(state: PositionState): Refusal | null {
  switch (state.stage.name) {
    case 'entering':
    case 'open':
      return null;
    case 'closing':
    case 'settling':
      return {
        code: 'closing',
        text: `the position is ${isZero(openQuantity(state)) ? 'closed' : 'closing'} already`,
      };
    case 'closed':
      return { code: 'no_position', text: 'the position is closed' };
  }
}

/** The tranche of this id, all of them without one, or a refusal that names those there are. */
export function tranchesMeant(state: PositionState, trancheId: unknown): Tranche[] | Refusal {
  const meant = state.tranches.filter(({ id }) => trancheId === undefined || id === trancheId);
  if (meant.length > 0) return meant;
  return {
    code: 'unknown_tranche',
    text: `there is no tranche ${typeof trancheId === 'string' ? trancheId : shown(trancheId)}: ${state.tranches.map(({ id }) => id).join(', ')}`,
  };
}
