/** How BingX writes figures and words. */
import { toPlaces } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Order } from '../../book/model.ts';
import type { PriceSource } from '../../control/types.ts';

export const MONEY_PLACES = 4;
export const AVERAGE_PLACES = 8;

export const workingTypeOf = (source: PriceSource): string =>
  ({ mark: 'MARK_PRICE', last: 'CONTRACT_PRICE', index: 'INDEX_PRICE' })[source];

export const positionSideOf = (order: Pick<Order, 'leg'>): string =>
  order.leg === 'net' ? 'BOTH' : order.leg.toUpperCase();

/** The decimals of a step: `"0.01"` has 2. */
export const placesOf = (step: Decimal): number => (step.split('.')[1] ?? '').replace(/0+$/, '').length;

export const money = (value: Decimal): Decimal => toPlaces(value, MONEY_PLACES);

/** Pads with zeros, as BingX does for prices. */
export function toFixed(value: Decimal, places: number): Decimal {
  const [whole = '0', fraction = ''] = toPlaces(value, places).split('.');
  return places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`;
}
