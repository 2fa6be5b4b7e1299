/** BingX's position rows as `ExchangePosition`. */
import { abs, isZero, lt } from '../../domain/decimal.ts';
import type { ExchangePosition } from '../../domain/exchange-truth.ts';
import type { Side } from '../../domain/terms.ts';
import { legOf } from './legs.ts';
import type { MappingContext } from './map-order.ts';
import { SKIP } from '../rows.ts';
import type { PositionRow } from './wire.ts';

/** The position; `SKIP` for a flat row; or what does not add up. */
export function toPosition(
  row: PositionRow,
  context: MappingContext,
): ExchangePosition | typeof SKIP | { problem: string } {
  if (isZero(row.positionAmt)) return SKIP;
  const leg = legOf(row, context.mode);
  const side = sideOf(row);
  if (!leg || !side) return { problem: `position side ${row.positionSide} with amount ${row.positionAmt}` };
  const position: ExchangePosition = {
    symbol: context.markets.symbolOf(row.symbol),
    leg,
    side,
    quantity: abs(row.positionAmt),
  };
  const openedAtMs = row.openTime ?? row.createTime;
  if (row.avgPrice !== undefined) position.entryPrice = row.avgPrice;
  if (row.positionId !== undefined) position.exchangePositionId = row.positionId;
  if (openedAtMs !== undefined) position.openedAtMs = context.clock.toOurs(openedAtMs);
  if (row.markPrice !== undefined) position.markPrice = row.markPrice;
  if (row.liquidationPrice !== undefined) position.liquidationPrice = row.liquidationPrice;
  if (row.unrealizedProfit !== undefined) position.unrealizedPnl = row.unrealizedProfit;
  if (row.leverage !== undefined) position.leverage = row.leverage;
  return position;
}

/** The named side; the sign decides only for BOTH. A long of a negative amount is nothing we understand. */
function sideOf({ positionSide, positionAmt }: PositionRow): Side | undefined {
  const negative = lt(positionAmt, '0');
  if (positionSide === 'SHORT') return 'short';
  if (positionSide === 'LONG') return negative ? undefined : 'long';
  return positionSide === 'BOTH' ? (negative ? 'short' : 'long') : undefined;
}
