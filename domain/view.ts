/**
 * What people and programs read of a position: the documented, stable shape behind `--json`, the
 * `status` query, the projection table and the card. Fields are added, never renamed or re-used.
 */
import type { KeptPolicy } from './position/adoption.ts';
import type { Decimal } from './decimal.ts';
import type {
  AccountMode,
  ExchangeName,
  LegName,
  OrderKind,
  OrderSide,
  Side,
  Symbol,
  WorkingType,
} from './terms.ts';

/** How one protective order stands. */
export type ProtectionState =
  | 'none' // not wanted
  | 'pending' // wanted, not sent or not answered yet
  | 'live' // resting at the exchange, seen or acknowledged
  | 'unknown' // sent, outcome not known yet
  | 'cancelling'
  | 'filled'
  | 'refused'; // the exchange said no; the reason is among the findings

export type ProtectionView = {
  price: Decimal | null;
  orderId: string | null;
  state: ProtectionState;
};

/** One of several targets. */
export type TargetView = ProtectionView & {
  id: string;
  /** Percent of the tranche. */
  share: Decimal;
  /** Base units that are still to be closed there. */
  quantity: Decimal;
};

export type TrancheView = {
  id: string;
  quantity: Decimal;
  /** Average entry of what was added to this tranche; null until it is known, absent before it was kept. */
  entryPrice?: Decimal | null;
  stopLoss: ProtectionView;
  /** Of several targets the nearest one that has not filled. */
  takeProfit: ProtectionView;
  /** Several targets, nearest first, those that have filled included; absent where there is one or none. */
  targets?: TargetView[];
  /** `following`: since the activation; `bestPrice`: what the stop is measured from. */
  trailing?: { distance: string; following: boolean; bestPrice: Decimal | null };
  breakEven?: { after: string; reached: boolean };
  /** Base units of an entry that are still to be sent, slice after slice. */
  toEnter?: Decimal;
  /** The request that added it. */
  requestId?: string;
  /** The requests that added what was merged into it. */
  mergedRequestIds?: string[];
};

export type Stage = 'entering' | 'open' | 'closing' | 'settling' | 'closed';

/** Something a person should know about a position. */
export type Finding = {
  kind:
    | 'alarm' // needs a person
    | 'warning'
    | 'note';
  /** Stable, for programs: `uncovered`, `unknown_order`, `refused_signal`, `foreign_order`, ... */
  code: string;
  text: string;
  atMs: number;
};

export type PositionView = {
  workflowId: string;
  account: string;
  exchange: ExchangeName;
  mode: AccountMode;
  symbol: Symbol;
  leg: LegName;
  epoch: string;
  side: Side;
  stage: Stage;
  /** Open quantity, base units. */
  quantity: Decimal;
  /** What the entry asked for. */
  requestedQuantity: Decimal;
  entryPrice: Decimal | null;
  entryOrderId: string | null;
  entryClientOrderId: string | null;
  exchangePositionId: string | null;
  /** What tells this position from every other: the exchange's id, or where it gives none, leg and epoch. */
  identifiedBy: 'position_id' | 'leg_and_epoch';
  /** ISO 8601, the first fill. */
  entryAt: string | null;
  adopted: boolean;
  /** What is done for an adopted one: `watch`, `protect` or `manage`; null for one that was opened here. */
  policy?: KeptPolicy | null;
  /** Whether live stops would close the whole open quantity. */
  covered: boolean;
  /** Time without full cover since the first fill, so far. */
  uncoveredMs: number;
  workingType: WorkingType;
  tranches: TrancheView[];
  /** When it is closed whatever its price, ISO 8601; absent or null: never. */
  timeExitAt?: string | null;
  /** Closes that rest at a limit. */
  restingCloses?: { trancheId: string; quantity: Decimal; price: Decimal; orderId: string | null }[];
  /** Orders whose outcome is not known yet. */
  unknownOrders: { role: string; clientOrderId: string; sinceAt: string }[];
  /** Orders on the leg that this position did not place, as last compared; absent before they were kept. */
  foreignOrders?: ForeignOrder[];
  /** Whether the exchange and this state differ right now. */
  drift: boolean;
  findings: Finding[];
  /** The next thing that will happen, as a sentence. */
  nextAction: string;
  /** When the exchange was last compared, gateway clock; null before the first time. */
  lastSnapshotAt: string | null;
  /** Gross profit of what was closed so far; null while a price of it is unknown; absent before it was kept. */
  realizedPnl?: Decimal | null;
  exitReason: ExitReason | null;
  updatedAt: string;
};

/** An order on the leg that this position did not place; see `foreign-orders.ts`. */
export type ForeignOrder = {
  orderId: string;
  kind: OrderKind | 'other';
  side: OrderSide;
  /** Base units; of one that closes everything, what is open. */
  quantity: Decimal;
  price: Decimal | null;
  triggerPrice: Decimal | null;
  closePosition: boolean;
  /** It may reduce or close this position, and never open one. */
  closes: boolean;
  /** Closes as a stop does. */
  covers: boolean;
  /** Closes as a target does. */
  targets?: true;
  /** Where its id is in our own dialect: there before this position was, or not. */
  origin?: 'leftover' | 'second_writer';
};

/** Why a position ended. `EXCHANGE_CLOSED_RECONCILIATION`: no own order explains it. */
export type ExitReason =
  | 'TAKE_PROFIT'
  | 'STOP_LOSS'
  | 'INSTANT_TAKE_PROFIT'
  | 'LAST_RESORT_STOP'
  | 'TRAILING_STOP'
  | 'BREAK_EVEN_STOP'
  | 'TIME_EXIT'
  | 'USER_CLOSE'
  | 'EMERGENCY_CLOSE'
  | 'LIQUIDATION'
  | 'ADL'
  | 'EXCHANGE_CLOSED_RECONCILIATION'
  | 'NEVER_OPENED';

/** A price at which the watcher must wake a position. */
export type PriceLevel = {
  workflowId: string;
  symbol: Symbol;
  /** Identifies this level of this position for ever; a repeat of a crossing is ignored by it. */
  levelId: string;
  /** `stop`, `target`: an order acts there; the others only wake the position. */
  kind: 'stop' | 'target' | 'trail' | 'break_even' | 'profit';
  /** The price crosses by rising to (`up`) or falling to (`down`) the level. */
  direction: 'up' | 'down';
  price: Decimal;
  workingType: WorkingType;
  /** Grows whenever the position's levels change. */
  generation: number;
};
