/**
 * Whether something sent as a reading of a leg is one. Signals can come from people, by hand: what is
 * malformed must be told apart before it reaches the state.
 */
import { isDecimal } from '../decimal.ts';
import type { ExchangeOrder, LegSnapshot } from '../exchange-truth.ts';

type Understood = 'symbol' | 'leg' | 'closePosition';

/** A reading as a leg is told it: what goes without saying of its orders may be left out. */
export type ToldSnapshot = Omit<LegSnapshot, 'orders'> & {
  orders: (Omit<ExchangeOrder, Understood> & Partial<Pick<ExchangeOrder, Understood>>)[];
};

type Fields = Record<string, unknown>;

export function isLegSnapshot(value: unknown): value is ToldSnapshot {
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

/** The reading as if all had been said. */
export const onLeg = (
  snapshot: ToldSnapshot,
  { symbol, leg }: Pick<ExchangeOrder, 'symbol' | 'leg'>,
): LegSnapshot => ({
  ...snapshot,
  orders: snapshot.orders.map((order) => ({ symbol, leg, closePosition: false, ...order })),
});

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
