/** Builders for the venue's tests: books in memory, a venue in this process, clients of it. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createBooks } from '../../venue/book/books.ts';
import type { Books } from '../../venue/book/books.ts';
import { movePrice } from '../../venue/book/match.ts';
import { marketOf } from '../../venue/book/margin.ts';
import type { Order } from '../../venue/book/model.ts';
import { placeOrder } from '../../venue/book/place.ts';
import type { OrderRequest } from '../../venue/book/place.ts';
import { isRefusal } from '../../venue/book/refusal.ts';
import type { Refusal } from '../../venue/book/refusal.ts';
import { addMarket, createAccount } from '../../venue/book/setup.ts';
import type { VenueSettings } from '../../venue/control/types.ts';
import { openStore } from '../../venue/store.ts';
import type { VenueOptions } from '../../venue/options.ts';
import { startVenue } from '../../venue/venue.ts';
import type { Venue } from '../../venue/venue.ts';

export const KEYS = { name: 'alice', apiKey: 'alice-key', secret: 'alice-secret' };
export const BTC = 'BTC-USDT';

export const folder = (): string => mkdtempSync(join(tmpdir(), 'venue-'));
export const removeFolder = (path: string): void => rmSync(path, { recursive: true, force: true });

export type TestBooks = {
  readonly books: Books;
  readonly clock: { nowMs: number };
  readonly place: (request: Partial<OrderRequest>) => Order | Refusal;
  /** Must be accepted. */
  readonly accept: (request: Partial<OrderRequest>) => Order;
  readonly jump: (last: string, mark?: string) => void;
  readonly walk: (last: string) => void;
  readonly position: (leg?: 'net' | 'long' | 'short') => ReturnType<Books['positions']['get']>;
  readonly order: (id: string) => Order;
};

/** One account `alice` on BTC-USDT at 50000 with tick 0.1 and lot 0.0001, no slippage. */
export function testBooks(
  given: { hedgeMode?: boolean; balance?: string; price?: string; settings?: Partial<VenueSettings> } = {},
): TestBooks {
  const clock = { nowMs: Date.parse('2026-01-01T00:00:00Z') };
  const books = createBooks(openStore(':memory:'), () => clock.nowMs);
  addMarket(books, {
    symbol: BTC,
    price: given.price ?? '50000',
    tickSize: '0.1',
    lotSize: '0.0001',
    maintenanceRate: '0.004',
  });
  createAccount(books, { ...KEYS, hedgeMode: given.hedgeMode ?? false, balance: given.balance ?? '100000' });
  books.transact(() =>
    books.put.meta({ settings: { ...books.settings(), slippageBps: 0, ...given.settings } }),
  );
  const base = {
    account: KEYS.name,
    symbol: BTC,
    leg: 'net',
    side: 'buy',
    label: 'MARKET',
    execution: 'market',
    quantity: '1',
  } as const;
  const place = (request: Partial<OrderRequest>) => {
    clock.nowMs += 1;
    return placeOrder(books, { ...base, ...request });
  };
  const move = (last: string, mark: string, path: 'jump' | 'walk') => {
    clock.nowMs += 1;
    books.transact(() => movePrice(books, { symbol: BTC, to: { last, mark, index: last }, path }));
  };
  return {
    books,
    clock,
    place,
    accept(request) {
      const order = place(request);
      if (isRefusal(order)) throw new Error(`refused: ${order.refused} ${order.detail}`);
      return order;
    },
    jump: (last, mark = last) => move(last, mark, 'jump'),
    walk: (last) => move(last, last, 'walk'),
    position: (leg = 'net') => books.positions.get(`${KEYS.name}|${BTC}|${leg}`),
    order(id) {
      const order = books.orders.get(id);
      if (!order) throw new Error(`no order ${id}`);
      return order;
    },
  };
}

