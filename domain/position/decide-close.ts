/** A request to close a position, a part of it, or one of its tranches. */
import { eq, gt, isPositive, lt, min, sub, sum, type Decimal } from '../decimal.ts';
import type { ClosePositionRequest, Refusal } from '../commands.ts';
import { checkQuantity } from '../rules.ts';
import type { Decision } from './decide.ts';
import { closeIntent } from './orders.ts';
import type { PositionState } from './position.ts';
import { activeIntents, openQuantity, trancheQuantity } from './quantities.ts';
import { refuseUnlessOpen, tranchesMeant } from './refuse-unless-open.ts';
import { checkShape } from './request-shape.ts';

export function decideClose(state: PositionState, request: unknown, nowMs: number): Decision {
  const unfit = refuseUnlessOpen(state) ?? checkShape(request, ['quantity', 'trancheId', 'limitPrice']);
  if (unfit) return { refused: unfit };
  const { quantity, trancheId } = request as ClosePositionRequest; // an object with no other keys, checked above
  const tranches = tranchesMeant(state, trancheId);
  if ('code' in tranches) return { refused: tranches };
  const open = sum(tranches.map(({ id }) => trancheQuantity(state, id)));
  if (quantity !== undefined) {
    const refused = checkPart(state, quantity, open);
    if (refused) return { refused };
  }
  const part = quantity ?? open;
  if (eq(part, openQuantity(state)))
    return { events: [{ type: 'CloseRequested', reason: 'USER_CLOSE', why: 'asked for', nowMs }] };
  return closePart(
    state,
    tranches.map(({ id }) => id),
    part,
    nowMs,
  );
}

function checkPart(state: PositionState, quantity: Decimal, open: Decimal): Refusal | null {
  const refused = checkQuantity(quantity, state.market);
  if (refused && !(typeof quantity === 'string' && quantity === open && isPositive(open))) return refused;
  if (gt(quantity, open)) return { code: 'over_maximum', text: `only ${open} is open: close that or less` };
  const left = sub(openQuantity(state), quantity);
  if (!isPositive(left) || !lt(left, state.market.minQuantity)) return null;
  return {
    code: 'under_minimum',
    text: `that would leave ${left}, under the minimum of ${state.market.minQuantity}, which no stop can protect: close all`,
  };
}

/** Out of the first tranche that has as much, else out of several, the first one first. */
function closePart(state: PositionState, trancheIds: string[], quantity: Decimal, nowMs: number): Decision {
  if (activeIntents(state, 'close').length > 0)
    return { refused: { code: 'closing', text: 'a close is under way already: wait for it' } };
  const enough = trancheIds.find((id) => !lt(trancheQuantity(state, id), quantity));
  const [first] = enough === undefined ? trancheIds : [enough];
  if (first === undefined) return { events: [] };
  const part = min(quantity, trancheQuantity(state, first));
  return {
    events: [{ type: 'IntentPlanned', intent: closeIntent(state, first, part, 'USER_CLOSE', nowMs) }],
  };
}
