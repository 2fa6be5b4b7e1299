/** BingX's position sides and our legs. */
import type { LegName, PositionMode } from '../../domain/terms.ts';

/** How an order names the leg it is for: BOTH is the one leg of one-way mode. */
export const positionSideOf: Record<LegName, 'LONG' | 'SHORT' | 'BOTH'> = {
  long: 'LONG',
  short: 'SHORT',
  net: 'BOTH',
};

type LegFields = { positionSide?: string | undefined; onlyOnePosition?: boolean | undefined };

/**
 * The leg that a row belongs to. In one-way mode rows come as BOTH, or as LONG and SHORT with
 * `onlyOnePosition`. Where neither the row nor the account says which mode it is, no leg is guessed:
 * a position put on the wrong leg would make the right one look flat.
 */
export function legOf(
  { positionSide, onlyOnePosition }: LegFields,
  mode: PositionMode | undefined,
): LegName | undefined {
  if (positionSide === 'BOTH' || mode === 'one-way' || (mode === undefined && onlyOnePosition === true))
    return 'net';
  if (mode === undefined && onlyOnePosition === undefined) return undefined;
  if (positionSide === 'LONG') return 'long';
  return positionSide === 'SHORT' ? 'short' : undefined;
}