/** A stop or target of a position, by quantity unless told otherwise. */
export function protective(
  role: 'stop' | 'target',
  direction: 'long' | 'short',
  price: string,
  more: Partial<OrderRequest> = {},
): Partial<OrderRequest> {
  return {
    side: direction === 'long' ? 'sell' : 'buy',
    label: role === 'stop' ? 'STOP_MARKET' : 'TAKE_PROFIT_MARKET',
    reduceOnly: true,
    trigger: {
      price,
      role,
      source: 'mark',
      fires: (role === 'stop') === (direction === 'long') ? 'falling' : 'rising',
    },
    ...more,
  };
}

export const marketState = (books: Books) => marketOf(books, BTC);

/** A venue in this process with the account `alice`; prices stand still, no limits, no lag, no slippage. */
export async function testVenue(
  options: Partial<VenueOptions> & { hedgeMode?: boolean } = {},
): Promise<Venue & { dispose: () => Promise<void> }> {
  const data = options.data ?? folder();
  const { hedgeMode = false, settings, ...rest } = options;
  const venue = await startVenue({
    data,
    feed: 'still',
    accounts: [{ ...KEYS, hedgeMode }],
    ...rest,
    settings: { rateLimits: false, positionLagMs: 0, slippageBps: 0, ...settings },
  });
  return {
    ...venue,
    async dispose() {
      await venue.stop();
      if (options.data === undefined) removeFolder(data);
    },
  };
}

export type Answer = {
  readonly status: number;
  readonly code: number;
  readonly msg: string;
  readonly data: Record<string, unknown>;
  readonly text: string;
};
export type Signed = (
  method: string,
  path: string,
  params?: Record<string, string | number>,
) => Promise<Answer>;

/** A client that knows nothing but the documentation: sorts, signs, sends. */
export function signedClient(url: string, keys = KEYS): Signed {
  return async (method, path, params = {}) => {
    const all: Record<string, string> = {
      ...Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)])),
      timestamp: String(Date.now()),
    };
    const text = Object.keys(all)
      .sort()
      .map((key) => `${key}=${all[key]}`)
      .join('&');
    const signature = createHmac('sha256', keys.secret).update(text).digest('hex');
    const query = Object.keys(all)
      .sort()
      .map((key) => `${key}=${encodeURIComponent(all[key] ?? '')}`)
      .join('&');
    const response = await fetch(`${url}${path}?${query}&signature=${signature}`, {
      method,
      headers: { 'X-BX-APIKEY': keys.apiKey },
    });
    return readAnswer(response);
  };
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  // Order ids have 19 digits: as numbers they would lose some.
  const body = JSON.parse(text.replace(/:(\d{16,})/g, ':"$1"')) as Partial<Answer>;
  return {
    status: response.status,
    code: Number(body.code ?? 0),
    msg: String(body.msg ?? ''),
    data: body.data ?? {},
    text,
  };
}

