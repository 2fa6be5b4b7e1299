/**
 * Binance's algo orders, which are all its conditional ones, as `ExchangeOrder`. Invariants: TRIGGERED is
 * not filled, FINISHED neither: what was executed is what the order did that carries the algo order out.
 */
import { ZERO } from '../../domain/decimal.ts';
import type { ExchangeOrder, OrderStatus } from '../../domain/exchange-truth.ts';
import { onlyReduces } from '../market-rules.ts';
import { legOf } from './legs.ts';
import { kindOf, sideOf, workingTypeOf, type MappingContext } from './map-order.ts';
import { algoOrderId } from './order-ids.ts';
import type { AlgoOrderRow } from './wire.ts';

/** Without the order that carries it out: `FINISHED` then is one that never reached the matching engine. */
const STATUSES: Record<string, OrderStatus> = {
  NEW: 'open',
  TRIGGERING: 'open',
  TRIGGERED: 'open',
  FINISHED: 'expired',
  CANCELED: 'cancelled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
};

/** Longer than this an order is not on its way from its trigger to the matching engine: it got stuck. */
const TRIGGERING_MS = 10_000;

/**
 * The algo order, or what does not add up in its row.
 * @param actual the order that carries it out, where it has triggered and one was found
 */
export function toAlgoOrder(
  row: AlgoOrderRow,
  actual: ExchangeOrder | undefined,
  context: MappingContext,
): ExchangeOrder | { problem: string } {
  const status = actual?.status ?? (isStuck(row, context) ? 'expired' : STATUSES[row.algoStatus]);
  const leg = legOf(row.positionSide);
  if (!status) return { problem: `unknown status ${row.algoStatus}` };
  if (!leg) return { problem: 'no position side' };
  if (row.quantity === undefined && !row.closePosition) return { problem: 'no quantity' };
  const side = sideOf(row);
  return {
    orderId: algoOrderId(row.algoId),
    symbol: context.markets.symbolOf(row.symbol),
    leg,
    side,
    kind: kindOf(row.orderType),
    status,
    quantity: row.closePosition ? ZERO : (row.quantity ?? ZERO),
    filledQuantity: actual?.filledQuantity ?? ZERO,
    reduceOnly: row.reduceOnly || row.closePosition || onlyReduces(leg, side),
    closePosition: row.closePosition,
    ...optionalFields(row, actual, context),
  };
}

type OptionalFields = Partial<
  Pick<
    ExchangeOrder,
    'clientOrderId' | 'averagePrice' | 'triggerPrice' | 'workingType' | 'createdAtMs' | 'updatedAtMs'
  >
>;

function optionalFields(
  row: AlgoOrderRow,
  actual: ExchangeOrder | undefined,
  { clock }: MappingContext,
): OptionalFields {
  const fields: OptionalFields = {};
  if (row.clientAlgoId) fields.clientOrderId = row.clientAlgoId.toLowerCase();
  if (actual?.averagePrice !== undefined) fields.averagePrice = actual.averagePrice;
  if (row.triggerPrice !== undefined) fields.triggerPrice = row.triggerPrice;
  const workingType = workingTypeOf(row.workingType);
  if (workingType !== undefined) fields.workingType = workingType;
  if (row.createTime !== undefined) fields.createdAtMs = clock.toOurs(row.createTime);
  const updatedAtMs = actual?.updatedAtMs ?? (row.updateTime && clock.toOurs(row.updateTime));
  if (updatedAtMs !== undefined) fields.updatedAtMs = updatedAtMs;
  return fields;
}

/** On its way from its trigger to the matching engine: what that means depends on how long it takes. */
export const isTriggering = ({ algoStatus }: AlgoOrderRow): boolean =>
  algoStatus === 'TRIGGERING' || algoStatus === 'TRIGGERED';

/** Algo orders have been seen TRIGGERING for a day: such a stop protects nothing. */
function isStuck(row: AlgoOrderRow, { clock }: MappingContext): boolean {
  if (!isTriggering(row)) return false;
  const atMs = row.triggerTime ?? row.updateTime;
  return atMs !== undefined && Date.now() - clock.toOurs(atMs) > TRIGGERING_MS;
}
