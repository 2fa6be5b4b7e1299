/** Whether protection that somebody asked for has come about, for an update that waits to answer. */
import { isPositive } from '../decimal.ts';
import type { PositionState, ProtectionSpec, Tranche } from './position.ts';
import {
  activeIntents,
  isLive,
  restingTrigger,
  trancheQuantity,
  wantedStop,
  wantedTarget,
} from './quantities.ts';

type ProtectionPart = 'stopLoss' | 'takeProfit';

export type ProtectionOutcome = 'pending' | 'settled' | 'refused';

/**
 * `asked`: the tranches as they were right after the request was taken; `parts`: what it was about, as
 * another request may have changed the rest meanwhile.
 */
export function protectionOutcome(
  state: PositionState,
  asked: readonly Tranche[],
  parts: readonly ProtectionPart[] = ['stopLoss', 'takeProfit'],
): ProtectionOutcome {
  if (state.stage.name !== 'open' && state.stage.name !== 'entering') return 'settled';
  const reverted = asked.some((before) => {
    const tranche = state.tranches.find(({ id }) => id === before.id);
    return tranche && !parts.every((part) => sameSpec(tranche[part], before[part]));
  });
  if (reverted) return 'refused';
  return state.tranches.every((tranche) => isSettled(state, tranche)) ? 'settled' : 'pending';
}

const sameSpec = (a: ProtectionSpec | null, b: ProtectionSpec | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function isSettled(state: PositionState, tranche: Tranche): boolean {
  if (!isPositive(trancheQuantity(state, tranche.id))) return true;
  return (
    roleSettled(state, 'stop', tranche.id, wantedStop(state, tranche)) &&
    roleSettled(state, 'target', tranche.id, wantedTarget(state, tranche))
  );
}

/** Exactly the wanted order rests, and no older one with it. */
function roleSettled(
  state: PositionState,
  role: 'stop' | 'target',
  trancheId: string,
  price: string | null,
): boolean {
  const active = activeIntents(state, role, trancheId);
  if (price === null) return active.length === 0;
  const [only] = active;
  return active.length === 1 && only !== undefined && isLive(only) && restingTrigger(only) === price;
}
