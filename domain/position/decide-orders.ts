/** Requests about single orders of a position: take back what rests, look at what may have filled. */
import type { CancelOrdersRequest, EntryFillRequest, Refusal } from '../commands.ts';
import { closesAtLimit, takenBack } from './closes.ts';
import type { Decision } from './decide.ts';
import { stopEntering } from './iceberg.ts';
import type { PositionState } from './position.ts';
import { activeIntents, intentsOf, isLive } from './quantities.ts';
import { refuseUnlessOpen, tranchesMeant } from './refuse-unless-open.ts';
import { badRequest, checkShape, shown } from './request-shape.ts';

/** Nothing that rests is nothing to do, so that a retried request is harmless. */
export function decideCancelOrders(state: PositionState, request: unknown, nowMs: number): Decision {
  const unfit = refuseUnlessOpen(state) ?? checkShape(request, ['roles', 'trancheId']);
  if (unfit) return { refused: unfit };
  const { roles = ['entry', 'close'], trancheId } = request as CancelOrdersRequest; // an object with no other keys
  const misshapen = checkRoles(roles);
  if (misshapen) return { refused: misshapen };
  const tranches = tranchesMeant(state, trancheId);
  if ('code' in tranches) return { refused: tranches };
  const why = 'asked for';
  return {
    events: [
      ...(roles.includes('entry') ? stopEntering(state, why, nowMs, trancheId) : []),
      ...(roles.includes('close') ? takenBack(closesAtLimit(state, trancheId), why) : []),
    ],
  };
}

function checkRoles(roles: unknown): Refusal | null {
  const sound =
    Array.isArray(roles) && roles.length > 0 && roles.every((role) => role === 'entry' || role === 'close');
  return sound ? null : badRequest(`roles must be a list of "entry", "close" or both, not ${shown(roles)}`);
}

/** The exchange is asked; what the request says of a fill is only why. */
export function decideEntryFill(state: PositionState, request: unknown, nowMs: number): Decision {
  if (state.stage.name === 'closed')
    return { refused: { code: 'no_position', text: 'the position is closed' } };
  const unfit = checkShape(request, ['orderId']);
  if (unfit) return { refused: unfit };
  const { orderId } = request as EntryFillRequest; // an object with no other keys, checked above
  const ids = intentsOf(state, 'entry').map((intent) => intent.orderId);
  if (orderId !== undefined && !ids.includes(orderId) && !ids.includes(null))
    return {
      refused: badRequest(
        `order ${shown(orderId)} is no entry of this position: ${ids.join(', ') || 'none'}`,
      ),
    };
  return {
    events: activeIntents(state, 'entry')
      .filter(isLive)
      .map(({ number }) => ({ type: 'LookWanted', number, nowMs })),
  };
}
