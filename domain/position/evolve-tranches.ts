/** How a position's tranches change by an event about them; a part of `evolve.ts`, under the same rules. */
import type { PositionEvent } from './events.ts';
import { isHeldOff } from './hold-offs.ts';
import type { PositionState, Tranche } from './position.ts';

type TrancheEvent = Extract<
  PositionEvent,
  {
    type:
      | 'TrancheAdded'
      | 'TranchesMerged'
      | 'TrancheProfitable'
      | 'IcebergEnded'
      | 'StopTrailed'
      | 'BreakEvenReached';
  }
>;

type ProtectionSet = Extract<PositionEvent, { type: 'ProtectionSet' }>;

export function evolveTranches(state: PositionState, event: TrancheEvent): PositionState {
  switch (event.type) {
    case 'TrancheAdded':
      if (state.tranches.some(({ id }) => id === event.tranche.id)) return state;
      return { ...state, tranches: [...state.tranches, event.tranche] };
    case 'TranchesMerged':
      return merged(state, event);
    case 'TrancheProfitable':
      return changed(state, event.trancheId, (tranche) => ({ ...tranche, profitable: true }));
    case 'IcebergEnded':
      return changed(state, event.trancheId, ({ iceberg: _over, ...rest }) => rest);
    case 'StopTrailed':
      return changed(state, event.trancheId, (tranche) => ({ ...tranche, trailedTo: event.to }));
    case 'BreakEvenReached':
      return changed(state, event.trancheId, (tranche) => ({ ...tranche, breakEvenReached: true }));
  }
}

const changed = (
  state: PositionState,
  trancheId: string,
  change: (tranche: Tranche) => Tranche,
): PositionState => ({
  ...state,
  tranches: state.tranches.map((tranche) => (tranche.id === trancheId ? change(tranche) : tranche)),
});

/** Orders and outside changes go along, so that no quantity is lost or counted twice. */
function merged(
  state: PositionState,
  { into, from, stopLoss, takeProfit }: Extract<PositionEvent, { type: 'TranchesMerged' }>,
): PositionState {
  const moved = <T extends { trancheId: string }>(each: T): T =>
    from.includes(each.trancheId) ? { ...each, trancheId: into } : each;
  const kept = { ...state, tranches: state.tranches.filter(({ id }) => !from.includes(id)) };
  const wish = { ...(stopLoss && { stopLoss }), ...(takeProfit && { takeProfit }) };
  return {
    ...changed(kept, into, ({ profitable: _both, ...tranche }) => withWish(tranche, wish)),
    intents: state.intents.map(moved),
    externals: state.externals.map(moved),
    crossings: state.crossings.filter(({ trancheId }) => trancheId !== into && !from.includes(trancheId)),
    holdOffs: state.holdOffs.filter(({ key }) => !from.some((id) => key.split('/')[1] === id)),
  };
}

export function protectionSet(state: PositionState, event: ProtectionSet): PositionState {
  const { trancheId } = event;
  const targetsNamed = event.takeProfit !== undefined || event.targets !== undefined;
  return {
    ...changed(state, trancheId, (tranche) => withWish(tranche, event)),
    // Who says how it shall be protected has it managed.
    ...(state.policy && { policy: 'manage' }),
    levelGeneration: state.levelGeneration + 1,
    // A new wish does not wait for what an older one was refused for.
    holdOffs: state.holdOffs.filter(
      ({ key }) =>
        !(event.stopLoss !== undefined && isHeldOff(key, 'stop', trancheId)) &&
        !(targetsNamed && isHeldOff(key, 'target', trancheId)),
    ),
  };
}

type Wish = Pick<ProtectionSet, 'stopLoss' | 'takeProfit' | 'targets' | 'trailing' | 'breakEven'>;

/** What is set anew takes the place of what contradicts it: a stop by hand that of one that moved by itself. */
function withWish(tranche: Tranche, wish: Wish): Tranche {
  const { stopLoss, takeProfit, targets, trailing, breakEven } = wish;
  const stopNamed = stopLoss !== undefined;
  const targetsNamed = takeProfit !== undefined || targets !== undefined;
  return {
    ...without(tranche, {
      targets: targetsNamed,
      trailing: trailing !== undefined || stopNamed,
      trailedTo: trailing !== undefined || stopNamed,
      breakEven: breakEven !== undefined || stopNamed,
      breakEvenReached: breakEven !== undefined || stopNamed,
    }),
    ...(stopNamed && { stopLoss }),
    ...(targetsNamed && { takeProfit: takeProfit ?? null }),
    ...(targets && { targets }),
    ...(trailing && { trailing }),
    ...(breakEven && { breakEven }),
  };
}

function without(tranche: Tranche, gone: Partial<Record<keyof Tranche, boolean>>): Tranche {
  const kept = Object.entries(tranche).filter(([key]) => gone[key as keyof Tranche] !== true);
  return Object.fromEntries(kept) as Tranche; // only keys that may be absent are ever gone
}
