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

export const money = (value: Decimal): Decimal => toPlaces(value, MONEY_PLACES);
