/** What Bybit asks of an order beside what all exchanges do. */
import type { PlacingRules } from '../../book/rules.ts';

export const RULES: PlacingRules = {
  clientIds: 'ever',
  conditional: 'fits-when-placed',
  oversizedReduceOnly: 'shrink',
  reduceOnlyInHedge: 'take',
  wholePositionStops: 'any',
  takingPostOnly: 'cancel',
};
