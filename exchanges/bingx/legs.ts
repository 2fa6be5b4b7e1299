/** BingX's position sides and our legs. */
import type { LegName, PositionMode } from '../../domain/terms.ts';

/** How an order names the leg it is for: BOTH is the one leg of one-way mode. */
export const positionSideOf: Record<LegName, 'LONG' | 'SHORT' | 'BOTH'> = { long: 'LONG', short: 'SHORT', net: 'BOTH' };

type LegFields = { positionSide?: string | undefined; onlyOnePosition?: boolean | undefined };

/**
 * The leg that a row belongs to. In one-way mode rows come as BOTH, or as LONG and SHORT with
 * `onlyOnePosition`; where that field is missing, the account's mode decides.
 */
export function legOf({ positionSide, onlyOnePosition }: LegFields, mode: PositionMode | undefined): LegName | undefined {
  if (positionSide === 'BOTH' || onlyOnePosition === true || mode === 'one-way') return 'net';
  if (positionSide === 'LONG') return 'long';
  return positionSide === 'SHORT' ? 'short' : undefined;
}
