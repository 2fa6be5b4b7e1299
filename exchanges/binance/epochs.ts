/**
 * Rebuilds finished positions from executions, as Binance keeps no history of positions. Pure. An epoch
 * is a leg from flat to flat; one execution that goes through flat ends one and begins the next.
 */
import {
  abs,
  add,
  div,
  isPositive,
  isZero,
  lt,
  min,
  mul,
  neg,
  sub,
  ZERO,
  type Decimal,
} from '../../domain/decimal.ts';
import type { OrderSide, Side } from '../../domain/terms.ts';

export type Execution = {
  orderId: string;
  side: OrderSide;
  price: Decimal;
  quantity: Decimal;
  /** Absent: not known in quote units. */
  fee?: Decimal;
  /** What this execution realised, by the exchange; absent: not told. */
  realizedPnl?: Decimal;
  atMs: number;
};

export type Epoch = {
  side: Side;
  /** Closed so far. */
  quantity: Decimal;
  /** Average entry as exchanges keep it: additions are averaged in, reductions leave it. Absent: began too long ago. */
  entryPrice?: Decimal;
  closePrice: Decimal;
  realizedPnl?: Decimal;
  fees?: Decimal;
  openedAtMs?: number;
  closedAtMs?: number;
  /** The order of the last execution. */
  lastOrderId: string;
};

/** An epoch while it is being rebuilt. */
type Running = {
  side: Side;
  open: Decimal;
  entryPrice: Decimal | undefined;
  closed: Decimal;
  closedValue: Decimal;
  realizedPnl: Decimal | undefined;
  fees: Decimal | undefined;
  openedAtMs: number | undefined;
};

export const signed = ({ side, quantity }: Pick<Execution, 'side' | 'quantity'>): Decimal =>
  side === 'buy' ? quantity : neg(quantity);

/**
 * @param executions of one leg, oldest first
 * @param held signed quantity before the first of them
 * @returns the epochs in order; only the last one can lack `closedAtMs`, and is then still open
 */
export function rebuildEpochs(executions: readonly Execution[], held: Decimal): Epoch[] {
  const epochs: Epoch[] = [];
  let running = isZero(held) ? undefined : unknownStart(held);
  let last: Execution | undefined;
  for (const execution of executions) {
    for (const part of split(execution, running)) {
      running ??= startOf(part);
      apply(running, part);
      if (isZero(running.open)) {
        epochs.push({ ...told(running, part), closedAtMs: part.atMs });
        running = undefined;
      }
      last = part;
    }
  }
  return running && last ? [...epochs, told(running, last)] : epochs;
}

/** Two parts where an execution closes more than is open; the fee goes with the quantities, to the last digit. */
function split(execution: Execution, running: Running | undefined): Execution[] {
  if (!running || isOpening(running, execution) || !lt(running.open, execution.quantity)) return [execution];
  const quantity = min(running.open, execution.quantity);
  const { fee, realizedPnl, ...rest } = execution;
  const closingFee = fee === undefined ? undefined : div(mul(fee, quantity), execution.quantity);
  return [
    {
      ...rest,
      quantity,
      ...(realizedPnl !== undefined && { realizedPnl }),
      ...(closingFee !== undefined && { fee: closingFee }),
    },
    {
      ...rest,
      quantity: sub(execution.quantity, quantity),
      realizedPnl: ZERO,
      ...(fee !== undefined && closingFee !== undefined && { fee: sub(fee, closingFee) }),
    },
  ];
}

const isOpening = ({ side }: Pick<Running, 'side'>, execution: Execution): boolean =>
  (side === 'long') === (execution.side === 'buy');

const startOf = ({ side, atMs }: Execution): Running => ({
  side: side === 'buy' ? 'long' : 'short',
  open: ZERO,
  entryPrice: ZERO,
  closed: ZERO,
  closedValue: ZERO,
  realizedPnl: ZERO,
  fees: ZERO,
  openedAtMs: atMs,
});

/** What was opened before anything that is known: its entry, and what it cost, stay unknown. */
const unknownStart = (held: Decimal): Running => ({
  side: isPositive(held) ? 'long' : 'short',
  open: abs(held),
  entryPrice: undefined,
  closed: ZERO,
  closedValue: ZERO,
  realizedPnl: undefined,
  fees: undefined,
  openedAtMs: undefined,
});

function apply(running: Running, execution: Execution): void {
  const { price, quantity, fee, realizedPnl } = execution;
  running.fees = sumIfKnown(running.fees, fee);
  running.realizedPnl = sumIfKnown(running.realizedPnl, realizedPnl);
  if (isOpening(running, execution)) {
    const open = add(running.open, quantity);
    running.entryPrice =
      running.entryPrice && div(add(mul(running.entryPrice, running.open), mul(price, quantity)), open);
    running.open = open;
    return;
  }
  running.open = sub(running.open, quantity);
  running.closed = add(running.closed, quantity);
  running.closedValue = add(running.closedValue, mul(price, quantity));
}

const sumIfKnown = (sum: Decimal | undefined, more: Decimal | undefined): Decimal | undefined =>
  sum === undefined || more === undefined ? undefined : add(sum, more);

function told(running: Running, { orderId }: Execution): Epoch {
  const { side, closed, closedValue, entryPrice, realizedPnl, fees, openedAtMs } = running;
  return {
    side,
    quantity: closed,
    closePrice: isZero(closed) ? ZERO : div(closedValue, closed),
    lastOrderId: orderId,
    ...(entryPrice !== undefined && { entryPrice }),
    ...(realizedPnl !== undefined && { realizedPnl }),
    ...(fees !== undefined && { fees }),
    ...(openedAtMs !== undefined && { openedAtMs }),
  };
}
