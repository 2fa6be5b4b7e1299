/** Changes of quantity that no own order made, as events: each tranche has its share. */
import { isPositive, isZero, neg, type Decimal } from '../decimal.ts';
import type { PositionEvent } from '../position/events.ts';
import type { PositionState } from '../position/position.ts';
import { openQuantity, trancheQuantity } from '../position/quantities.ts';
import { sharesOf } from '../position/shares.ts';

type Execution = {
  fillId: string;
  orderId?: string;
  price: Decimal | null;
  fee?: Decimal | null;
  atMs: number;
  cause?: 'manual' | 'liquidation' | 'adl' | 'inferred';
};

/** Takes a quantity out of the tranches, each its share. */
export function reduceBy(state: PositionState, quantity: Decimal, execution: Execution): PositionEvent[] {
  if (!isPositive(quantity) || isZero(openQuantity(state))) return [];
  const { fillId, fee = null } = execution;
  return sharesOf(state, quantity, fee).map((share) =>
    externally(
      state,
      neg(share.quantity),
      {
        ...execution,
        fillId: state.tranches.length === 1 ? fillId : `${fillId}/${share.trancheId}`,
        fee: share.fee,
      },
      share.trancheId,
    ),
  );
}

/** An addition that nobody here ordered is the oldest tranche's that is open: that one is protected. */
const oldestHeld = (state: PositionState) =>
  state.tranches.find(({ id }) => isPositive(trancheQuantity(state, id)));

export const externally = (
  state: PositionState,
  quantity: Decimal,
  execution: Execution,
  trancheId?: string,
): PositionEvent => ({
  type: 'ExternallyChanged',
  change: {
    fillId: execution.fillId,
    orderId: execution.orderId ?? null,
    trancheId: trancheId ?? (oldestHeld(state) ?? state.tranches[0])?.id ?? 't1',
    quantity,
    price: execution.price,
    fee: execution.fee ?? null,
    atMs: execution.atMs,
    cause: execution.cause ?? 'manual',
  },
});
