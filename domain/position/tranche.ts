/**
 * A tranche: a part of a position with its own quantity, protection and entry. Plain JSON, as a position's
 * state keeps it; what people may ask for is in `commands.ts`.
 */
import type { Decimal } from '../decimal.ts';

/**
 * A protective price as it was asked for: absolute, or away from the entry price by percent or by quote
 * units. `atr`: the multiple of the average true range that the distance was read from.
 */
export type ProtectionSpec = { price: Decimal } | { percent: Decimal } | { distance: Decimal; atr?: Decimal };

/** One of several targets of a tranche: `share` percent of the tranche. */
export type TargetLevel = { id: string; at: ProtectionSpec; share: Decimal };

/** See `TrailingStop` in `commands.ts`; what was a multiple of the average true range is a distance here. */
export type TrailingSpec = {
  distance: { percent: Decimal } | { distance: Decimal; atr?: Decimal };
  activation?: ProtectionSpec;
  step?: { percent: Decimal } | { distance: Decimal };
};

/** The stop goes to the entry price, `offset` percent beyond it in the position's favour. */
export type BreakEvenSpec = {
  /** Once so many targets have filled, or once the price was there: absolute, or percent from the entry. */
  after: { targets: number } | { price: Decimal } | { percent: Decimal };
  offset?: Decimal;
};

/** When a position is closed, whatever its price: at a time, or so long after its first fill. */
export type TimeExit = { at: string } | { afterMinutes: number };

/** An entry that shows only a part of itself: slices of `visible` until `total` has filled. Base units. */
export type IcebergEntry = { total: Decimal; visible: Decimal; limitPrice: Decimal };

export type Tranche = {
  id: string;
  stopLoss: ProtectionSpec | null;
  takeProfit: ProtectionSpec | null;
  /** Several targets, nearest first, in the place of `takeProfit`. */
  targets?: TargetLevel[];
  trailing?: TrailingSpec;
  breakEven?: BreakEvenSpec;
  /** The best price that the trailing stop has followed; absent: it has not begun. Only ever improves. */
  trailedTo?: Decimal;
  /** The price of `breakEven` was reached. */
  breakEvenReached?: true;
  /** The price went so far in its favour that it may be merged. */
  profitable?: true;
  /** What is left to enter, slice after slice; absent: nothing. */
  iceberg?: IcebergEntry;
  /** The request that added it. */
  requestId?: string;
  /** The requests that added what was merged into it; the newest ones. */
  mergedRequestIds?: string[];
  /** All of it is closed, and the account need not reserve for it. */
  over?: true;
};

/** What the account reserved for a tranche is to be freed. */
export type RefusedTranche = {
  requestId: string;
  epoch: string;
  reason: string;
  tellAtMs: number;
  attempts: number;
};
