/**
 * The exchange port: everything that Holdfast asks of an exchange, and nothing else.
 *
 * Rules that every adapter keeps, and `test/exchanges/conformance.ts` holds it to:
 * - Decimals are strings on both sides; a row that cannot be understood is a problem, never a zero.
 * - A placement or cancellation never throws: whatever is not a definite answer is `unknown`.
 * - A read throws `ExchangeFault` when it failed as a whole; nothing partial is passed off as whole.
 * - No URL, key or signature leaves an adapter in an error text.
 * - Every call ends within its timeout, stalled bodies included.
 */
import type {
  AccountSnapshot,
  Balance,
  CancelOutcome,
  ClosedPosition,
  ExchangeOrder,
  Fill,
  LegSnapshot,
  OrderRequest,
  PlaceOutcome,
} from '../domain/exchange-truth.ts';
import type { Candle, Timeframe } from '../domain/candles.ts';
import type { Decimal } from '../domain/decimal.ts';
import type {
  ExchangeName,
  Leg,
  LegName,
  MarketRules,
  PositionMode,
  Side,
  Symbol,
  WorkingType,
} from '../domain/terms.ts';

/** What an exchange can and cannot do; decisions read this, never the exchange's name. */
export type Capabilities = {
  /** Positions carry an id of their own that history repeats (BingX). */
  positionIds: boolean;
  /** Conditional orders carry the client order id; otherwise they are matched by shape. */
  conditionalClientIds: boolean;
  /** A client order id is refused when repeated: `always`, or only while the first is open. */
  clientIdUniqueness: 'always' | 'open-orders';
  /** For how long a finished order is found by client id; absent: no limit known. */
  clientIdLookupMs?: number;
  /** Orders that are placed at the same moment leave in one request. */
  orderBatches: boolean;
  /** The exchange keeps rows of closed positions. */
  positionHistory: boolean;
  /** Readings of the whole account a minute besides the regular ones; absent: as many as are of use. */
  hurriedReadingsAMinute?: number;
};

/** Which order is meant: by id, else by client id, else by what it looks like. */
export type OrderQuery = {
  symbol: Symbol;
  orderId?: string;
  clientOrderId?: string;
  /** For conditional orders without a client id: leg, side, kind, trigger price and quantity must agree. */
  shape?: OrderRequest;
  /** Orders that are known to be somebody else's. */
  excludeOrderIds?: readonly string[];
  /** Nothing older is considered, ms of the gateway's clock. */
  sinceMs?: number;
};

/** `none` is a definite answer of every list that could hold the order, taken whole. */
export type OrderLookup =
  | { found: 'one'; order: ExchangeOrder; askedAtMs: number }
  | { found: 'none'; askedAtMs: number }
  | { found: 'many'; orders: ExchangeOrder[]; askedAtMs: number };

export type PriceTick = {
  symbol: Symbol;
  /** Contract price, where the tick carries one. */
  last?: Decimal;
  mark?: Decimal;
  atMs: number;
  /**
   * After a gap: when the stream had told this price before, so that what it did between can be looked
   * up. Absent where the stream saw every price since.
   */
  lastUnseenSinceMs?: number;
  markUnseenSinceMs?: number;
};

/** One price of a symbol over a time. */
export type PriceRangeQuery = { symbol: Symbol; workingType: WorkingType; sinceMs: number; untilMs: number };

/** The newest candles of the contract price, those that closed. */
export type CandleQuery = { symbol: Symbol; timeframe: Timeframe; limit: number };

/** Something changed on the account: look. Never a fact by itself. */
export type AccountHint = {
  kind: 'order' | 'position' | 'balance' | 'reconnected';
  symbol?: Symbol;
  atMs: number;
};

/** Whether a socket is delivering; `silent` is connected without data past its deadline. */
export type StreamState = 'connecting' | 'live' | 'silent' | 'down';

/** A running stream; `stop` ends it for good and resolves when its sockets are closed. */
export type Stream<State = StreamState> = { state(): State; stop(): Promise<void> };

