/**
 * What an exchange says, in the project's own terms: the shapes that gateways produce and the
 * position reconciles against. Every time here is of the gateway's clock (the process that made the
 * call), never of the workflow's: the two are only ever compared with themselves.
 */
import type { Decimal } from './decimal.ts';
import type { LegName, OrderKind, OrderSide, Side, Symbol, WorkingType } from './terms.ts';

/** One order to be sent. Everything is fixed before the call, so a repeat is the same order. */
export type OrderRequest = {
  /** At most 32 characters of a-z and 0-9; see `ids.ts`. */
  clientOrderId: string;
  symbol: Symbol;
  leg: LegName;
  side: OrderSide;
  kind: OrderKind;
  /** Base units, a multiple of the lot. */
  quantity: Decimal;
  /** Limit price; only for `limit`. */
  price?: Decimal;
  /** Trigger price; only for `stop_market` and `take_profit_market`. */
  triggerPrice?: Decimal;
  workingType?: WorkingType;
  /** True for every order that closes: it may never open or add. */
  reduceOnly: boolean;
};

/** Why an exchange definitely did not take an order. */
export type RefusalKind =
  | 'would_trigger' // a stop or target on the wrong side of the price
  | 'no_position' // nothing there to reduce
  | 'protection_exists' // the exchange allows only one such order per position
  | 'quantity_locked' // other orders hold the quantity that this one wants to close
  | 'insufficient_funds'
  | 'rule' // tick, lot, minimum, leverage, limits of the market
  | 'rate_limited' // not accepted; the same order may be sent again later
  | 'position_mode'
  | 'credentials'
  | 'clock'
  | 'other';

/** How a placement ended. Anything but a definite answer is `unknown`, and is looked up. */
export type PlaceOutcome =
  | { outcome: 'accepted'; orderId: string; sentAtMs: number; answeredAtMs: number }
  | {
      outcome: 'refused';
      kind: RefusalKind;
      code?: string;
      reason: string;
      sentAtMs: number;
      answeredAtMs: number;
      retryAfterMs?: number;
    }
  | { outcome: 'unknown'; reason: string; sentAtMs: number; answeredAtMs: number };

/** How a cancellation ended. `gone`: the exchange knows no such open order, so look it up. */
export type CancelOutcome =
  | { outcome: 'cancelled'; answeredAtMs: number }
  | { outcome: 'gone'; reason: string; answeredAtMs: number }
  | { outcome: 'unknown'; reason: string; answeredAtMs: number; retryAfterMs?: number };

export type OrderStatus = 'open' | 'filled' | 'cancelled' | 'expired' | 'rejected';

/** An order as the exchange tells it. */
export type ExchangeOrder = {
  orderId: string;
  /** Lower-case; absent where the exchange gives none (BingX conditional orders). */
  clientOrderId?: string;
  symbol: Symbol;
  leg: LegName;
  side: OrderSide;
  /** `other`: a type that Holdfast never places (trailing, TWAP, limit stops, ...). */
  kind: OrderKind | 'other';
  status: OrderStatus;
  /** `'0'` for an order that closes the whole position without naming a quantity. */
  quantity: Decimal;
  filledQuantity: Decimal;
  averagePrice?: Decimal;
  price?: Decimal;
  triggerPrice?: Decimal;
  workingType?: WorkingType;
  reduceOnly: boolean;
  /** Closes whatever the leg holds when it triggers. */
  closePosition: boolean;
  /** The conditional order that this one carries out, where the exchange makes a new one for it. */
  triggeredBy?: string;
  createdAtMs?: number;
  updatedAtMs?: number;
};

/** An open position as the exchange tells it; a flat leg has no such row. */
export type ExchangePosition = {
  symbol: Symbol;
  leg: LegName;
  side: Side;
  /** Positive, base units. */
  quantity: Decimal;
  /** Unknown stays absent: never invented. */
  entryPrice?: Decimal;
  /** The exchange's own id of this position, where it has one (BingX). */
  exchangePositionId?: string;
  openedAtMs?: number;
  /** When it was last changed, by a trade or otherwise, where that is all that dates it (Binance). */
  changedAtMs?: number;
  /** Stop and target that belong to the position itself, where the exchange has such (Bybit). */
  stopLoss?: Decimal;
  takeProfit?: Decimal;
  markPrice?: Decimal;
  liquidationPrice?: Decimal;
  unrealizedPnl?: Decimal;
  leverage?: Decimal;
};

/** One execution. */
export type Fill = {
  /** Unique per account; built from order id, time and figures where the exchange gives no trade id. */
  fillId: string;
  orderId: string;
  symbol: Symbol;
  leg: LegName;
  side: OrderSide;
  price: Decimal;
  quantity: Decimal;
  /** What it cost in quote units, positive; negative for a rebate. */
  fee?: Decimal;
  atMs: number;
  /** A forced execution, where the exchange says so. */
  forced?: 'liquidation' | 'adl';
  /** Of its order, where the exchange tells it and it is in our own dialect. */
  clientOrderId?: string;
};

/** A finished position in the exchange's own books. */
export type ClosedPosition = {
  exchangePositionId?: string;
  symbol: Symbol;
  leg: LegName;
  side: Side;
  /** Quantity closed, base units. */
  quantity: Decimal;
  entryPrice?: Decimal;
  closePrice?: Decimal;
  /** Gross profit, quote units. */
  realizedPnl?: Decimal;
  /** After fees and funding. */
  netPnl?: Decimal;
  /** Positive cost. */
  fees?: Decimal;
  /** As the exchange signs it: negative is paid. */
  funding?: Decimal;
  openedAtMs?: number;
  closedAtMs?: number;
  /** Every order that had a part in it, where the row was rebuilt from executions (no position ids). */
  orderIds?: readonly string[];
  /** False while a part is still open. */
  whole: boolean;
  forced?: 'liquidation' | 'adl';
};

/** All open positions and all open orders of an account, conditional ones included, as one reading. */
export type AccountSnapshot = {
  /** Grows with every reading of one gateway process. */
  sequence: number;
  /** When the first request of the reading left. */
  takenAtMs: number;
  /** When the last answer came. */
  readAtMs: number;
  /** False when any part failed or could not be understood: absence then means nothing. */
  complete: boolean;
  /** What was wrong, where it is not complete. */
  problems: string[];
  positions: ExchangePosition[];
  orders: ExchangeOrder[];
};

/** The part of a snapshot that concerns one leg. */
export type LegSnapshot = Omit<AccountSnapshot, 'positions' | 'orders'> & {
  /** Absent: the leg is not in the list, which means flat only in a complete snapshot. */
  position?: ExchangePosition;
  orders: ExchangeOrder[];
};

export type Balance = {
  asset: string;
  equity: Decimal;
  available: Decimal;
  atMs: number;
};
