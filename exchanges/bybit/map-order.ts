/** Bybit's order rows as `ExchangeOrder`, of the live list and of the history alike. */
import { eq, gt, isZero, ZERO } from '../../domain/decimal.ts';
import type { ExchangeOrder, OrderStatus } from '../../domain/exchange-truth.ts';
import { isConditional, type OrderKind, type WorkingType } from '../../domain/terms.ts';
import type { ExchangeClock } from '../ccxt/clock.ts';
import { onlyReduces } from '../market-rules.ts';
import type { Markets } from '../market-list.ts';
import { legOf } from './legs.ts';
import type { OrderRow } from './wire.ts';

export type MappingContext = {
  markets: Pick<Markets, 'symbolOf'>;
  clock: Pick<ExchangeClock, 'toOurs'>;
  /** The rows are of a list that holds open orders only. */
  listsOpen?: boolean;
};

/** `Triggered` lasts a moment between waiting and working: nothing is filled by it. */
const STATUSES: Record<string, OrderStatus> = {
  New: 'open',
  PartiallyFilled: 'open',
  Untriggered: 'open',
  Triggered: 'open',
  Filled: 'filled',
  Cancelled: 'cancelled',
  PartiallyFilledCanceled: 'cancelled',
  Deactivated: 'cancelled',
  Rejected: 'rejected',
};

/** The order, or what does not add up in its row. */
export function toOrder(row: OrderRow, context: MappingContext): ExchangeOrder | { problem: string } {
  // Somebody's order in a state that nobody documented is open where only open ones are listed: it must not blind us.
  const status = STATUSES[row.orderStatus] ?? (context.listsOpen === true ? 'open' : undefined);
  if (!status) return { problem: `unknown status ${row.orderStatus}` };
  const leg = legOf(row.positionIdx);
  const side = row.side === 'Buy' ? 'buy' : 'sell';
  const kind = kindOf(row);
  const closePosition = closesAll(row);
  const reduceOnly = row.reduceOnly || closePosition || onlyReduces(leg, side);
  const filledQuantity = row.cumExecQty ?? (waits(row) ? ZERO : undefined);
  const quantity = row.qty ?? (closePosition ? ZERO : undefined);
  if (filledQuantity === undefined) return { problem: 'cumExecQty is no number' };
  if (quantity === undefined) return { problem: 'qty is no number' };
  const order: ExchangeOrder = {
    orderId: row.orderId,
    symbol: context.markets.symbolOf(row.symbol),
    leg,
    side,
    kind,
    status,
    quantity,
    filledQuantity,
    reduceOnly,
    closePosition,
    ...optionalFields(row, filledQuantity, context),
  };
  const problem = contradictionOf(row, order);
  return problem === undefined ? order : { problem };
}

type OptionalFields = Pick<
  ExchangeOrder,
  'clientOrderId' | 'averagePrice' | 'price' | 'triggerPrice' | 'workingType' | 'createdAtMs' | 'updatedAtMs'
>;

function optionalFields(row: OrderRow, filled: string, { clock }: MappingContext): OptionalFields {
  const fields: OptionalFields = {};
  const workingType = WORKING_TYPES[row.triggerBy ?? ''];
  if (row.orderLinkId !== undefined) fields.clientOrderId = row.orderLinkId.toLowerCase();
  if (row.avgPrice !== undefined && !isZero(filled)) fields.averagePrice = row.avgPrice;
  if (row.price !== undefined && row.orderType === 'Limit') fields.price = row.price;
  if (row.triggerPrice !== undefined) fields.triggerPrice = row.triggerPrice;
  if (row.triggerPrice !== undefined && workingType) fields.workingType = workingType;
  if (row.createdTime !== undefined) fields.createdAtMs = clock.toOurs(row.createdTime);
  if (row.updatedTime !== undefined) fields.updatedAtMs = clock.toOurs(row.updatedTime);
  return fields;
}

const WORKING_TYPES: Record<string, WorkingType> = { LastPrice: 'CONTRACT_PRICE', MarkPrice: 'MARK_PRICE' };

const STOPS: readonly string[] = ['StopLoss', 'PartialStopLoss'];
const TARGETS: readonly string[] = ['TakeProfit', 'PartialTakeProfit'];

/** A plain conditional order is a stop where it follows the price, a target where it waits for a turn. */
function kindOf({
  orderType,
  stopOrderType,
  side,
  triggerDirection,
  triggerPrice,
}: OrderRow): OrderKind | 'other' {
  const type = stopOrderType === undefined || stopOrderType === 'UNKNOWN' ? undefined : stopOrderType;
  if (type === undefined && triggerPrice === undefined)
    return orderType === 'Market' ? 'market' : orderType === 'Limit' ? 'limit' : 'other';
  if (orderType !== 'Market') return 'other';
  if (type !== undefined && STOPS.includes(type)) return 'stop_market';
  if (type !== undefined && TARGETS.includes(type)) return 'take_profit_market';
  if (type !== undefined && type !== 'Stop') return 'other';
  if (triggerDirection === RISES) return side === 'Buy' ? 'stop_market' : 'take_profit_market';
  return triggerDirection === FALLS ? (side === 'Sell' ? 'stop_market' : 'take_profit_market') : 'other';
}

const RISES = '1';
const FALLS = '2';

/** A stop or target that belongs to the position itself closes whatever it holds by then. */
function closesAll({ stopOrderType, tpslMode, qty, closeOnTrigger, reduceOnly }: OrderRow): boolean {
  const ofPosition =
    stopOrderType === 'StopLoss' || stopOrderType === 'TakeProfit' || stopOrderType === 'TrailingStop';
  return (
    (ofPosition && tpslMode === 'Full') ||
    (qty !== undefined && isZero(qty) && (closeOnTrigger || reduceOnly))
  );
}

const waits = ({ orderStatus }: OrderRow): boolean => orderStatus === 'New' || orderStatus === 'Untriggered';

/** What the parts of a row say against each other: such a reading is no truth. */
function contradictionOf(row: OrderRow, order: ExchangeOrder): string | undefined {
  const { filledQuantity, quantity, closePosition, reduceOnly, kind, status } = order;
  if (closePosition) return undefined;
  // A closing order ends with what was left to close, which can be less than it asked for.
  const mayFillShort = reduceOnly || isConditional({ kind });
  if (gt(filledQuantity, quantity)) return `cumExecQty ${filledQuantity} is more than qty ${quantity}`;
  if (status === 'filled' && !eq(filledQuantity, quantity) && !mayFillShort)
    return `Filled with cumExecQty ${filledQuantity} of ${quantity}`;
  if (row.orderStatus === 'PartiallyFilled' && isZero(filledQuantity))
    return 'PartiallyFilled with cumExecQty 0';
  if (waits(row) && !isZero(filledQuantity)) return `${row.orderStatus} with cumExecQty ${filledQuantity}`;
  return undefined;
}
