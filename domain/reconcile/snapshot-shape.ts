/**
 * Whether something sent as a reading of a leg is one. Signals can come from people, by hand: what is
 * malformed must be told apart before it reaches the state.
 */
import { isDecimal } from '../decimal.ts';
import type { LegSnapshot } from '../exchange-truth.ts';

type Fields = Record<string, unknown>;

export function isLegSnapshot(value: unknown): value is LegSnapshot {
  if (!isFields(value)) return false;
  const { sequence, takenAtMs, readAtMs, complete, problems, position, orders } = value;
  return (
    [sequence, takenAtMs, readAtMs].every(Number.isFinite) &&
    typeof complete === 'boolean' &&
    Array.isArray(problems) &&
    (position === undefined || isPosition(position)) &&
    Array.isArray(orders) &&
    orders.every(isOrder)
  );
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPosition = (value: unknown): boolean =>
  isFields(value) &&
  typeof value['symbol'] === 'string' &&
  (value['side'] === 'long' || value['side'] === 'short') &&
  isDecimal(value['quantity']) &&
  optionalDecimals(value, ['entryPrice', 'markPrice', 'liquidationPrice', 'unrealizedPnl']);

const isOrder = (value: unknown): boolean =>
  isFields(value) &&
  typeof value['orderId'] === 'string' &&
  typeof value['status'] === 'string' &&
  isDecimal(value['quantity']) &&
  isDecimal(value['filledQuantity']) &&
  optionalDecimals(value, ['averagePrice', 'price', 'triggerPrice']);

const optionalDecimals = (fields: Fields, names: readonly string[]): boolean =>
  names.every((name) => fields[name] === undefined || isDecimal(fields[name]));
