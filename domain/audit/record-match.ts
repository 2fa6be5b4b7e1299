/**
 * An older bot's record of a trade, and the exchange's row of it: by position id; where the record has
 * none, by entry price, quantity and entry time, and only when exactly one row fits. Never by order id:
 * a bot that took an order's id for the position's lost a trade over it.
 */
import type { Decimal } from '../decimal.ts';
import type { ClosedPosition } from '../exchange-truth.ts';
import { isSameEntryPrice, isSameEntryTime, isSameQuantity } from '../reconcile/likeness.ts';
import type { MarketRules, Side, Symbol } from '../terms.ts';

/** What a record says; null: it does not, or not in a way that can be read. */
export type TradeRecord = {
  symbol: Symbol;
  side: Side | null;
  /** Base units. */
  quantity: Decimal | null;
  entryPrice: Decimal | null;
  /** Epoch ms of the exchange's clock, or near enough to it. */
  entryAtMs: number | null;
  entryOrderId: string | null;
  exchangePositionId: string | null;
};

export type RecordMatch =
  | { match: 'one'; row: ClosedPosition; by: 'position id' | 'price, quantity and time' }
  | { match: 'none'; why: string }
  | { match: 'many'; rows: ClosedPosition[] };

export function matchRecord(
  record: TradeRecord,
  rows: readonly ClosedPosition[],
  market: MarketRules,
): RecordMatch {
  const whole = rows.filter((row) => row.whole && row.symbol === record.symbol);
  const alike = whole.filter((row) => isAlike(record, row, market));
  if (record.exchangePositionId === null) return byLikeness(record, alike);
  const named = whole.filter((row) => row.exchangePositionId === record.exchangePositionId);
  const [only, second] = named;
  if (only && second) return { match: 'many', rows: named };
  if (only) return { match: 'one', row: only, by: 'position id' };
  // Where the exchange has no ids of positions, a record cannot have got one from it.
  if (whole.every((row) => row.exchangePositionId === undefined)) return byLikeness(record, alike);
  const [twin] = alike;
  const hint = twin?.exchangePositionId
    ? `; ${twin.exchangePositionId} has its price, quantity and time: name that one if it is meant`
    : '';
  return { match: 'none', why: `no closed position has the id ${record.exchangePositionId}${hint}` };
}

function byLikeness(record: TradeRecord, alike: ClosedPosition[]): RecordMatch {
  const missing = [
    ...(record.entryPrice === null ? ['entry price'] : []),
    ...(record.quantity === null ? ['quantity'] : []),
    ...(record.entryAtMs === null ? ['entry time'] : []),
  ];
  if (missing.length > 0)
    return { match: 'none', why: `it names no position id and no ${missing.join(', no ')} to find it by` };
  const [only, second] = alike;
  if (!only) return { match: 'none', why: 'no closed position has its entry price, quantity and entry time' };
  return second
    ? { match: 'many', rows: alike }
    : { match: 'one', row: only, by: 'price, quantity and time' };
}

function isAlike(
  { side, quantity, entryPrice, entryAtMs }: TradeRecord,
  row: ClosedPosition,
  market: MarketRules,
): boolean {
  if (side !== null && side !== row.side) return false;
  if (quantity === null || entryPrice === null || entryAtMs === null) return false;
  return (
    row.entryPrice !== undefined &&
    row.openedAtMs !== undefined &&
    isSameEntryPrice(row.entryPrice, entryPrice, market) &&
    isSameQuantity(row.quantity, quantity, market) &&
    isSameEntryTime(row.openedAtMs, entryAtMs)
  );
}
