/** Binance's position rows as `ExchangePosition`. Binance numbers no positions and dates no openings, only changes. */
import { abs, isZero, lt } from '../../domain/decimal.ts';
import type { ExchangePosition } from '../../domain/exchange-truth.ts';
import type { LegName, Side } from '../../domain/terms.ts';
import { SKIP } from '../rows.ts';
import { legOf } from './legs.ts';
import type { MappingContext } from './map-order.ts';
import type { PositionRow } from './wire.ts';

/** The position; `SKIP` for a flat row; or what does not add up. */
export function toPosition(
  row: PositionRow,
  { markets, clock }: MappingContext,
): ExchangePosition | typeof SKIP | { problem: string } {
  if (isZero(row.positionAmt)) return SKIP;
  const leg = legOf(row.positionSide);
  const side = leg && sideOf(leg, row);
  if (!leg || !side) return { problem: `position side ${row.positionSide} with amount ${row.positionAmt}` };
  const position: ExchangePosition = {
    symbol: markets.symbolOf(row.symbol),
    leg,
    side,
    quantity: abs(row.positionAmt),
  };
  if (row.entryPrice !== undefined) position.entryPrice = row.entryPrice;
  if (row.markPrice !== undefined) position.markPrice = row.markPrice;
  if (row.liquidationPrice !== undefined) position.liquidationPrice = row.liquidationPrice;
  if (row.unRealizedProfit !== undefined) position.unrealizedPnl = row.unRealizedProfit;
  if (row.updateTime !== undefined) position.changedAtMs = clock.toOurs(row.updateTime);
  if (row.leverage !== undefined) position.leverage = row.leverage;
  return position;
}

/** The amount of a short is negative; a long of a negative amount is nothing we understand. */
function sideOf(leg: LegName, { positionAmt }: PositionRow): Side | undefined {
  const negative = lt(positionAmt, '0');
  if (leg === 'net') return negative ? 'short' : 'long';
  if (leg === 'short') return negative ? 'short' : undefined;
  return negative ? undefined : 'long';
}
