/** A request to close a position, a part of it, or one of its tranches: at market, or at a limit. */
import { eq, gt, isPositive, lt, sub, sum, type Decimal } from '../decimal.ts';
import type { ClosePositionRequest, Refusal } from '../commands.ts';
import { checkPrice, checkQuantity } from '../rules.ts';
import { closesAtMarket, freeQuantity, heldAtLimit, partsOf, plannedCloses } from './closes.ts';
import type { Decision } from './decide.ts';
import type { PositionState } from './position.ts';
import { openQuantity, trancheQuantity } from './quantities.ts';
import { stopEntering } from './iceberg.ts';
import { refuseUnlessOpen, tranchesMeant } from './refuse-unless-open.ts';
import { checkShape } from './request-shape.ts';

export function decideClose(state: PositionState, request: unknown, nowMs: number): Decision {
  const unfit = refuseUnlessOpen(state) ?? checkShape(request, ['quantity', 'trancheId', 'limitPrice']);
  if (unfit) return { refused: unfit };
  const { quantity, trancheId, limitPrice } = request as ClosePositionRequest; // an object with no other keys
  const tranches = tranchesMeant(state, trancheId);
  if ('code' in tranches) return { refused: tranches };
  const trancheIds = tranches.map(({ id }) => id);
  const open = sum(trancheIds.map((id) => trancheQuantity(state, id)));
  const refused =
    (quantity === undefined ? null : checkPart(state, quantity, open)) ??
    (limitPrice === undefined ? null : checkPrice('limitPrice', limitPrice, state.market));
  if (refused) return { refused };
  if (limitPrice !== undefined) {
    const free = freeQuantity(state, trancheIds);
    return closePart(state, { trancheIds, quantity: quantity ?? free, limitPrice }, nowMs);
  }
  const part = quantity ?? open;
  if (eq(part, openQuantity(state)))
    return { events: [{ type: 'CloseRequested', reason: 'USER_CLOSE', why: 'asked for', nowMs }] };
  // What still rests of the entry of a tranche that is closed would open it again.
  const entry =
    trancheId === undefined || quantity !== undefined
      ? []
      : stopEntering(state, 'its tranche is closed', nowMs, trancheId);
  if (!isPositive(part) && entry.length > 0) return { events: entry };
  const closed = closePart(state, { trancheIds, quantity: part }, nowMs);
  return 'refused' in closed ? closed : { events: [...entry, ...closed.events] };
}

function checkPart(state: PositionState, quantity: Decimal, open: Decimal): Refusal | null {
  const refused = checkQuantity(quantity, state.market);
  if (refused && !(typeof quantity === 'string' && quantity === open && isPositive(open))) return refused;
  if (gt(quantity, open)) return { code: 'over_maximum', text: `only ${open} is open: close that or less` };
  const left = sub(open, quantity);
  if (!isPositive(left) || !lt(left, state.market.minQuantity)) return null;
  return {
    code: 'under_minimum',
    text: `that would leave ${left}, under the minimum of ${state.market.minQuantity}, which no stop can protect: close all of it`,
  };
}

type Part = { trancheIds: string[]; quantity: Decimal; limitPrice?: Decimal };

function closePart(
  state: PositionState,
  { trancheIds, quantity, limitPrice }: Part,
  nowMs: number,
): Decision {
  if (closesAtMarket(state).length > 0)
    return { refused: { code: 'closing', text: 'a close is under way already: wait for it' } };
  const free = freeQuantity(state, trancheIds);
  if (!isPositive(quantity) || gt(quantity, free)) return { refused: nothingFree(state, free) };
  return { events: plannedCloses(state, partsOf(state, trancheIds, quantity), limitPrice, nowMs) };
}

const nothingFree = (state: PositionState, free: Decimal): Refusal =>
  isPositive(heldAtLimit(state))
    ? {
        code: 'closing',
        text: `closes at a limit rest already, which leaves ${free}: take them back first (cancelOrders), or close all`,
      }
    : { code: 'no_position', text: 'nothing is open there yet' };
