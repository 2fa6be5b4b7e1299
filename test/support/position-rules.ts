/** What must hold of a position's state after every change, and of every effect that it wants. */
import { gt, isPositive, lt } from '../../domain/decimal.ts';
import { effects, type Effect } from '../../domain/position/effects.ts';
import { clientOrderId } from '../../domain/ids.ts';
import type { Intent, PositionState } from '../../domain/position/position.ts';
import { activeIntents, isLive, openQuantity, trancheQuantity } from '../../domain/position/quantities.ts';
import { coveredQuantity, isCovered } from '../../domain/position/cover.ts';
import { wantedStop } from '../../domain/position/protective-prices.ts';

export function holds(fact: boolean, what: string): void {
  if (!fact) throw new Error(what);
}

export function checkChange(before: PositionState, state: PositionState, nowMs: number): void {
  for (const intent of state.intents) {
    const earlier = before.intents.find((each) => each.number === intent.number);
    if (earlier !== intent) checkIntent(state, intent, earlier);
  }
  for (const { id } of state.tranches)
    for (const role of ['stop', 'target'] as const) checkOneAtATime(state, role, id);
  holds(!lt(openQuantity(state), '0'), 'a negative quantity');
  holds(!gt(coveredQuantity(state), openQuantity(state)), 'more is covered than is open');
  const keys = effects(state, nowMs).map(({ key }) => key);
  holds(new Set(keys).size === keys.length, 'two effects share a key');
}

/** A second placement before the first is settled could rest beside it. */
function checkOneAtATime(state: PositionState, role: 'stop' | 'target', trancheId: string): void {
  const underWay = activeIntents(state, role, trancheId).filter(
    ({ status }) => status.name === 'planned' || (status.name === 'unknown' && status.why === 'placement'),
  );
  const apart = new Set(underWay.map(({ target }) => target));
  holds(underWay.length === apart.size, `two placements of a ${role} are under way at once`);
}

function checkIntent(state: PositionState, intent: Intent, earlier: Intent | undefined): void {
  const { number, role, request } = intent;
  const planned = clientOrderId(state, state.epoch, role, number);
  const takenOver = state.adopted && intent.acceptedAtMs !== null;
  holds(takenOver || request.clientOrderId === planned, 'a client id is leg, epoch, role and number');
  holds(request.reduceOnly === (role !== 'entry'), 'only an entry may open');
  holds(!earlier || !lt(intent.filledQuantity, earlier.filledQuantity), 'a fill went backwards');
  const revived = earlier?.status.name === 'done' && intent.status.name !== 'done';
  const presumed = earlier?.status.name === 'done' && earlier.status.presumedAtMs !== undefined;
  holds(!revived || presumed, 'a finished order lives again');
  if (earlier || role !== 'target') return;
  const { trancheId } = intent;
  const rests = activeIntents(state, 'stop', trancheId).some(isLive);
  const together = state.settings.batchProtection && activeIntents(state, 'stop', trancheId).length > 0;
  const wanted = state.tranches.some((each) => each.id === trancheId && wantedStop(state, each) !== null);
  // Somebody else's stop on the whole position is cover, too.
  holds(rests || together || !wanted || isCovered(state), 'the target is planned before the stop rests');
}

/** A stop goes only when another rests, while one is wanted and the exchange takes several. */
export function checkEffect(state: PositionState, effect: Effect): void {
  if (effect.type !== 'cancel' || effect.intent.role !== 'stop') return;
  if (state.stage.name !== 'open' || state.singleProtection) return;
  const { number, trancheId } = effect.intent;
  const tranche = state.tranches.find(({ id }) => id === trancheId);
  if (!tranche || !isPositive(trancheQuantity(state, trancheId)) || wantedStop(state, tranche) === null)
    return;
  const others = activeIntents(state, 'stop', trancheId).filter((each) => each.number !== number);
  holds(others.some(isLive), 'the old stop is cancelled before a new one rests');
}
