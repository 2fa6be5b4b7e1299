/** What drives prices: a feed tells the next step and how long to wait for it; the runner plays it. */
import type { Prices } from '../book/match.ts';
import type { FeedKind } from '../control/types.ts';
import type { Decimal } from '../../domain/decimal.ts';

export type FeedMove = {
  readonly symbol: string;
  readonly to: Prices;
  readonly path: 'walk' | 'jump';
  readonly traded?: Decimal;
};

export type Feed = {
  readonly kind: FeedKind;
  /** In steps as `position` counts them; absent where there is no end. */
  readonly length?: number;
  readonly position: () => number;
  /** A file that has not begun yet: its first step sets the price at once. */
  readonly begins: () => boolean;
  /** The next moves; `undefined` at the end. */
  readonly step: () => readonly FeedMove[] | undefined;
  /** Until the next step, at speed 1. */
  readonly delayMs: () => number;
  /** Of the last step; absent where the server clock is the market's time. */
  readonly marketTimeMs: () => number | undefined;
  /** All it needs to go on after a restart, stored with the books. */
  readonly state: () => Readonly<Record<string, unknown>>;
};

export function stillFeed(): Feed {
  return {
    kind: 'still',
    position: () => 0,
    begins: () => false,
    step: () => [],
    delayMs: () => 1_000,
    marketTimeMs: () => undefined,
    state: () => ({ kind: 'still' }),
  };
}