/** The parts of ccxt's BingX class that the tests use; the class itself has no types by this path. */
export type CcxtOrder = {
  id: string;
  clientOrderId?: string;
  status?: string;
  filled?: number;
  average?: number;
  amount?: number;
  type?: string;
  stopLossPrice?: number;
  takeProfitPrice?: number;
  reduceOnly?: boolean;
  side?: string;
  info: Record<string, unknown>;
};
export type CcxtPosition = {
  id: string;
  symbol: string;
  side: string;
  contracts: number;
  entryPrice: number;
  realizedPnl?: number;
  timestamp?: number;
  info: Record<string, unknown>;
};
export type Ccxt = {
  urls: { api: Record<string, unknown> };
  options: Record<string, unknown>;
  timeout: number;
  loadHttpProxyAgent(): Promise<unknown>;
  loadMarkets(): Promise<
    Record<
      string,
      {
        precision: { price: number; amount: number };
        limits: { amount: { min: number }; cost: { min: number } };
        active: boolean;
      }
    >
  >;
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount?: number,
    price?: number,
    params?: object,
  ): Promise<CcxtOrder>;
  editOrder(
    id: string,
    symbol: string,
    type: string,
    side: string,
    amount?: number,
    price?: number,
    params?: object,
  ): Promise<CcxtOrder>;
  createOrders(orders: object[]): Promise<CcxtOrder[]>;
  fetchOrder(id: string | undefined, symbol: string, params?: object): Promise<CcxtOrder>;
  fetchOpenOrders(symbol?: string): Promise<CcxtOrder[]>;
  fetchClosedOrders(symbol: string): Promise<CcxtOrder[]>;
  fetchMyTrades(
    symbol: string,
    since?: number,
    limit?: number,
    params?: object,
  ): Promise<
    {
      id: string;
      order: string;
      price: number;
      amount: number;
      side: string;
      fee: { cost: number };
      timestamp: number;
    }[]
  >;
  cancelOrder(id: string | undefined, symbol: string, params?: object): Promise<CcxtOrder>;
  cancelOrders(ids: string[], symbol: string): Promise<CcxtOrder[]>;
  cancelAllOrders(symbol: string): Promise<CcxtOrder[]>;
  fetchPositions(symbols?: string[]): Promise<CcxtPosition[]>;
  fetchPositionHistory(symbol: string): Promise<CcxtPosition[]>;
  fetchTicker(symbol: string): Promise<{ last: number; bid: number; ask: number; timestamp: number }>;
  fetchMarkPrice(symbol: string): Promise<{ markPrice: number }>;
  fetchOHLCV(symbol: string, timeframe: string): Promise<number[][]>;
  fetchOrderBook(symbol: string, limit?: number): Promise<{ bids: number[][]; asks: number[][] }>;
  fetchTrades(symbol: string): Promise<{ price: number }[]>;
  fetchFundingRate(symbol: string): Promise<{ fundingRate: number; markPrice: number }>;
  fetchBalance(params?: object): Promise<{ USDT: { free: number; used: number } }>;
  fetchTradingFee(symbol: string): Promise<{ maker: number; taker: number }>;
  setLeverage(leverage: number, symbol: string, params: object): Promise<unknown>;
  fetchLeverage(symbol: string): Promise<{ longLeverage: number; shortLeverage: number }>;
  setMarginMode(mode: string, symbol: string): Promise<unknown>;
  fetchMarginMode(symbol: string): Promise<{ marginMode: string }>;
  setPositionMode(hedged: boolean): Promise<unknown>;
  fetchPositionMode(): Promise<{ hedged: boolean }>;
  closePosition(symbol: string, side?: string, params?: object): Promise<CcxtOrder>;
  closeAllPositions(): Promise<CcxtPosition[]>;
  watchTicker(symbol: string): Promise<{ last: number }>;
  watchOrders(symbol?: string): Promise<CcxtOrder[]>;
  watchPositions(symbols?: string[]): Promise<CcxtPosition[]>;
  watchBalance(params?: object): Promise<object>;
  watchTrades(symbol: string): Promise<{ price: number }[]>;
  watchOHLCV(symbol: string, timeframe: string): Promise<number[][]>;
  close(): Promise<void>;
};

/** An unmodified ccxt pro class. */
export async function proClass(name: string): Promise<new (config: object) => Ccxt> {
  const root = dirname(dirname(createRequire(import.meta.url).resolve('ccxt')));
  const loaded: unknown = await import(pathToFileURL(join(root, `js/src/pro/${name}.js`)).href);
  // The class has no types by this path.
  return (loaded as { default: new (config: object) => Ccxt }).default;
}

/** The unmodified ccxt pro class of BingX, pointed at a venue. */
export async function ccxtClient(url: string, keys = KEYS): Promise<Ccxt> {
  const Bingx = await proClass('bingx');
  const client = new Bingx({
    apiKey: keys.apiKey,
    secret: keys.secret,
    enableRateLimit: false,
    timeout: 3_000,
    options: { defaultType: 'swap' },
  });
  for (const [key, value] of Object.entries(client.urls.api))
    if (typeof value === 'string') client.urls.api[key] = `${url}/openApi`;
  const socket = url.replace('http', 'ws');
  client.urls.api['ws'] = {
    linear: `${socket}/swap-market`,
    spot: `${socket}/market`,
    inverse: `${socket}/cswap-market`,
  };
  await client.loadHttpProxyAgent();
  return client;
}
