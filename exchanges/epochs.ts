/**
 * Rebuilds finished positions from executions, for exchanges that keep no history of positions. Pure. An epoch
 * is a leg from flat to flat; one execution that goes through flat ends one and begins the next. Sums are
 * exact to the last digit; only averages and the parts of a split fee are quotients.
 */
import {
  abs,
  add,
  div,
  eq,
  isPositive,
  isZero,
  lt,
  min,
  mul,
  neg,
  sub,
  ZERO,
  type Decimal,
} from '../domain/decimal.ts';
import type { Fill } from '../domain/exchange-truth.ts';
import type { OrderSide, Side } from '../domain/terms.ts';

export type Execution = {
  orderId: string;
  side: OrderSide;
  price: Decimal;
  quantity: Decimal;
  /** Absent: not known in quote units. */
  fee?: Decimal;
  /** What this execution realised, by the exchange; absent: not told. */
  realizedPnl?: Decimal;
  /** How much of it closed something, by the exchange; absent: not told. */
  closes?: Decimal;
  forced?: Fill['forced'];
  atMs: number;
};

export type Epoch = {
  side: Side;
  /** Closed so far. */
  quantity: Decimal;
  /** Average entry as exchanges keep it: additions are averaged in, reductions leave it. Absent: began too long ago. */
  entryPrice?: Decimal;
  closePrice: Decimal;
  /** Gross: as the exchange tells it, else what came out less what went in, once it is flat. */
  realizedPnl?: Decimal;
  fees?: Decimal;
  openedAtMs?: number;
  closedAtMs?: number;
  /** The order of the last execution. */
  lastOrderId: string;
  /** Every order that had a part in it, in the order of their first executions. */
  orderIds: readonly string[];
  /** The last execution was the exchange's own doing. */
  forced?: Fill['forced'];
  /** False where an execution closed another quantity, by the exchange, than was open here: something is missing. */
  coherent: boolean;
};

/** An epoch while it is being rebuilt. */
type Running = {
  side: Side;
  open: Decimal;
  entryPrice: Decimal | undefined;
  openedValue: Decimal | undefined;
  closed: Decimal;
  closedValue: Decimal;
  realizedPnl: Decimal | undefined;
  fees: Decimal | undefined;
  openedAtMs: number | undefined;
  orderIds: Set<string>;
  coherent: boolean;
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
    const coherent = closesAsTold(execution, running);
    for (const part of split(execution, running)) {
      running ??= startOf(part);
      apply(running, part, coherent);
      if (isZero(running.open)) {
        epochs.push({ ...told(running, part), closedAtMs: part.atMs });
        running = undefined;
      }
      last = part;
    }
  }
  return running && last ? [...epochs, told(running, last)] : epochs;
}

function closesAsTold(execution: Execution, running: Running | undefined): boolean {
  if (execution.closes === undefined) return true;
  const closing = !running || isOpening(running, execution) ? ZERO : min(running.open, execution.quantity);
  return eq(closing, execution.closes);
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
      ...(realizedPnl !== undefined && { realizedPnl: ZERO }),
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
  openedValue: ZERO,
  closed: ZERO,
  closedValue: ZERO,
  realizedPnl: ZERO,
  fees: ZERO,
  openedAtMs: atMs,
  orderIds: new Set(),
  coherent: true,
});

/** What was opened before anything that is known: its entry, and what it cost, stay unknown. */
const unknownStart = (held: Decimal): Running => ({
  side: isPositive(held) ? 'long' : 'short',
  open: abs(held),
  entryPrice: undefined,
  openedValue: undefined,
  closed: ZERO,
  closedValue: ZERO,
  realizedPnl: undefined,
  fees: undefined,
  openedAtMs: undefined,
  orderIds: new Set(),
  coherent: true,
});

function apply(running: Running, execution: Execution, coherent: boolean): void {
  const { price, quantity, fee, realizedPnl, orderId } = execution;
  running.fees = sumIfKnown(running.fees, fee);
  running.realizedPnl = sumIfKnown(running.realizedPnl, realizedPnl);
  running.orderIds.add(orderId);
  running.coherent &&= coherent;
  const value = mul(price, quantity);
  if (isOpening(running, execution)) {
    const open = add(running.open, quantity);
    running.entryPrice = running.entryPrice && div(add(mul(running.entryPrice, running.open), value), open);
    running.openedValue = running.openedValue && add(running.openedValue, value);
    running.open = open;
    return;
  }
  running.open = sub(running.open, quantity);
  running.closed = add(running.closed, quantity);
  running.closedValue = add(running.closedValue, value);
}

const sumIfKnown = (sum: Decimal | undefined, more: Decimal | undefined): Decimal | undefined =>
  sum === undefined || more === undefined ? undefined : add(sum, more);

function told(running: Running, { orderId, forced }: Execution): Epoch {
  const { side, closed, closedValue, entryPrice, fees, openedAtMs, orderIds, coherent } = running;
  const realizedPnl = running.realizedPnl ?? grossOf(running);
  return {
    side,
    quantity: closed,
    closePrice: isZero(closed) ? ZERO : div(closedValue, closed),
    lastOrderId: orderId,
    orderIds: [...orderIds],
    coherent,
    ...(entryPrice !== undefined && { entryPrice }),
    ...(realizedPnl !== undefined && { realizedPnl }),
    ...(fees !== undefined && { fees }),
    ...(openedAtMs !== undefined && { openedAtMs }),
    ...(forced !== undefined && { forced }),
  };
}

/** What came out less what went in: only once it is flat, and only where the start is known. */
function grossOf({ side, open, openedValue, closedValue }: Running): Decimal | undefined {
  if (openedValue === undefined || !isZero(open)) return undefined;
  return side === 'long' ? sub(closedValue, openedValue) : sub(openedValue, closedValue);
}
