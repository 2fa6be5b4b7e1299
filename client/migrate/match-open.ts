/**
 * Which records tell of a position that is open. Surely: by position id, by a stop or target of theirs that
 * rests, or by entry price and quantity. Perhaps: by symbol and side, when nothing tells another position.
 */
import { isPositive, sum } from '../../domain/decimal.ts';
import type { AccountSnapshot, ExchangePosition } from '../../domain/exchange-truth.ts';
import { isSameEntryPrice, isSameQuantity } from '../../domain/reconcile/likeness.ts';
import type { MarketRules } from '../../domain/terms.ts';
import type { BotRecord } from './record.ts';

/** Those that tell of the position; of several that only may, all or none, as they are parts of it or not. */
export function recordsOf(
  position: ExchangePosition,
  records: readonly BotRecord[],
  snapshot: AccountSnapshot,
  market: MarketRules,
  closed: ReadonlySet<BotRecord>,
): BotRecord[] {
  const ofLeg = records.filter((record) => isOfLeg(record, position, snapshot));
  const sure = ofLeg.filter((record) => isSurely(record, position, snapshot, market));
  const others = ofLeg.filter(
    (record) => !sure.includes(record) && !closed.has(record) && mayBe(record, position),
  );
  if (sure.length === 0) return others;
  // Tranches of one position: they add up to it together, and no smaller number of them does.
  return isWhole(sure, position, market) || !isWhole([...sure, ...others], position, market)
    ? sure
    : [...sure, ...others];
}

function isOfLeg(record: BotRecord, position: ExchangePosition, { positions }: AccountSnapshot): boolean {
  if (record.symbol !== position.symbol) return false;
  if (record.side !== null) return record.side === position.side;
  return positions.filter(({ symbol }) => symbol === record.symbol).length === 1;
}

function isSurely(
  record: BotRecord,
  position: ExchangePosition,
  snapshot: AccountSnapshot,
  market: MarketRules,
): boolean {
  if (isAnother(record, position)) return false;
  if (record.exchangePositionId !== null && record.exchangePositionId === position.exchangePositionId)
    return true;
  if (liveOrders(record, position, snapshot).length > 0) return true;
  const { quantity, entryPrice } = record;
  return (
    quantity !== null &&
    entryPrice !== null &&
    position.entryPrice !== undefined &&
    isSameQuantity(quantity, position.quantity, market) &&
    isSameEntryPrice(entryPrice, position.entryPrice, market)
  );
}

/** The record's stop and target that rest on the leg. */
export const liveOrders = (
  { stopOrderId, targetOrderId }: Pick<BotRecord, 'stopOrderId' | 'targetOrderId'>,
  { symbol, leg }: Pick<ExchangePosition, 'symbol' | 'leg'>,
  { orders }: AccountSnapshot,
) =>
  orders.filter(
    (order) =>
      order.symbol === symbol &&
      order.leg === leg &&
      (order.orderId === stopOrderId || order.orderId === targetOrderId),
  );

const isAnother = (record: BotRecord, { exchangePositionId }: ExchangePosition): boolean =>
  record.exchangePositionId !== null &&
  exchangePositionId !== undefined &&
  record.exchangePositionId !== exchangePositionId;

/** One that says neither how much nor at what price could be of any position ever held. */
const mayBe = (record: BotRecord, position: ExchangePosition): boolean =>
  !isAnother(record, position) && (record.quantity !== null || record.entryPrice !== null);

/** Undefined where a record does not say how much. */
export function quantityOf(records: readonly BotRecord[]): string | undefined {
  const known = records.flatMap(({ quantity }) => quantity ?? []);
  const total = sum(known);
  return known.length === records.length && isPositive(total) ? total : undefined;
}

function isWhole(
  records: readonly BotRecord[],
  { quantity }: ExchangePosition,
  market: MarketRules,
): boolean {
  const total = quantityOf(records);
  return total !== undefined && isSameQuantity(total, quantity, market);
}
