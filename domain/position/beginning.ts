/** Where an open position began, from its executions: walking back until the leg was flat. Pure. */
import { add, gt, sub, type Decimal } from '../decimal.ts';
import type { ExchangePosition, Fill } from '../exchange-truth.ts';
import { openingSide } from '../terms.ts';

export type Beginning = {
  /** Gateway clock of the first execution. */
  openedAtMs: number;
  /** The order that it belongs to. */
  entryOrderId: string;
};

/**
 * @param fills executions of the leg; those from before the position do no harm
 * @returns undefined where they do not reach back to its beginning
 */
export function beginningOf(
  { side, quantity }: Pick<ExchangePosition, 'side' | 'quantity'>,
  fills: readonly Fill[],
): Beginning | undefined {
  let open: Decimal = quantity;
  for (const fill of fills.toSorted((a, b) => a.atMs - b.atMs).toReversed()) {
    const opens = fill.side === openingSide(side);
    // One of more than was open turned a position of the other side around: the rest of it began this one.
    if (opens && !gt(open, fill.quantity)) return { openedAtMs: fill.atMs, entryOrderId: fill.orderId };
    open = opens ? sub(open, fill.quantity) : add(open, fill.quantity);
  }
  return undefined;
}
