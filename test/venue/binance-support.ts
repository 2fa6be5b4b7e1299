/** Clients of the venue's Binance protocol: one that knows only the documentation, and ccxt's pro class. */
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KEYS } from './support.ts';
import type { CcxtOrder, CcxtPosition } from './support.ts';

export const V1 = '/fapi/v1';
export const SYMBOL = 'BTCUSDT';

export type Row = Record<string, unknown>;
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Row };
export type Signed = (
  method: string,
  path: string,
  params?: Record<string, string | number | boolean>,
) => Promise<Answer>;

export const sign = (text: string, secret = KEYS.secret): string =>
  createHmac('sha256', secret).update(text).digest('hex');

/** Signs the query as it sends it; POST and PUT go in a form. */
export function binanceClient(url: string, keys = KEYS): Signed {
  return async (method, path, params = {}) => {
    const query = new URLSearchParams({
      ...Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)])),
      timestamp: String(Date.now()),
    }).toString();
    const text = `${query}&signature=${sign(query, keys.secret)}`;
    const inBody = method === 'POST' || method === 'PUT';
    const response = await fetch(inBody ? url + path : `${url}${path}?${text}`, {
      method,
      headers: {
        'X-MBX-APIKEY': keys.apiKey,
        ...(inBody && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(inBody && { body: text }),
    });
    return readAnswer(response);
  };
}

export async function readAnswer(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, body: (await response.json()) as Row };
}

/** The rows of an answer that is a list. */
export const rowsOf = (answer: Answer): Row[] => answer.body as unknown as Row[];

/** The parts of ccxt's Binance class that the tests use; the class itself has no types by this path. */
export type BinanceCcxt = {
  urls: { api: Record<string, unknown> & { ws: Record<string, unknown> } };
  fetchDispatcher: {
    compose(
      wrap: (
        dispatch: (options: object, handler: unknown) => unknown,
      ) => (options: object, handler: unknown) => unknown,
    ): BinanceCcxt['fetchDispatcher'];
  };
  loadFetchImplementation(): Promise<unknown>;
  loadHttpProxyAgent(): Promise<unknown>;
  loadMarkets(): Promise<Record<string, { precision: { price: number; amount: number }; active: boolean }>>;
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
    amount: number,
    price: number,
  ): Promise<CcxtOrder>;
  createOrders(orders: object[]): Promise<CcxtOrder[]>;
  fetchOrder(id: string | undefined, symbol: string, params?: object): Promise<CcxtOrder>;
  fetchOpenOrders(symbol: string, since?: number, limit?: number, params?: object): Promise<CcxtOrder[]>;
  fetchClosedOrders(symbol: string): Promise<CcxtOrder[]>;
  fetchMyTrades(
    symbol: string,
    since?: number,
    limit?: number,
    params?: object,
  ): Promise<
    { id: string; order: string; price: number; amount: number; fee: { cost: number }; info: Row }[]
  >;
  cancelOrder(id: string | undefined, symbol: string, params?: object): Promise<CcxtOrder>;
  cancelOrders(ids: string[], symbol: string): Promise<CcxtOrder[]>;
  cancelAllOrders(symbol: string, params?: object): Promise<unknown>;
  fetchPositions(symbols?: string[]): Promise<CcxtPosition[]>;
  fetchTicker(symbol: string): Promise<{ last: number }>;
  fetchMarkPrice(symbol: string): Promise<{ markPrice: number }>;
  fetchOHLCV(symbol: string, timeframe: string): Promise<number[][]>;
  fetchOrderBook(symbol: string, limit?: number): Promise<{ bids: number[][]; asks: number[][] }>;
  fetchTrades(symbol: string): Promise<{ price: number }[]>;
  fetchFundingRate(symbol: string): Promise<{ fundingRate: number; markPrice: number }>;
  fetchBalance(): Promise<{ USDT: { free: number; used: number; total: number } }>;
  fetchTradingFee(symbol: string): Promise<{ maker: number; taker: number }>;
  fetchLedger(code?: string): Promise<{ type: string; amount: number; info: Row }[]>;
  setLeverage(leverage: number, symbol: string): Promise<unknown>;
  fetchLeverage(symbol: string): Promise<{ longLeverage: number; shortLeverage: number }>;
  setMarginMode(mode: string, symbol: string): Promise<unknown>;
  setPositionMode(hedged: boolean): Promise<unknown>;
  fetchPositionMode(): Promise<{ hedged: boolean }>;
  fetchMyLiquidations(symbol: string): Promise<{ contracts: number; info: Row }[]>;
  watchTicker(symbol: string): Promise<{ last: number }>;
  watchMarkPrice(symbol: string): Promise<{ markPrice: number }>;
  watchOrders(symbol?: string): Promise<CcxtOrder[]>;
  watchMyTrades(symbol?: string): Promise<{ order: string; price: number }[]>;
  watchPositions(symbols?: string[]): Promise<CcxtPosition[]>;
  watchBalance(): Promise<object>;
  watchTrades(symbol: string): Promise<{ price: number }[]>;
  watchOHLCV(symbol: string, timeframe: string): Promise<number[][]>;
  watchOrderBook(symbol: string): Promise<{ bids: number[][]; asks: number[][]; nonce: number }>;
  close(): Promise<void>;
};

/**
 * The unmodified ccxt pro class.
 * @param mode `dispatcher`: its urls stay real and the connection is led to the venue; `urls`: they are replaced
 */
export async function ccxtBinance(
  url: string,
  mode: 'dispatcher' | 'urls',
  keys = KEYS,
): Promise<BinanceCcxt> {
  const root = dirname(dirname(createRequire(import.meta.url).resolve('ccxt')));
  const loaded = (await import(pathToFileURL(join(root, 'js/src/pro/binanceusdm.js')).href)) as {
    default: new (config: object) => BinanceCcxt;
  };
  const client = new loaded.default({
    apiKey: keys.apiKey,
    secret: keys.secret,
    enableRateLimit: false,
    timeout: 3_000,
  });
  await client.loadFetchImplementation();
  if (mode === 'dispatcher')
    client.fetchDispatcher = client.fetchDispatcher.compose(
      (dispatch) => (options, handler) => dispatch({ ...options, origin: url }, handler),
    );
  else
    for (const [key, value] of Object.entries(client.urls.api))
      if (typeof value === 'string') client.urls.api[key] = value.replace(/^https:\/\/[^/]+/, url);
  for (const [key, value] of Object.entries(client.urls.api.ws))
    if (typeof value === 'string')
      client.urls.api.ws[key] = value.replace(/^wss:\/\/[^/]+/, url.replace('http', 'ws'));
  await client.loadHttpProxyAgent();
  return client;
}
