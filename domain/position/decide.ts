/**
 * `decide(state, command, now)`: what a request leads to, or why it is refused. Refusals are values.
 * Synchronous and pure, so that update validators can call it.
 */
import type { Decimal } from '../decimal.ts';
import type {
  CancelOrdersRequest,
  ClosePositionRequest,
  EntryFillRequest,
  MergeTranchesRequest,
  PriceCrossing,
  Refusal,
  SetProtectionRequest,
} from '../commands.ts';
import { decideCrossing } from './crossings.ts';
import { decideClose } from './decide-close.ts';
import { decideCancelOrders, decideEntryFill } from './decide-orders.ts';
import { decideProtection } from './decide-protection.ts';
import type { PositionEvent } from './events.ts';
import { decideMerge } from './decide-merge.ts';
import type { PositionState } from './position.ts';

export type Command =
  | {
      type: 'setProtection';
      request: SetProtectionRequest;
      /** The latest price, where it is known: a level on its wrong side would act at once. */
      price?: Decimal;
      /** The average true range, where the request needs it; null: it could not be read. Absent: not yet. */
      atr?: Decimal | null;
    }
  | { type: 'mergeTranches'; request: MergeTranchesRequest; price?: Decimal }
  | { type: 'close'; request: ClosePositionRequest }
  | { type: 'cancelOrders'; request: CancelOrdersRequest }
  | { type: 'entryFill'; request: EntryFillRequest }
  | { type: 'priceCrossed'; crossing: PriceCrossing };

export type Decision = { events: PositionEvent[] } | { refused: Refusal };

export function decide(state: PositionState, command: Command, nowMs: number): Decision {
  switch (command.type) {
    case 'setProtection':
      return decideProtection(state, command, nowMs);
    case 'mergeTranches':
      return decideMerge(state, command, nowMs);
    case 'close':
      return decideClose(state, command.request, nowMs);
    case 'cancelOrders':
      return decideCancelOrders(state, command.request, nowMs);
    case 'entryFill':
      return decideEntryFill(state, command.request, nowMs);
    case 'priceCrossed':
      return { events: decideCrossing(state, command.crossing, nowMs) };
  }
}
