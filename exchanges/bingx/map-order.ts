/** BingX's order rows as `ExchangeOrder`, of every list and of the single lookup alike. */
import { eq, gt, isZero, parseDecimal, type Decimal } from '../../domain/decimal.ts';
import type { ExchangeOrder, OrderStatus } from '../../domain/exchange-truth.ts';
import type { OrderKind, OrderSide, PositionMode } from '../../domain/terms.ts';
import type { ExchangeClock } from '../ccxt/clock.ts';
import { onlyReduces } from '../market-rules.ts';
import { legOf } from './legs.ts';
import type { Markets } from '../market-list.ts';
import type { OrderRow } from './wire.ts';

const STATUSES: Record<string, OrderStatus> = {
  NEW: 'open',
  PENDING: 'open',
  PARTIALLY_FILLED: 'open',
  RUNNING: 'open',
  WORKING: 'open',
  TRIGGERED: 'open',
  FILLED: 'filled',
  CANCELED: 'cancelled',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
  FAILED: 'rejected',
  REJECTED: 'rejected',
};

const KINDS: Record<string, OrderKind> = {
  MARKET: 'market',
  LIMIT: 'limit',
  STOP_MARKET: 'stop_market',
  TAKE_PROFIT_MARKET: 'take_profit_market',
};

export type MappingContext = {
  markets: Pick<Markets, 'symbolOf'>;
  clock: Pick<ExchangeClock, 'toOurs'>;
  /** The account's mode, where it is known. */
  mode?: PositionMode | undefined;
  /** The rows are of a list that holds open orders only. */
  listsOpen?: boolean;
};

/** The order, or what does not add up in its row. */
export function toOrder(row: OrderRow, context: MappingContext): ExchangeOrder | { problem: string } {
  const status = isSpent(row, context) ? 'expired' : (STATUSES[row.status] ?? foreignStatus(row, context));
  const leg = legOf(row, context.mode);
  const filledQuantity = filledOf(row);
  if (!status) return { problem: `unknown status ${row.status}` };
  if (!leg) return { problem: 'no position side' };
  if (row.origQty === undefined && !row.closePosition) return { problem: 'no quantity' };
  if (filledQuantity === undefined) return { problem: 'executedQty is no number' };
  const quantity = row.origQty ?? '0';
  const side: OrderSide = row.side === 'BUY' ? 'buy' : 'sell';
  // In hedge mode the side says it; BingX leaves the flag out there.
  const reduceOnly = row.reduceOnly || row.closePosition || onlyReduces(leg, side);
  const mayFillShort = reduceOnly || isConditional(row);
  const contradiction = contradictionOf(row, { status, quantity, filled: filledQuantity, mayFillShort });
  if (contradiction) return { problem: contradiction };
  return {
    orderId: row.orderId,
    symbol: context.markets.symbolOf(row.symbol),
    leg,
    side,
    kind: KINDS[row.type] ?? 'other',
    status,
    quantity,
    filledQuantity,
    reduceOnly,
    closePosition: row.closePosition,
    ...optionalFields(row, filledQuantity, context),
  };
}

type OptionalFields = Pick<
  ExchangeOrder,
  | 'clientOrderId'
  | 'triggeredBy'
  | 'averagePrice'
  | 'price'
  | 'triggerPrice'
  | 'workingType'
  | 'createdAtMs'
  | 'updatedAtMs'
>;

function optionalFields(row: OrderRow, filledQuantity: Decimal, { clock }: MappingContext): OptionalFields {
  const clientOrderId = (row.clientOrderId || row.clientOrderID || '').toLowerCase();
  const fields: OptionalFields = {};
  if (clientOrderId !== '') fields.clientOrderId = clientOrderId;
  if (row.triggerOrderId !== undefined) fields.triggeredBy = row.triggerOrderId;
  if (row.avgPrice !== undefined && !isZero(filledQuantity)) fields.averagePrice = row.avgPrice;
  if (row.price !== undefined && row.type === 'LIMIT') fields.price = row.price;
  if (row.stopPrice !== undefined) fields.triggerPrice = row.stopPrice;
  if (row.workingType === 'MARK_PRICE' || row.workingType === 'CONTRACT_PRICE')
    fields.workingType = row.workingType;
  if (row.time !== undefined) fields.createdAtMs = clock.toOurs(row.time);
  if (row.updateTime !== undefined) fields.updatedAtMs = clock.toOurs(row.updateTime);
  return fields;
}

const isConditional = ({ type }: OrderRow): boolean =>
  type === 'STOP_MARKET' || type === 'TAKE_PROFIT_MARKET';

/** Longer than this an order is not on its way from its trigger to its execution: another one executes it. */
const TRIGGERED_MS = 3_000;

/** Triggered, and since then nothing: its own part is over. */
function isSpent({ status, updateTime }: OrderRow, { clock, listsOpen }: MappingContext): boolean {
  return (
    status === 'TRIGGERED' && listsOpen !== true && Date.now() - clock.toOurs(updateTime ?? 0) > TRIGGERED_MS
  );
}

/** Somebody's exotic order in the list of open orders is open, whatever BingX calls its state: it must not blind us. */
const foreignStatus = ({ type }: OrderRow, { listsOpen }: MappingContext): OrderStatus | undefined =>
  listsOpen === true && KINDS[type] === undefined ? 'open' : undefined;

/** A waiting order's row may leave the executed quantity blank; `null` or a word is a broken row. */
function filledOf({ executedQty, status }: OrderRow): Decimal | undefined {
  if (executedQty === '' && (status === 'NEW' || status === 'PENDING')) return '0';
  return parseDecimal(executedQty);
}

type Amounts = {
  status: OrderStatus;
  quantity: Decimal;
  filled: Decimal;
  /**
   * A closing order ends with what was left to close, which can be less than it asked for; and one that
   * waited for a price can leave its execution to a market order of its own (`triggerOrderId`).
   */
  mayFillShort: boolean;
};

/** What the parts of a row say against each other: such a reading is no truth. */
function contradictionOf(
  row: OrderRow,
  { status, quantity, filled, mayFillShort }: Amounts,
): string | undefined {
  if (row.closePosition) return undefined;
  if (gt(filled, quantity)) return `executedQty ${filled} is more than origQty ${quantity}`;
  if (status === 'filled' && !eq(filled, quantity) && !mayFillShort)
    return `FILLED with executedQty ${filled} of ${quantity}`;
  if (row.status === 'PARTIALLY_FILLED' && isZero(filled)) return 'PARTIALLY_FILLED with executedQty 0';
  if (row.status === 'NEW' && !isZero(filled)) return `NEW with executedQty ${filled}`;
  return undefined;
}
