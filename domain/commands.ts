/** What people and programs may ask of a position or an account. Shapes only. */
import type { Decimal } from './decimal.ts';
import type { ProtectionSpec } from './position/position.ts';
import type { LegName, Side, Symbol, WorkingType } from './terms.ts';

/** A protective price: absolute, or percent away from the entry price (`"1.5"` is 1.5 %). */
export type ProtectionPrice = ProtectionSpec;

/** What `openPosition` asks for. */
export type OpenPositionRequest = {
  symbol: Symbol;
  side: Side;
  /** Base units, a multiple of the lot. */
  quantity: Decimal;
  /** Limit price; absent for a market entry. */
  limitPrice?: Decimal;
  stopLoss?: ProtectionPrice;
  takeProfit?: ProtectionPrice;
  /** Default from the account's settings. */
  workingType?: WorkingType;
  /** The same id gives the same position, however often it is sent: for callers that retry. */
  requestId?: string;
};

/** Absent: leave as it is; `null`: take it away. */
export type SetProtectionRequest = {
  /** Default: every tranche. */
  trancheId?: string;
  stopLoss?: ProtectionPrice | null;
  takeProfit?: ProtectionPrice | null;
};

export type ClosePositionRequest = {
  /** Base units; absent: all of it. */
  quantity?: Decimal;
};

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
  stopLoss?: ProtectionPrice | null;
  takeProfit?: ProtectionPrice | null;
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
    | 'exchange_refused'
    | 'exchange_unreachable';
  text: string;
};
