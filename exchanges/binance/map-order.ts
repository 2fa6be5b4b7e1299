/** Binance's order rows as `ExchangeOrder`, of every list and of the single lookup alike. */
import { eq, gt, isZero } from '../../domain/decimal.ts';
import type { ExchangeOrder, OrderStatus } from '../../domain/exchange-truth.ts';
import type { OrderKind, OrderSide, WorkingType } from '../../domain/terms.ts';
import type { ExchangeClock } from '../ccxt/clock.ts';
import type { Markets } from '../market-list.ts';
import { onlyReduces } from '../market-rules.ts';
import { legOf } from './legs.ts';
import type { OrderRow } from './wire.ts';

export type MappingContext = {
  markets: Pick<Markets, 'symbolOf'>;
  clock: Pick<ExchangeClock, 'toOurs'>;
};

/** `NEW_ADL` and `NEW_INSURANCE` are the exchange's own orders at work: raw statuses that ccxt passes through. */
const STATUSES: Record<string, OrderStatus> = {
  NEW: 'open',
  PARTIALLY_FILLED: 'open',
  NEW_ADL: 'open',
  NEW_INSURANCE: 'open',
  PENDING_CANCEL: 'open',
  FILLED: 'filled',
  CANCELED: 'cancelled',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  REJECTED: 'rejected',
};

const KINDS: Record<string, OrderKind> = {
  MARKET: 'market',
  LIMIT: 'limit',
  STOP_MARKET: 'stop_market',
  TAKE_PROFIT_MARKET: 'take_profit_market',
};

export const kindOf = (type: string): ExchangeOrder['kind'] => KINDS[type] ?? 'other';

export const sideOf = ({ side }: { side: 'BUY' | 'SELL' }): OrderSide => (side === 'BUY' ? 'buy' : 'sell');

/** The order, or what does not add up in its row. */
export function toOrder(row: OrderRow, context: MappingContext): ExchangeOrder | { problem: string } {
  const status = STATUSES[row.status];
  const leg = legOf(row.positionSide);
  if (!status) return { problem: `unknown status ${row.status}` };
  if (!leg) return { problem: 'no position side' };
  const side = sideOf(row);
  // In hedge mode the side says it; Binance takes no flag there.
  const reduceOnly = row.reduceOnly || row.closePosition || onlyReduces(leg, side);
  const contradiction = contradictionOf(row, status, reduceOnly);
  if (contradiction) return { problem: contradiction };
  return {
    orderId: row.orderId,
    symbol: context.markets.symbolOf(row.symbol),
    leg,
    side,
    kind: kindOf(row.type),
    status,
    quantity: row.origQty,
    filledQuantity: row.executedQty,
    reduceOnly,
    closePosition: row.closePosition,
    ...optionalFields(row, context),
  };
}

type OptionalFields = Partial<
  Pick<
    ExchangeOrder,
    | 'clientOrderId'
    | 'averagePrice'
    | 'price'
    | 'triggerPrice'
    | 'workingType'
    | 'createdAtMs'
    | 'updatedAtMs'
  >
>;

function optionalFields(row: OrderRow, { clock }: MappingContext): OptionalFields {
  const fields: OptionalFields = {};
  if (row.clientOrderId) fields.clientOrderId = row.clientOrderId.toLowerCase();
  if (row.avgPrice !== undefined && !isZero(row.executedQty)) fields.averagePrice = row.avgPrice;
  if (row.price !== undefined && row.type === 'LIMIT') fields.price = row.price;
  if (row.stopPrice !== undefined) fields.triggerPrice = row.stopPrice;
  const workingType = workingTypeOf(row.workingType);
  if (workingType !== undefined) fields.workingType = workingType;
  if (row.time !== undefined) fields.createdAtMs = clock.toOurs(row.time);
  if (row.updateTime !== undefined) fields.updatedAtMs = clock.toOurs(row.updateTime);
  return fields;
}

export const workingTypeOf = (text: string | undefined): WorkingType | undefined =>
  text === 'MARK_PRICE' || text === 'CONTRACT_PRICE' ? text : undefined;

/**
 * What the parts of a row say against each other: such a reading is no truth.
 * @param mayFillShort a closing order ends with what was left to close, which can be less than it asked for
 */
function contradictionOf(
  { status, origQty, executedQty }: OrderRow,
  meaning: OrderStatus,
  mayFillShort: boolean,
): string | undefined {
  if (gt(executedQty, origQty) && !isZero(origQty))
    return `executedQty ${executedQty} is more than origQty ${origQty}`;
  if (meaning === 'filled' && !eq(executedQty, origQty) && !mayFillShort)
    return `FILLED with executedQty ${executedQty} of ${origQty}`;
  if (status === 'PARTIALLY_FILLED' && isZero(executedQty)) return 'PARTIALLY_FILLED with executedQty 0';
  if (status === 'NEW' && !isZero(executedQty)) return `NEW with executedQty ${executedQty}`;
  return undefined;
}
