/** Binance's position sides and our legs: BOTH is the one leg of one-way mode. Every row names its side. */
import type { LegName } from '../../domain/terms.ts';

export const positionSideOf: Record<LegName, 'LONG' | 'SHORT' | 'BOTH'> = {
  long: 'LONG',
  short: 'SHORT',
  net: 'BOTH',
};

const LEGS: Record<string, LegName> = { LONG: 'long', SHORT: 'short', BOTH: 'net' };

/** `undefined` where the row names no side: a leg is never guessed, the right one would look flat. */
export const legOf = (positionSide: string | undefined): LegName | undefined =>
  positionSide === undefined ? undefined : LEGS[positionSide];
