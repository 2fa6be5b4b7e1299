/** Takes a reading of the whole account apart into legs. Pure. */
import type { AccountSnapshot, LegSnapshot } from '../../domain/exchange-truth.ts';
import type { LegName, Symbol } from '../../domain/terms.ts';

/** A leg of the one account that is being watched. */
export type LegId = { symbol: Symbol; leg: LegName };

/** A name for maps. */
export type LegKey = string;

export const legKey = ({ symbol, leg }: LegId): LegKey => `${symbol} ${leg}`;

export type LegReading = LegId & { snapshot: LegSnapshot };

/**
 * Every leg that has a position or an order, by key. Undefined where the reading contradicts itself:
 * two rows for one leg cannot both be the position.
 */
export function readingsOf(snapshot: AccountSnapshot): Map<LegKey, LegReading> | undefined {
  const readings = new Map<LegKey, LegReading>();
  const readingOf = (id: LegId): LegReading => {
    const known = readings.get(legKey(id));
    if (known) return known;
    const reading = absentReading(snapshot, id);
    readings.set(legKey(id), reading);
    return reading;
  };
  for (const position of snapshot.positions) {
    const reading = readingOf(position);
    if (reading.snapshot.position) return undefined;
    reading.snapshot = { ...reading.snapshot, position };
  }
  for (const order of snapshot.orders) readingOf(order).snapshot.orders.push(order);
  return readings;
}

/** A leg of which the reading says nothing: in a complete one, that it is flat and without orders. */
export function absentReading(snapshot: AccountSnapshot, { symbol, leg }: LegId): LegReading {
  const { positions: _positions, orders: _orders, ...rest } = snapshot;
  return { symbol, leg, snapshot: { ...rest, orders: [] } };
}
