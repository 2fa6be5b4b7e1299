/** Bybit's position rows as `ExchangePosition`. */
import { isPositive, isZero } from '../../domain/decimal.ts';
import type { ExchangePosition } from '../../domain/exchange-truth.ts';
import { SKIP } from '../rows.ts';
import { legOf, positionSideOf } from './legs.ts';
import type { MappingContext } from './map-order.ts';
import type { PositionRow } from './wire.ts';

/** The position; `SKIP` for a row of size zero, which Bybit gives for every leg of a symbol; or what does not add up. */
export function toPosition(
  row: PositionRow,
  { markets, clock }: MappingContext,
): ExchangePosition | typeof SKIP | { problem: string } {
  if (isZero(row.size)) return SKIP;
  const leg = legOf(row.positionIdx);
  const side = positionSideOf(row.side);
  if (!isPositive(row.size) || !side || (leg !== 'net' && leg !== side))
    return { problem: `side ${row.side} of size ${row.size} under index ${row.positionIdx}` };
  const position: ExchangePosition = {
    symbol: markets.symbolOf(row.symbol),
    leg,
    side,
    quantity: row.size,
  };
  if (row.avgPrice !== undefined) position.entryPrice = row.avgPrice;
  if (row.openTime !== undefined) position.openedAtMs = clock.toOurs(row.openTime);
  if (row.stopLoss !== undefined) position.stopLoss = row.stopLoss;
  if (row.takeProfit !== undefined) position.takeProfit = row.takeProfit;
  if (row.markPrice !== undefined) position.markPrice = row.markPrice;
  if (row.liqPrice !== undefined) position.liquidationPrice = row.liqPrice;
  if (row.unrealisedPnl !== undefined) position.unrealizedPnl = row.unrealisedPnl;
  if (row.leverage !== undefined) position.leverage = row.leverage;
  return position;
}