/** Executions of one leg over a time; until now where it names no end. */
export type FillQuery = { symbol: Symbol; leg: LegName; sinceMs: number; untilMs?: number };

export type ClosedPositionQuery = {
  symbol: Symbol;
  /** Matched exactly where the exchange has position ids. */
  exchangePositionId?: string;
  /** Positions opened before this are still returned when they closed after it. */
  sinceMs: number;
  untilMs?: number;
};

/** What an API key may do, in the exchange's own words; `unknown` where it has none. */
export type KeyPermissions = {
  /** Place and cancel orders of perpetual futures. */
  trade: boolean | 'unknown';
  /** Move money out of the account: refused in live mode. */
  withdraw: boolean | 'unknown';
};

/** How full a documented limit got within one of its windows, at most, since health was asked last. */
export type LimitUse = { name: string; used: number; limit: number; windowMs: number };

/** The health of one connection, as `doctor` shows it. */
export type ExchangeHealth = {
  reachable: boolean;
  /** Server clock minus ours. */
  clockSkewMs?: number;
  positionMode?: PositionMode;
  /** Absent: they could not be asked for now, as `problems` says. */
  permissions?: KeyPermissions;
  /** Those that were used at all; absent: the gateway does not count. */
  limits?: readonly LimitUse[];
  problems: string[];
};

export type Exchange = {
  readonly name: ExchangeName;
  readonly account: string;
  readonly capabilities: Capabilities;
  /** Rules of one market. Throws `ExchangeFault` with `kind: 'unknown_symbol'` for a symbol not listed. */
  marketRules(symbol: Symbol): Promise<MarketRules>;
  /** Symbols that can be traded. */
  symbols(): Promise<Symbol[]>;
  positionMode(): Promise<PositionMode>;
  setLeverage(symbol: Symbol, leverage: Decimal, side: Side): Promise<void>;
  /** Latest contract and mark price, by REST. */
  price(symbol: Symbol): Promise<PriceTick>;
  /**
   * Highest and lowest price of candles or trades that lie wholly inside a time, so that nothing from
   * before it counts; undefined where none does. Absent where the exchange offers no such history.
   */
  priceRange?(query: PriceRangeQuery): Promise<{ high: Decimal; low: Decimal } | undefined>;
  /**
   * Closed candles, oldest first, fewer where the market has no more; at most 990. The same answer serves
   * until the next candle closes. Throws `ExchangeFault` where one of them cannot be understood.
   */
  candles(query: CandleQuery): Promise<Candle[]>;
  balance(): Promise<Balance>;
  placeOrder(request: OrderRequest): Promise<PlaceOutcome>;
  cancelOrder(
    order: { symbol: Symbol; orderId: string },
    options?: { priority?: 'stop' | 'cancel' },
  ): Promise<CancelOutcome>;
  findOrder(query: OrderQuery): Promise<OrderLookup>;
  /** Everything open on the account. Resolves with `complete: false` when a part failed. */
  snapshot(): Promise<AccountSnapshot>;
  /** The same for one leg, as cheap as the exchange allows. */
  legSnapshot(leg: Pick<Leg, 'symbol' | 'leg'>): Promise<LegSnapshot>;
  /** Executions on a leg since a time, oldest first, all pages. */
  fills(query: FillQuery): Promise<Fill[]>;
  closedPositions(query: ClosedPositionQuery): Promise<ClosedPosition[]>;
  /** Ticks of all `symbols()` the callback names; asked anew whenever `refresh` is called. */
  streamPrices(options: {
    symbols: () => readonly Symbol[];
    onTick: (tick: PriceTick) => void;
    reconnectDelayMs: number;
    silenceMs: number;
  }): Stream & { refresh(): void };
  /** Hints from the private stream. */
  streamAccount(options: {
    onHint: (hint: AccountHint) => void;
    reconnectDelayMs: number;
    silenceMs: number;
  }): Stream;
  health(): Promise<ExchangeHealth>;
  close(): Promise<void>;
};
