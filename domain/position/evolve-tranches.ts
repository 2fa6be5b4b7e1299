/** How a position's tranches change by an event about them; a part of `evolve.ts`, under the same rules. */
import type { PositionEvent } from './events.ts';
import { isHeldOff } from './hold-offs.ts';
import type { Intent, PositionState } from './position.ts';
import type { Tranche } from './tranche.ts';

type TrancheEvent = Extract<
  PositionEvent,
  {
    type:
      | 'TrancheAdded'
      | 'TranchesMerged'
      | 'TrancheDropped'
      | 'TrancheClosed'
      | 'TrancheRefused'
      | 'TrancheRefusalTold'
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
      return {
        ...state,
        tranches: [...state.tranches, event.tranche],
        trancheCount: (state.trancheCount ?? 1) + 1,
      };
    case 'TranchesMerged':
      return merged(state, event);
    case 'TrancheDropped':
      return dropped(state, event);
    case 'TrancheClosed':
      return freed(
        changed(state, event.trancheId, (tranche) => ({ ...tranche, over: true })),
        state.tranches.find(({ id }) => id === event.trancheId),
        'it is closed',
        event.nowMs,
      );
    case 'TrancheRefused':
      return refusedTranche(state, event);
    case 'TrancheRefusalTold':
      return toldOf(state, event);
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
  { into, from, tranche }: Extract<PositionEvent, { type: 'TranchesMerged' }>,
): PositionState {
  const isPart = (trancheId: string): boolean => trancheId === into || from.includes(trancheId);
  const moved = <T extends { trancheId: string }>(each: T): T =>
    from.includes(each.trancheId) ? { ...each, trancheId: into } : each;
  return {
    ...state,
    tranches: state.tranches.flatMap((each) =>
      from.includes(each.id) ? [] : each.id === into ? tranche : each,
    ),
    intents: state.intents.map((intent) =>
      isPart(intent.trancheId) ? moved(retagged(intent, into, tranche)) : intent,
    ),
    externals: state.externals.map(moved),
    crossings: state.crossings.filter(({ trancheId }) => !isPart(trancheId)),
    holdOffs: state.holdOffs.filter(({ key }) => !isPart(key.split('/')[1] ?? '')),
  };
}

/**
 * What was closed before a merge counts for none of the targets after it, which share out anew what is left.
 * A target's order that still rests stays until one for all takes its place: as the target that it was, or
 * as the furthest.
 */
function retagged({ target, ...intent }: Intent, into: string, { targets }: Tranche): Intent {
  if (intent.role !== 'target' || intent.status.name === 'done' || !targets) return intent;
  const stays = intent.trancheId === into && targets.some(({ id }) => id === target);
  const tag = stays ? target : targets.at(-1)?.id;
  return tag === undefined ? intent : { ...intent, target: tag };
}

/** Its orders stay on record, without effect; see `evolve.ts` for one that filled after all. */
function dropped(
  state: PositionState,
  { trancheId, why, nowMs }: Extract<PositionEvent, { type: 'TrancheDropped' }>,
): PositionState {
  const tranche = state.tranches.find(({ id }) => id === trancheId);
  const kept = { ...state, tranches: state.tranches.filter(({ id }) => id !== trancheId) };
  return freed(kept, tranche, why, nowMs);
}

/** What the account reserved for it, where it was added by a request, is to be freed. */
const freed = (
  state: PositionState,
  tranche: Tranche | undefined,
  reason: string,
  nowMs: number,
): PositionState =>
  (tranche ? requestIdsOf(tranche) : []).reduce(
    (so, requestId) => refusedTranche(so, { requestId, epoch: state.epoch, reason, nowMs }),
    state,
  );

/** The requests that made it what it is; none for what the entry opened. */
export const requestIdsOf = ({ requestId, mergedRequestIds = [] }: Tranche): string[] =>
  requestId === undefined ? mergedRequestIds : [requestId, ...mergedRequestIds];

/** More that the account was not told of than ever are: the oldest are freed with the leg. */
const MAX_REFUSED = 50;

const refusedTranche = (
  state: PositionState,
  { requestId, epoch, reason, nowMs }: { requestId: string; epoch: string; reason: string; nowMs: number },
): PositionState => ({
  ...state,
  refusedTranches: [
    ...(state.refusedTranches ?? []),
    { requestId, epoch, reason, tellAtMs: nowMs, attempts: 0 },
  ].slice(-MAX_REFUSED),
});

const toldOf = (
  state: PositionState,
  { requestId, nextAtMs }: Extract<PositionEvent, { type: 'TrancheRefusalTold' }>,
): PositionState => ({
  ...state,
  refusedTranches: (state.refusedTranches ?? []).flatMap((each) => {
    if (each.requestId !== requestId) return [each];
    return nextAtMs === null ? [] : [{ ...each, tellAtMs: nextAtMs, attempts: each.attempts + 1 }];
  }),
});

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
