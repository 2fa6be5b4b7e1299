/**
 * What the venue's control interface takes and gives.
 *
 * Prices, quantities and money are decimal strings; times are epoch milliseconds of the venue's
 * server clock. Everything here is the venue's own truth: no lag, no fault and no rate limit applies.
 */
import type { Decimal } from '../../domain/decimal.ts';

/** `net` is the one leg of a one-way account; `long` and `short` are the legs of a hedge account. */
export type Leg = 'net' | 'long' | 'short';
export type PositionDirection = 'long' | 'short';
export type OrderSide = 'buy' | 'sell';
export type Permission = 'read' | 'trade' | 'withdraw';
export type PriceSource = 'last' | 'mark' | 'index';

/** An account that clients trade on. `createAccount` with the same name and keys again changes nothing. */
export type AccountSpec = {
  readonly name: string;
  readonly apiKey: string;
  readonly secret: string;
  /** Starting wallet balance in USDT. Default `"100000"`. */
  readonly balance?: Decimal;
  /** Hedge mode (legs long and short) or one-way (leg net). Default one-way. */
  readonly hedgeMode?: boolean;
  /** Default `read` and `trade`. A key without `trade` gets code 100004 on orders. */
  readonly permissions?: readonly Permission[];
};

/** An account as the control shows it: never with its secret. */
export type AccountView = {
  readonly name: string;
  readonly uid: string;
  readonly apiKey: string;
  readonly balance: Decimal;
  readonly hedgeMode: boolean;
  readonly permissions: readonly Permission[];
};

export type MarketSpec = {
  /** BingX spelling, e.g. `BTC-USDT`. */
  readonly symbol: string;
  readonly price: Decimal;
  /** Price step, e.g. `"0.1"`: a power of ten, as BingX states precisions in digits. */
  readonly tickSize: Decimal;
  /** Quantity step, e.g. `"0.0001"`: a power of ten. */
  readonly lotSize: Decimal;
  /** Default: one lot. */
  readonly minQuantity?: Decimal;
  /** In USDT. Default `"2"`. */
  readonly minNotional?: Decimal;
  /** Default `"0.0005"`. */
  readonly takerFee?: Decimal;
  /** Default `"0.0002"`. */
  readonly makerFee?: Decimal;
  /** Default 125. */
  readonly maxLeverage?: number;
  /** Share of the notional below which margin liquidates. Default `"0.004"`. */
  readonly maintenanceRate?: Decimal;
};

export type MarketView = Required<MarketSpec> & {
  readonly lastPrice: Decimal;
  readonly markPrice: Decimal;
  readonly indexPrice: Decimal;
  readonly fundingRate: Decimal;
};

export type PriceChange = {
  readonly symbol: string;
  readonly last?: Decimal;
  /** Without it the mark follows the last price (unless an earlier change pinned it). */
  readonly mark?: Decimal;
  readonly index?: Decimal;
  /**
   * `jump` (default): nothing trades in between, a stop that was jumped over fills at the new price.
   * `walk`: the price passes every level on its way, a stop fills at its own trigger.
   */
  readonly path?: 'jump' | 'walk';
  /** Lets the mark follow the last price again after it was pinned. */
  readonly unpinMark?: boolean;
};

export type FeedKind = 'walk' | 'still' | 'candles' | 'trades';

export type FeedStatus = {
  readonly kind: FeedKind;
  readonly state: 'running' | 'paused' | 'finished';
  /** Times real time; `max` plays as fast as the machine can. */
  readonly speed: number | 'max';
  /** Steps, candles or trades played so far (it survives restarts). */
  readonly position: number;
  /** Known for files only. */
  readonly length?: number;
  /** The feed's own time: that of the candle or trade, else the server clock. */
  readonly marketTimeMs: number;
};

export type VenueHealth = {
  readonly status: 'ok';
  readonly pid: number;
  readonly port: number;
  readonly controlPort: number;
  readonly serverTimeMs: number;
  readonly clockSkewMs: number;
  readonly startedAtMs: number;
  readonly feed: FeedStatus;
  readonly accounts: readonly string[];
  readonly symbols: readonly string[];
  readonly sockets: { readonly public: number; readonly private: number };
};

/** Behaviour that can be changed while the venue runs; kept over restarts. */
export type VenueSettings = {
  /** How long after a fill `user/positions` shows the change. Default 1000. */
  readonly positionLagMs: number;
  /** Cancel a leg's reduce-only and closePosition orders when the leg goes flat. Default true. */
  readonly autoCancelProtection: boolean;
  /** `close-position`: only one closePosition stop and one target per leg; `all`: any second one is refused (110406/110407); `off`. */
  readonly singleStop: 'close-position' | 'all' | 'off';
  /** Per-UID limits on private endpoints and a generous one per address on public ones. Default true. */
  readonly rateLimits: boolean;
  /** The documented per-IP limits too. Default false, as all local clients share one address. */
  readonly ipLimits: boolean;
  /** How far a market order fills beyond the last price, in basis points. Default 1. */
  readonly slippageBps: number;
  /** How long a terminal order is found by its client id. Default 2 h, as on BingX. */
  readonly clientIdLookupMs: number;
  /** Of one account, conditional ones included. Default 1000. */
  readonly maxOpenOrders: number;
};

