/**
 * Who closed the position. Only an exact own order id attributes a close to an own order, never a
 * size that fits; else a forced close if the exchange says so; else `EXCHANGE_CLOSED_RECONCILIATION`.
 */
import { isPositive } from '../decimal.ts';
import type { Intent, PositionState } from './position.ts';
import type { ExitReason } from '../view.ts';

type Exit = { atMs: number; reason: ExitReason; orderId: string | null };

/** The reason of the execution that came last, which is the one that left the leg flat. */
export const exitReasonOf = (state: PositionState): ExitReason =>
  lastExit(state)?.reason ?? 'EXCHANGE_CLOSED_RECONCILIATION';

/** The order of that execution, where one is known. */
export const exitOrderIdOf = (state: PositionState): string | null => lastExit(state)?.orderId ?? null;

/** Its time, gateway clock. */
export const exitAtMsOf = (state: PositionState): number | null => lastExit(state)?.atMs ?? null;

function lastExit(state: PositionState): Exit | undefined {
  const own = state.intents
    .filter((intent) => intent.role !== 'entry' && isPositive(intent.filledQuantity))
    .map((intent) => ({ atMs: intent.filledAtMs ?? 0, reason: ownReason(intent), orderId: intent.orderId }));
  const others = state.externals
    .filter((change) => !isPositive(change.quantity))
    .map((change) => ({ atMs: change.atMs, reason: externalReason(change.cause), orderId: change.orderId }));
  return [...own, ...others].toSorted((a, b) => a.atMs - b.atMs).at(-1);
}

function ownReason(intent: Intent): ExitReason {
  // A stop that had moved by itself says so.
  if (intent.role === 'stop') return intent.closeReason ?? 'STOP_LOSS';
  if (intent.role === 'target') return 'TAKE_PROFIT';
  return intent.closeReason ?? 'USER_CLOSE';
}

function externalReason(cause: PositionState['externals'][number]['cause']): ExitReason {
  if (cause === 'liquidation') return 'LIQUIDATION';
  if (cause === 'adl') return 'ADL';
  return 'EXCHANGE_CLOSED_RECONCILIATION';
}
