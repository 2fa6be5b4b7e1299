/**
 * The rows of the books. Every row is immutable: a change puts a new row in its place, so that
 * events, older versions and answers can keep what they hold.
 */
import type { Decimal } from '../../domain/decimal.ts';
import type {
  IncomeRow,
  Leg,
  MarketSpec,
  OrderSide,
  OrderState,
  Origin,
  Permission,
  PositionDirection,
  PriceSource,
} from '../control/types.ts';

export type Account = {
  readonly name: string;
  readonly uid: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly permissions: readonly Permission[];
  readonly balance: Decimal;
  /** Gross, since the account began. */
  readonly realizedPnl: Decimal;
  readonly hedgeMode: boolean;
  /** By `symbol|long` and `symbol|short`. */
  readonly leverage: Readonly<Record<string, number>>;
  /** By symbol; cross margin where absent. */
  readonly isolated: Readonly<Record<string, boolean>>;
};

export type Market = Required<MarketSpec> & {
  readonly last: Decimal;
  readonly lastQuantity: Decimal;
  readonly mark: Decimal;
  readonly index: Decimal;
  /** The mark was set by hand and does not follow the last price. */
  readonly markPinned: boolean;
  readonly fundingRate: Decimal;
};

/** When a conditional order fires: `source` reaches `price` coming from the other side. */
export type Trigger = {
  readonly price: Decimal;
  readonly source: PriceSource;
  /** `stop` and `target` close a position; `entry` may open one. */
  readonly role: 'stop' | 'target' | 'entry';
  readonly fires: 'rising' | 'falling';
};

/** A trailing stop: fires when the price comes back from its extreme by a rate or a distance. */
export type Trail = {
  readonly rate: Decimal | null;
  readonly distance: Decimal | null;
  readonly activation: Decimal | null;
  /** The best price seen since activation; `null` before it. */
  readonly extreme: Decimal | null;
  readonly source: PriceSource;
};

/** A stop or target that an entry brings along; it becomes an order of its own with the first fill. */
export type Attachment = {
  readonly role: 'stop' | 'target';
  readonly label: string;
  readonly triggerPrice: Decimal;
  readonly source: PriceSource;
  /** `null`: executes at market. */
  readonly limitPrice: Decimal | null;
  /** Protects the whole position, taking the place of what did (Bybit); else what the entry fills. */
  readonly wholePosition?: boolean;
};

export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'PostOnly';

export type Order = {
  readonly orderId: string;
  readonly account: string;
  readonly clientOrderId: string | null;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: OrderSide;
  /** The protocol's own word for the type, e.g. `STOP_MARKET`. The books don't read it. */
  readonly label: string;
  readonly execution: 'market' | 'limit';
  readonly state: OrderState;
  readonly quantity: Decimal;
  readonly filledQuantity: Decimal;
  readonly filledCost: Decimal;
  readonly price: Decimal | null;
  readonly trigger: Trigger | null;
  readonly trail: Trail | null;
  /** `null` while the order waits for its trigger. */
  readonly triggeredAtMs: number | null;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly closePosition: boolean;
  readonly attachments: readonly Attachment[];
  readonly parentOrderId: string | null;
  /** The id under which it trades once it has fired (Binance); `null`: it keeps its own. */
  readonly firesAs: string | null;
  readonly origin: Origin;
  readonly endReason: string | null;
  readonly commission: Decimal;
  readonly realizedPnl: Decimal;
  readonly positionId: string | null;
  readonly leverage: number;
  /** What a protocol keeps with its order and gives back. The books don't read it. */
  readonly notes?: Readonly<Record<string, string>>;
  /** What a planned partial fill left over executes at this time; `null`: nothing is held. */
  readonly restHeldUntilMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
};

/** One leg in one epoch. */
export type Position = {
  readonly positionId: string;
  readonly account: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: PositionDirection;
  readonly quantity: Decimal;
  readonly entryPrice: Decimal;
  /** All that this epoch ever opened and closed. */
  readonly openedQuantity: Decimal;
  readonly closedQuantity: Decimal;
  readonly closedCost: Decimal;
  readonly realizedPnl: Decimal;
  readonly commission: Decimal;
  readonly funding: Decimal;
  readonly leverage: number;
  readonly isolated: boolean;
  readonly openedAtMs: number;
  readonly updatedAtMs: number;
};

export type ClosedPosition = Position & {
  readonly closedAtMs: number;
  readonly closedByOrderId: string;
  readonly closedBy: Origin;
};

export type Fill = {
  readonly fillId: string;
  readonly account: string;
  readonly orderId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: OrderSide;
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly commission: Decimal;
  readonly realizedPnl: Decimal;
  readonly closing: boolean;
  readonly maker: boolean;
  readonly origin: Origin;
  readonly atMs: number;
};

export type Income = IncomeRow & {
  readonly account: string;
  /** What a funding settlement was for. */
  readonly settled?: {
    readonly leg: Leg;
    readonly side: PositionDirection;
    readonly quantity: Decimal;
    readonly markPrice: Decimal;
    readonly rate: Decimal;
  };
};

/** What happened, for the protocols to push once it is committed. */
export type BookEvent =
  | {
      readonly kind: 'order';
      readonly execution: 'NEW' | 'AMENDED' | 'TRIGGERED' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'CALCULATED';
      readonly order: Order;
      readonly fill: Fill | null;
    }
  | {
      readonly kind: 'account';
      readonly reason: 'ORDER' | 'FUNDING_FEE' | 'DEPOSIT';
      readonly account: Account;
      readonly change: Decimal;
      readonly legs: readonly LegState[];
      /** Of a settlement. */
      readonly income?: Income;
    }
  | { readonly kind: 'config'; readonly account: Account; readonly symbol: string }
  | { readonly kind: 'price'; readonly market: Market; readonly traded: Decimal | null };

/** A leg after a change; `position` is `null` when it went flat. */
export type LegState = { readonly symbol: string; readonly leg: Leg; readonly position: Position | null };

export const legKey = (account: string, symbol: string, leg: Leg): string => `${account}|${symbol}|${leg}`;

export const isOpen = (order: Order): boolean => order.state === 'new' || order.state === 'partially_filled';

/** Waiting for its trigger. */
export const isDormant = (order: Order): boolean =>
  isOpen(order) && order.triggeredAtMs === null && (order.trigger !== null || order.trail !== null);

/** Whether the order may only shrink its leg: by word, by hedge side, or because stops and targets always close. */
export function closesOnly(
  order: Pick<Order, 'leg' | 'side' | 'reduceOnly' | 'closePosition' | 'trigger' | 'trail'>,
): boolean {
  if (order.reduceOnly || order.closePosition || order.trail !== null) return true;
  if (order.trigger && order.trigger.role !== 'entry') return true;
  return order.leg !== 'net' && order.side === closingSide(order.leg);
}

export const closingSide = (direction: PositionDirection): OrderSide =>
  direction === 'long' ? 'sell' : 'buy';
export const openingSide = (direction: PositionDirection): OrderSide =>
  direction === 'long' ? 'buy' : 'sell';
export const directionOf = (side: OrderSide): PositionDirection => (side === 'buy' ? 'long' : 'short');
