/**
 * An exchange in memory for tests of what watches it: the test sets what a reading says, pushes ticks
 * and hints, and makes calls fail or hang. What a watcher must never call throws.
 */
import type {
  AccountSnapshot,
  Balance,
  ExchangeOrder,
  ExchangePosition,
} from '../../domain/exchange-truth.ts';
import type {
  AccountHint,
  Exchange,
  PriceRangeQuery,
  PriceTick,
  StreamState,
} from '../../exchanges/exchange.ts';

export type FakeExchange = Exchange & {
  /** What the next reading says; a function may throw or wait. */
  say(reading: Partial<AccountSnapshot> | (() => Promise<Partial<AccountSnapshot>>)): void;
  /** What the account is worth; a function may throw or wait. */
  worth: Pick<Balance, 'equity' | 'available'> | (() => Promise<Pick<Balance, 'equity' | 'available'>>);
  /** What REST says of a price. */
  prices: Map<string, PriceTick>;
  ranges: { query: PriceRangeQuery; answer: { high: string; low: string } | undefined }[];
  /** The history of prices does not answer. */
  rangeFails: boolean;
  tick(tick: PriceTick): void;
  hint(hint: AccountHint): void;
  streamState: StreamState;
  /** Symbols of the last subscription; empty again when the stream is stopped. */
  subscribed: readonly string[];
  /** What the price stream was opened with. */
  timings: { reconnectDelayMs: number; silenceMs: number } | undefined;
  readonly calls: {
    snapshot: number[];
    balance: number[];
    price: string[];
    range: PriceRangeQuery[];
    refresh: number;
    stopped: number;
  };
};

export function createFakeExchange({
  account,
  clock,
}: {
  account: string;
  clock: { now(): number };
}): FakeExchange {
  let reading: () => Promise<Partial<AccountSnapshot>> = async () => ({});
  let sequence = 0;
  let ticks: ((tick: PriceTick) => void) | undefined;
  let hints: ((hint: AccountHint) => void) | undefined;
  const calls: FakeExchange['calls'] = {
    snapshot: [],
    balance: [],
    price: [],
    range: [],
    refresh: 0,
    stopped: 0,
  };
  const never = (): never => {
    throw new Error('a watcher has no business here');
  };
  const fake: FakeExchange = {
    name: 'bingx',
    account,
    capabilities: {
      positionIds: true,
      orderBatches: false,
      conditionalClientIds: false,
      clientIdUniqueness: 'always',
      positionHistory: true,
    },
    calls,
    worth: { equity: '1000', available: '900' },
    prices: new Map(),
    ranges: [],
    rangeFails: false,
    streamState: 'live',
    subscribed: [],
    timings: undefined,
    say: (next) => {
      reading = typeof next === 'function' ? next : async () => next;
    },
    tick: (tick) => ticks?.(tick),
    hint: (hint) => hints?.(hint),
    snapshot: async () => {
      const takenAtMs = clock.now();
      calls.snapshot.push(takenAtMs);
      const said = await reading();
      return {
        sequence: ++sequence,
        takenAtMs,
        readAtMs: clock.now(),
        complete: true,
        problems: [],
        positions: [],
        orders: [],
        ...said,
      };
    },
    price: async (symbol) => {
      calls.price.push(symbol);
      const tick = fake.prices.get(symbol);
      if (!tick) throw new Error(`no price of ${symbol}`);
      return tick;
    },
    priceRange: async (query) => {
      calls.range.push(query);
      if (fake.rangeFails) throw new Error('no history now');
      return fake.ranges.shift()?.answer;
    },
    candles: never,
    streamPrices: ({ symbols, onTick, ...timings }) => {
      ticks = onTick;
      fake.timings = timings;
      fake.subscribed = symbols();
      return {
        state: () => fake.streamState,
        refresh: () => {
          calls.refresh += 1;
          fake.subscribed = symbols();
        },
        stop: async () => {
          ticks = undefined;
          fake.subscribed = [];
          calls.stopped += 1;
        },
      };
    },
    streamAccount: ({ onHint }) => {
      hints = onHint;
      return {
        state: () => fake.streamState,
        stop: async () => {
          hints = undefined;
          calls.stopped += 1;
        },
      };
    },
    marketRules: never,
    symbols: never,
    positionMode: never,
    setLeverage: never,
    balance: async () => {
      const atMs = clock.now();
      calls.balance.push(atMs);
      const { worth } = fake;
      return { asset: 'USDT', ...(typeof worth === 'function' ? await worth() : worth), atMs };
    },
    placeOrder: never,
    cancelOrder: never,
    findOrder: never,
    legSnapshot: never,
    fills: never,
    closedPositions: never,
    health: never,
    close: never,
  };
  return fake;
}

export const aPosition = (over: Partial<ExchangePosition> = {}): ExchangePosition => ({
  symbol: 'BTC/USDT:USDT',
  leg: 'long',
  side: 'long',
  quantity: '0.05',
  entryPrice: '50000.1',
  exchangePositionId: '1792480725958881280',
  ...over,
});

export const anOrder = (over: Partial<ExchangeOrder> = {}): ExchangeOrder => ({
  orderId: '1742968678528512003',
  symbol: 'BTC/USDT:USDT',
  leg: 'long',
  side: 'sell',
  kind: 'stop_market',
  status: 'open',
  quantity: '0.05',
  filledQuantity: '0',
  triggerPrice: '49000.5',
  reduceOnly: true,
  closePosition: false,
  ...over,
});