export type Origin = 'api' | 'attached' | 'manual' | 'liquidation' | 'adl';

/**
 * `new` includes a conditional order that waits for its trigger. `triggered`: it fired and went on under
 * another order id (Binance). `vanished`: gone without any trace for the client.
 */
export type OrderState =
  | 'new'
  | 'partially_filled'
  | 'filled'
  | 'triggered'
  | 'cancelled'
  | 'expired'
  | 'vanished';

export type OrderRow = {
  readonly orderId: string;
  /** Lower-cased as the exchange stores it; `null` where there is none (all conditional orders). */
  readonly clientOrderId: string | null;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: OrderSide;
  /** BingX's word, e.g. `MARKET`, `STOP_MARKET`. */
  readonly type: string;
  readonly state: OrderState;
  /** `"0"` on a closePosition order, which closes what is there. */
  readonly quantity: Decimal;
  readonly filledQuantity: Decimal;
  readonly averagePrice: Decimal | null;
  readonly price: Decimal | null;
  readonly stopPrice: Decimal | null;
  readonly triggerSource: PriceSource | null;
  readonly triggeredAtMs: number | null;
  readonly timeInForce: string;
  readonly reduceOnly: boolean;
  readonly closePosition: boolean;
  readonly origin: Origin;
  /** The entry that this order was attached to, or the conditional order that fired as this one. */
  readonly parentOrderId: string | null;
  /** Why it ended, for cancelled, expired and vanished orders. */
  readonly endReason: string | null;
  readonly commission: Decimal;
  readonly realizedPnl: Decimal;
  readonly positionId: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
};

export type FillRow = {
  readonly fillId: string;
  readonly orderId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: OrderSide;
  readonly quantity: Decimal;
  readonly price: Decimal;
  /** Negative: a cost. */
  readonly commission: Decimal;
  /** Gross, of the part of this fill that closed something. */
  readonly realizedPnl: Decimal;
  readonly closing: boolean;
  readonly maker: boolean;
  readonly origin: Origin;
  readonly atMs: number;
};

export type PositionRow = {
  readonly positionId: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: PositionDirection;
  /** Always positive. */
  readonly quantity: Decimal;
  readonly entryPrice: Decimal;
  readonly markPrice: Decimal;
  readonly unrealizedPnl: Decimal;
  readonly realizedPnl: Decimal;
  /** Negative: a cost. */
  readonly commission: Decimal;
  /** Negative when paid. */
  readonly funding: Decimal;
  readonly leverage: number;
  readonly isolated: boolean;
  readonly margin: Decimal;
  readonly liquidationPrice: Decimal | null;
  readonly openedAtMs: number;
  readonly updatedAtMs: number;
};

export type PositionHistoryRow = {
  readonly positionId: string;
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: PositionDirection;
  /** All that was ever opened in this epoch. */
  readonly quantity: Decimal;
  readonly closedQuantity: Decimal;
  readonly averagePrice: Decimal;
  readonly averageClosePrice: Decimal;
  /** Gross of commission and funding. */
  readonly realizedPnl: Decimal;
  /** `realizedPnl + commission + funding`. */
  readonly netPnl: Decimal;
  readonly commission: Decimal;
  readonly funding: Decimal;
  readonly leverage: number;
  readonly openedAtMs: number;
  readonly closedAtMs: number;
  /** The last order that closed it, and what kind it was. */
  readonly closedByOrderId: string;
  readonly closedBy: Origin;
};

export type IncomeRow = {
  readonly incomeId: string;
  readonly symbol: string;
  readonly kind: 'REALIZED_PNL' | 'TRADING_FEE' | 'FUNDING_FEE' | 'INSURANCE_CLEAR' | 'ADL' | 'TRANSFER';
  readonly amount: Decimal;
  readonly atMs: number;
  /** Of the fill that it came from. */
  readonly fillId?: string;
};

/** The truth about one account. Orders, fills and history oldest first. */
export type Books = {
  readonly account: AccountView;
  readonly serverTimeMs: number;
  readonly balance: Decimal;
  readonly equity: Decimal;
  readonly usedMargin: Decimal;
  readonly availableMargin: Decimal;
  readonly positions: readonly PositionRow[];
  readonly orders: readonly OrderRow[];
  readonly fills: readonly FillRow[];
  readonly positionHistory: readonly PositionHistoryRow[];
  readonly income: readonly IncomeRow[];
};

export type LegRef = { readonly account: string; readonly symbol: string; readonly leg: Leg };

