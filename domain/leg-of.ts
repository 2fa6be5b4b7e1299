/** The part of an account's reading that concerns one leg. */
import type { AccountSnapshot, LegSnapshot } from './exchange-truth.ts';
import type { Leg } from './terms.ts';

type Named = Pick<Leg, 'symbol' | 'leg'>;

export function legOf({ positions, orders, ...reading }: AccountSnapshot, of: Named): LegSnapshot {
  const isOf = ({ symbol, leg }: Named): boolean => symbol === of.symbol && leg === of.leg;
  const position = positions.find(isOf);
  return { ...reading, ...(position && { position }), orders: orders.filter(isOf) };
}
