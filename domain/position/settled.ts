/** Whether protection that somebody asked for has come about, for an update that waits to answer. */
import { isPositive, type Decimal } from '../decimal.ts';
import type { Intent, PositionState } from './position.ts';
import type { Tranche } from './tranche.ts';
import { activeIntents, isLive, restingTrigger, trancheQuantity } from './quantities.ts';
import { wantedTargets } from './targets.ts';
import { wantedStop } from './protective-prices.ts';

type ProtectionPart = 'stopLoss' | 'takeProfit' | 'targets';

export type ProtectionOutcome = 'pending' | 'settled' | 'refused';

/**
 * `asked`: the tranches as they were right after the request was taken; `parts`: what it was about, as
 * another request may have changed the rest meanwhile.
 */
export function protectionOutcome(
  state: PositionState,
  asked: readonly Tranche[],
  parts: readonly ProtectionPart[] = ['stopLoss', 'takeProfit', 'targets'],
): ProtectionOutcome {
  if (state.stage.name !== 'open' && state.stage.name !== 'entering') return 'settled';
  const reverted = asked.some((before) => {
    const tranche = state.tranches.find(({ id }) => id === before.id);
    return tranche && !parts.every((part) => sameSpec(tranche[part], before[part]));
  });
  if (reverted) return 'refused';
  return state.tranches.every((tranche) => isSettled(state, tranche)) ? 'settled' : 'pending';
}

const sameSpec = (a: Tranche[ProtectionPart], b: Tranche[ProtectionPart]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function isSettled(state: PositionState, tranche: Tranche): boolean {
  if (!isPositive(trancheQuantity(state, tranche.id))) return true;
  return (
    rests(activeIntents(state, 'stop', tranche.id), wantedStop(state, tranche)) &&
    targetsSettled(state, tranche)
  );
}

function targetsSettled(state: PositionState, tranche: Tranche): boolean {
  const active = activeIntents(state, 'target', tranche.id);
  const wanted = wantedTargets(state, tranche);
  return (
    active.every((intent) => wanted.some(({ target }) => target === intent.target)) &&
    wanted.every(({ target, price }) =>
      rests(
        active.filter((intent) => intent.target === target),
        price,
      ),
    )
  );
}

/** Exactly the wanted order rests, and no older one with it. */
function rests(active: Intent[], price: Decimal | null): boolean {
  if (price === null) return active.length === 0;
  const [only] = active;
  return active.length === 1 && only !== undefined && isLive(only) && restingTrigger(only) === price;
}