/** A trade "by hand in the exchange's app": a market order of origin `manual`. */
export type ManualTrade = LegRef & {
  /** `open`/`add` need `direction` on leg `net`; `flip` closes and opens `quantity` (default: the same size) the other way. */
  readonly action: 'open' | 'add' | 'reduce' | 'close' | 'flip';
  readonly direction?: PositionDirection;
  /** Needed for open, add, reduce. */
  readonly quantity?: Decimal;
  /** Exact fill price; default the last price with slippage. */
  readonly price?: Decimal;
};

/** Terms of an open order that somebody changes in the exchange's app; what is left out stays. */
export type ManualAmendment = {
  readonly quantity?: Decimal;
  readonly price?: Decimal;
  /** Only of an order that waits for one. */
  readonly stopPrice?: Decimal;
};

export type LiquidityCap = {
  readonly symbol: string;
  /** `null` removes the cap. */ readonly perStepQuantity: Decimal | null;
};

/** The account's next order that executes fills only `quantity` at once. */
export type PartialFillPlan = {
  readonly account: string;
  readonly symbol?: string;
  readonly quantity: Decimal;
  /** When the rest fills; `null`: never by itself (it stays open, or a market order's rest is cancelled by `cancelOrder`). */
  readonly restAfterMs: number | null;
};

/** Which requests a fault applies to. All given conditions must hold. */
export type RequestMatch = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Part of the path, e.g. `/trade/order`. A GET of orders has the same path: give the method too. */
  readonly pathContains?: string;
  /** The whole path. */
  readonly path?: string;
  readonly account?: string;
  /** Request parameters that must be equal, e.g. `{"type":"STOP_MARKET"}`. */
  readonly params?: Readonly<Record<string, string>>;
};

export type FaultKind =
  | 'latency'
  | 'timeout-before'
  | 'timeout-after'
  | 'cut-before'
  | 'cut-after'
  | 'cut-mid-body'
  | 'html-200'
  | 'status'
  | 'code'
  | 'malformed-json'
  | 'malformed-numbers'
  | 'stale-positions'
  | 'empty-positions'
  | 'partial-positions'
  | 'lag-positions'
  | 'stale-orders'
  | 'empty-orders';

/**
 * A planned fault. `before` kinds: the request is not executed; `after` kinds: it is executed and its
 * answer lost. `latency` executes first and answers late unless `params.before` is true.
 */
export type FaultPlan = {
  readonly kind: FaultKind;
  readonly match?: RequestMatch;
  /** How often it applies at most. Default without `probability`: 1. `null`: until cleared. */
  readonly count?: number | null;
  /** 0..1, drawn from a generator seeded with `seed` (default 1). */
  readonly probability?: number;
  readonly seed?: number;
  /** How many matching requests pass first. */
  readonly skip?: number;
  readonly params?: FaultParams;
};

export type FaultParams = {
  /** latency, timeouts (how long until the socket is cut, default 30000), stale-* (how far back, default 5000), lag-positions. */
  readonly ms?: number;
  /** latency: wait before executing rather than after. */
  readonly before?: boolean;
  /** status: HTTP status, default 503. */
  readonly status?: number;
  /** code: the protocol's own, default its internal error. */
  readonly code?: number;
  readonly msg?: string;
  /** code: execute the request all the same (an error answer to an accepted order). Default false. */
  readonly execute?: boolean;
  /** malformed-numbers: what stands in the rows instead of numbers. Default `null`. */
  readonly value?: null | string;
  /** partial-positions: how many rows remain, default all but one. */
  readonly keep?: number;
};

export type FaultView = FaultPlan & { readonly id: string; readonly seen: number; readonly applied: number };

/** Which sockets a push action applies to; without anything: all of them. */
export type SocketMatch = { readonly account?: string; readonly stream?: 'public' | 'private' };

export type SocketAction =
  | { readonly action: 'drop' }
  | { readonly action: 'silent' | 'speak' }
  | { readonly action: 'hold' | 'release' }
  | { readonly action: 'duplicate' | 'reorder' | 'lose'; readonly count: number };

/** One request as the venue saw it. `answered: false`: the client never got the answer. */
export type RequestRecord = {
  /** In the order in which they were answered. */
  readonly seq: number;
  /** When it began to be executed, by the venue's clock; of one that was not, when it was refused. */
  readonly atMs: number;
  readonly account: string | null;
  readonly method: string;
  readonly path: string;
  /** Without `signature`. */
  readonly params: Readonly<Record<string, string>>;
  readonly httpStatus: number | null;
  /** BingX code of the true outcome (0 = executed), `null` where nothing was executed. */
  readonly code: number | null;
  readonly executed: boolean;
  readonly answered: boolean;
  readonly fault: FaultKind | null;
  /** Of an order that this request created or touched. */
  readonly orderId: string | null;
};

export type RequestQuery = RequestMatch & {
  /** Only records with a greater `seq`. */
  readonly sinceSeq?: number;
  readonly limit?: number;
};

export type ControlError = { readonly error: string };
