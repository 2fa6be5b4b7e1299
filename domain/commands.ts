/** What people and programs may ask of a position or an account. Shapes only. */
import type { Decimal } from './decimal.ts';
import type { BreakEvenSpec, ProtectionSpec, TimeExit } from './position/tranche.ts';
import type { LegName, Side, Symbol, WorkingType } from './terms.ts';

export type { BreakEvenSpec, TimeExit } from './position/tranche.ts';

/**
 * A protective price: absolute; or away from the entry price by percent (`"1.5"` is 1.5 %), by a distance
 * in quote units, or by a multiple of the average true range of the last candles.
 */
export type ProtectionPrice = ProtectionSpec | Volatility;

/** A multiple of the average true range; it is a distance once it has been read. */
export type Volatility = { atr: Decimal };

/** One of several targets: a price, and the percent of the tranche that is to be closed there. */
export type TakeProfitLevel = { at: ProtectionPrice; share: Decimal };

/** A stop that follows the price in its favour, and never goes back. */
export type TrailingStop = {
  /** Behind the best price. */
  distance: { percent: Decimal } | { distance: Decimal } | Volatility;
  /** It follows from here on; absent: from the entry on. */
  activation?: ProtectionPrice;
  /** The best price must rise (fall) by as much before the stop is moved; absent: a tenth of the distance. */
  step?: { percent: Decimal } | { distance: Decimal };
};

/** How a part of a position is to be protected. Absent: the configured default; `null`: not at all. */
export type ProtectionWish = {
  stopLoss?: ProtectionPrice | null;
  takeProfit?: ProtectionPrice | null;
  /** Several targets, nearest first, instead of `takeProfit`. What the shares leave runs without one. */
  takeProfitLevels?: TakeProfitLevel[] | null;
  trailing?: TrailingStop | null;
  breakEven?: BreakEvenSpec | null;
};

/** What an entry gets besides symbol and side. */
export type EntryTerms = {
  /** Base units, a multiple of the lot. */
  quantity: Decimal;
  /** Limit price; absent for a market entry. */
  limitPrice?: Decimal;
  /** Of a limit entry, only so much shows in the book at a time: slice after slice. Base units. */
  visibleQuantity?: Decimal;
};

/** What `openPosition` asks for. `null`: without what is configured. */
export type OpenPositionRequest = EntryTerms &
  ProtectionWish & {
    symbol: Symbol;
    side: Side;
    timeExit?: TimeExit | null;
    /** Default from the account's settings. */
    workingType?: WorkingType;
    /** Default from the account's settings. */
    instantTp?: boolean;
    /** The same id gives the same position, however often it is sent: for callers that retry. */
    requestId?: string;
  };

/**
 * Absent: leave as it is; `null`: take it away. A stop that is set by hand holds: it ends trailing and
 * break-even, unless they are named again.
 */
export type SetProtectionRequest = ProtectionWish & {
  /** Default: every tranche. */
  trancheId?: string;
  /** Of the whole position. */
  timeExit?: TimeExit | null;
};

export type ClosePositionRequest = {
  /** Base units; absent: all of it. */
  quantity?: Decimal;
  /** Out of this tranche only. */
  trancheId?: string;
  /** At this price or better, resting until it fills; absent: at market. */
  limitPrice?: Decimal;
};

/** More of an open position, as a part of its own with its own protection. */
export type AddTrancheRequest = EntryTerms &
  Omit<ProtectionWish, 'stopLoss' | 'takeProfit'> & {
    symbol: Symbol;
    leg: LegName;
    stopLoss?: ProtectionPrice | null;
    takeProfit?: ProtectionPrice | null;
    /** The same id adds once, however often it is sent. */
    requestId?: string;
  };

/** Several tranches become one. */
export type MergeTranchesRequest = {
  /** Default: all of them. */
  trancheIds?: string[];
  /** The one that the others become part of, and whose protection holds for all; default: the oldest. */
  into?: string;
  /** Instead of that tranche's own; the stop may be no looser than the tightest one merged. */
  stopLoss?: ProtectionPrice;
  takeProfit?: ProtectionPrice;
};

/** Takes back orders that rest: what is left of an entry, closes at a limit. Protection is `SetProtectionRequest`. */
export type CancelOrdersRequest = {
  /** Default: both. */
  roles?: ('entry' | 'close')[];
  trancheId?: string;
};

/** Somebody heard of a fill of the entry: looked up, never believed. */
export type EntryFillRequest = { orderId?: string };

/**
 * What becomes of a position on the exchange that no workflow keeps. `ignore`: it only counts towards
 * the limits; `watch`: it is kept and journalled, no order is ever placed for it; `protect`: a stop or
 * target that is missing is placed, orders that rest already are left alone; `manage`: those are taken
 * over, and it is kept as one that was opened here.
 */
export type AdoptionPolicy = 'ignore' | 'watch' | 'protect' | 'manage';

/** What is absent is taken from the exchange's orders, else from the configuration. */
export type AdoptRequest = {
  symbol: Symbol;
  leg: LegName;
  policy?: Exclude<AdoptionPolicy, 'ignore'>;
  stopLoss?: ProtectionSpec | null;
  takeProfit?: ProtectionSpec | null;
  /** The order that opened it, where an earlier bot's records name it. */
  entryOrderId?: string;
  /** When it was opened, epoch ms of the exchange's clock, where anybody knows. */
  openedAtMs?: number;
  /** The same id gives the same position, however often it is sent. */
  requestId?: string;
};

/** A price level of this position was crossed; `crossingId` makes a repeat harmless. */
export type PriceCrossing = {
  crossingId: string;
  levelId: string;
  generation: number;
  price: Decimal;
  atMs: number;
};

/** Why something asked for is not done: a stable code and a sentence that says what to do. */
export type Refusal = {
  code:
    | 'bad_request'
    | 'closing'
    | 'wrong_side'
    | 'off_tick'
    | 'off_lot'
    | 'under_minimum'
    | 'over_maximum'
    | 'no_position'
    | 'paused'
    | 'halted'
    | 'leg_busy'
    | 'max_open_positions'
    | 'max_notional_per_position'
    | 'max_notional_total'
    | 'max_orders'
    | 'equity_floor'
    | 'daily_loss'
    | 'symbol_not_allowed'
    | 'unknown_symbol'
    | 'position_mode'
    | 'unknown_tranche'
    | 'no_volatility'
    | 'exchange_refused'
    | 'exchange_unreachable';
  text: string;
};
