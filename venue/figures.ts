/** How every exchange writes figures: fixed decimals. */
import { toPlaces } from '../domain/decimal.ts';
import type { Decimal } from '../domain/decimal.ts';

/** The decimals of a step: `"0.01"` has 2. */
export const placesOf = (step: Decimal): number => (step.split('.')[1] ?? '').replace(/0+$/, '').length;

/** Padded with zeros: `("1.5", 3)` is `"1.500"`. */
export function toFixed(value: Decimal, places: number): Decimal {
  const [whole = '0', fraction = ''] = toPlaces(value, places).split('.');
  return places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`;
}
