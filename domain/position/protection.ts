/**
 * Protection: the difference between the stops and targets wanted and the orders known to live.
 *
 * Invariants kept here:
 * - a stop is replaced by placing the new one, seeing it live, then cancelling the old one; only where
 *   the exchange takes a single one is the old one cancelled first;
 * - the stop comes before the target, or leaves together with it;
 * - at most one placement per stop, and per target, of a tranche is under way, so nothing stacks up silently;
 * - everything placed here is reduce-only.
 */
import { eq, gte, isPositive, lt, ZERO, type Decimal } from '../decimal.ts';
import { isExiting } from './crossings.ts';
import type { PositionEvent } from './events.ts';
import { heldOffUntil } from './hold-offs.ts';
import { stopReason } from './moving-stop.ts';
import { protectionIntent } from './orders.ts';
import type { Intent, PositionState } from './position.ts';
import type { Tranche } from './tranche.ts';
import {
  activeIntents,
  isLive,
  openQuantity,
  remaining,
  restingTrigger,
  trancheQuantity,
} from './quantities.ts';
import { wantedStop } from './protective-prices.ts';
import { wantedTargets, type WantedTarget } from './targets.ts';
import type { ExitReason } from '../view.ts';

type ProtectionRole = 'stop' | 'target';

/** The events that bring one tranche's protection closer to what is wanted; none when it is. */
export function planProtection(state: PositionState, tranche: Tranche, nowMs: number): PositionEvent[] {
  const quantity = trancheQuantity(state, tranche.id);
  if (state.policy === 'watch') return [];
  if (!isPositive(quantity)) return isPositive(openQuantity(state)) ? withoutProtection(state, tranche) : [];
  const price = wantedStop(state, tranche);
  const stop = planRole(state, tranche.id, {
    role: 'stop',
    active: activeIntents(state, 'stop', tranche.id),
    wanted: price === null ? null : { price, quantity },
    reason: price === null ? undefined : stopReason(state, tranche, price),
    nowMs,
  });
  if (stop.length > 0) return stop;
  if (!targetMayGo(state, tranche, quantity) || makesWay(state, tranche)) return [];
  return planTargets(state, tranche, nowMs);
}

/** Each of the targets by itself; orders of one that is reached, or no longer wanted, are taken back. */
function planTargets(state: PositionState, tranche: Tranche, nowMs: number): PositionEvent[] {
  const all = activeIntents(state, 'target', tranche.id);
  const wanted = wantedTargets(state, tranche);
  const others = all.filter(({ target }) => !wanted.some((each) => each.target === target));
  const plans = [...wanted, ...others].map(({ target }) => {
    if (isExiting(state, tranche.id, target)) return [];
    return planRole(state, tranche.id, {
      role: 'target',
      active: all.filter((intent) => intent.target === target),
      wanted: wanted.find((each) => each.target === target) ?? null,
      nowMs,
    });
  });
  return plans.find((events) => events.length > 0) ?? [];
}

/** A part that is closed protects nothing, while others are open: its orders would close parts of those. */
const withoutProtection = (state: PositionState, { id }: Tranche): PositionEvent[] =>
  [...activeIntents(state, 'stop', id), ...activeIntents(state, 'target', id)].flatMap((intent) =>
    cancel(intent, 'its part is closed'),
  );

/** A close that was refused for the quantity that a target held goes first. */
const makesWay = (state: PositionState, tranche: Tranche): boolean =>
  activeIntents(state, 'close', tranche.id).some(
    ({ status }) => status.name === 'planned' && status.attempts > 0,
  );

/** Whether the target may be placed: the stop that is wanted rests or goes with it, or none is wanted. */
function targetMayGo(state: PositionState, tranche: Tranche, quantity: Decimal): boolean {
  const price = wantedStop(state, tranche);
  if (tranche.stopLoss === null && price === null) return true;
  if (price === null) return false;
  if (servedByOthers(state, 'stop')) return true;
  return activeIntents(state, 'stop', tranche.id).some(
    (intent) =>
      fits(state, intent, price, quantity) &&
      (isLive(intent) || (state.settings.batchProtection && isUntried(intent))),
  );
}

const isUntried = ({ status }: Intent): boolean => status.name === 'planned' && status.attempts === 0;

type RolePlan = {
  role: ProtectionRole;
  /** Its orders that rest or may rest. */
  active: Intent[];
  wanted: WantedTarget | null;
  /** What an exit by a new order is attributed to; absent: what its role says. */
  reason?: ExitReason | undefined;
  nowMs: number;
};

function planRole(
  state: PositionState,
  trancheId: string,
  { role, active, wanted, reason, nowMs }: RolePlan,
): PositionEvent[] {
  if (wanted === null) return active.flatMap((intent) => cancel(intent, 'no longer wanted'));
  const { price, quantity, target } = wanted;
  const fitting = active.find((intent) => !intent.cancelWanted && fits(state, intent, price, quantity));
  if (fitting) {
    if (!isLive(fitting)) return [];
    return active.filter((intent) => intent !== fitting).flatMap((intent) => cancel(intent, 'replaced'));
  }
  if (active.length === 0 && servedByOthers(state, role)) return [];
  // One placement at a time: a second one before the first is settled could rest twice.
  if (active.some((intent) => intent.status.name === 'planned' || intent.status.name === 'unknown'))
    return [];
  if (heldOffUntil(state, { role, trancheId, ...(target !== undefined && { target }) }) > nowMs) return [];
  if (lt(quantity, state.market.minQuantity)) return [];
  if (state.singleProtection && active.length > 0)
    return active.flatMap((intent) => cancel(intent, 'makes room'));
  const terms = { quantity, triggerPrice: price, target, reason };
  const intent = protectionIntent(state, role, trancheId, terms, nowMs);
  return [{ type: 'IntentPlanned', intent }];
}

/** A protected position is left the orders that it came with, as long as one of them does for all of it. */
const servedByOthers = (state: PositionState, role: ProtectionRole): boolean =>
  state.policy === 'protect' &&
  state.foreignOrders.some(
    ({ covers, targets, quantity }) =>
      (role === 'stop' ? covers : targets === true) && gte(quantity, openQuantity(state)),
  );

const fits = (state: PositionState, intent: Intent, price: Decimal, quantity: Decimal): boolean =>
  eq(restingTrigger(intent) ?? ZERO, price) &&
  intent.request.workingType === state.workingType &&
  eq(remaining(intent), quantity);

const cancel = (intent: Intent, why: string): PositionEvent[] =>
  intent.cancelWanted ? [] : [{ type: 'CancelWanted', number: intent.number, why }];
