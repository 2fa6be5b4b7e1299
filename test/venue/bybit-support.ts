/** Clients of the venue's Bybit protocol: one that knows nothing but the documentation, and ccxt's. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { BTC, KEYS, proClass, testVenue } from './support.ts';
import type { Ccxt } from './support.ts';

export type BybitAnswer = {
  readonly status: number;
  readonly retCode: number;
  readonly retMsg: string;
  readonly result: Record<string, unknown> & { list?: Record<string, unknown>[] };
  readonly retExtInfo: Record<string, unknown>;
  readonly headers: Headers;
};
export type BybitCall = (method: 'GET' | 'POST', path: string, params?: object) => Promise<BybitAnswer>;

export const hmac = (text: string, secret = KEYS.secret): string =>
  createHmac('sha256', secret).update(text).digest('hex');

/** Signs as documented; `category` is `linear` unless given. */
export function bybitClient(url: string, keys = KEYS): BybitCall {
  return async (method, path, params = {}) => {
    const all = { category: 'linear', ...params };
    const query = method === 'GET' ? new URLSearchParams(Object.entries(all)).toString() : '';
    const body = method === 'POST' ? JSON.stringify(all) : '';
    const timestamp = String(Date.now());
    const response = await fetch(`${url}${path}${query && `?${query}`}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'X-BAPI-API-KEY': keys.apiKey,
        'X-BAPI-TIMESTAMP': timestamp,
        'X-BAPI-RECV-WINDOW': '5000',
        'X-BAPI-SIGN': hmac(`${timestamp}${keys.apiKey}5000${query}${body}`, keys.secret),
      },
      ...(body && { body }),
    });
    // The envelope is the protocol's; what is in it, each test looks at.
    const answer = (await response.json()) as Omit<BybitAnswer, 'status' | 'headers'>;
    return { ...answer, status: response.status, headers: response.headers };
  };
}

/** The unmodified ccxt pro class of Bybit, pointed at a venue. */
export async function bybitCcxt(url: string, keys = KEYS): Promise<Ccxt> {
  const Bybit = await proClass('bybit');
  const client = new Bybit({
    apiKey: keys.apiKey,
    secret: keys.secret,
    enableRateLimit: false,
    timeout: 3_000,
    options: { defaultType: 'swap' },
  });
  for (const [key, value] of Object.entries(client.urls.api))
    if (typeof value === 'string') client.urls.api[key] = url;
  const socket = `${url.replace('http', 'ws')}/v5`;
  const priv = `${socket}/private`;
  client.urls.api['ws'] = {
    public: {
      spot: `${socket}/public/spot`,
      linear: `${socket}/public/linear`,
      inverse: `${socket}/public/inverse`,
      option: `${socket}/public/option`,
    },
    private: { spot: { unified: priv }, contract: priv, usdc: priv, trade: `${socket}/trade` },
  };
  await client.loadHttpProxyAgent();
  return client;
}

/** For lists whose order is not what is tested. */
export const sorted = <T>(rows: readonly T[]): T[] =>
  rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

export type Message = Record<string, unknown> & { topic?: string; data?: Record<string, unknown>[] };

export type BybitSocket = {
  readonly ws: WebSocket;
  readonly messages: Message[];
  readonly send: (message: object) => void;
  readonly next: (which: (message: Message) => boolean) => Promise<Message>;
};

export async function bybitSocket(url: string, path: string): Promise<BybitSocket> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}${path}`);
  const messages: Message[] = [];
  ws.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as Message));
  await once(ws, 'open');
  return {
    ws,
    messages,
    send: (message) => ws.send(JSON.stringify(message)),
    async next(which) {
      await expect.poll(() => messages.some(which), { timeout: 3_000, interval: 10 }).toBe(true);
      return messages.find(which) as Message;
    },
  };
}

/** A private socket that hears the given topics. */
export async function privateSocket(url: string, topics: string[], keys = KEYS): Promise<BybitSocket> {
  const socket = await bybitSocket(url, '/v5/private');
  const expires = Date.now() + 10_000;
  socket.send({ op: 'auth', args: [keys.apiKey, expires, hmac(`GET/realtime${expires}`, keys.secret)] });
  await socket.next((message) => message['op'] === 'auth' && message['success'] === true);
  socket.send({ op: 'subscribe', args: topics, req_id: 'mine' });
  await socket.next((message) => message['op'] === 'subscribe' && message['success'] === true);
  return socket;
}

export type BybitScene = Awaited<ReturnType<typeof bybitScene>>;

/** A venue with a client of `alice` on BTCUSDT at 65000, and the calls that most tests make. */
export async function bybitScene(hedgeMode = false) {
  const venue = await testVenue({ hedgeMode });
  const call = bybitClient(venue.url);
  const SYMBOL = { symbol: 'BTCUSDT' };
  const list = async (path: string, params: object = {}) =>
    (await call('GET', path, { ...SYMBOL, ...params })).result.list ?? [];
  return {
    venue,
    call,
    list,
    price: (last: string) => venue.control.setPrice({ symbol: BTC, last }),
    /** A market order of 0.1 unless told otherwise. */
    create: (order: object) =>
      call('POST', '/v5/order/create', { ...SYMBOL, orderType: 'Market', qty: '0.1', ...order }),
    stop: (params: object) =>
      call('POST', '/v5/position/trading-stop', { ...SYMBOL, tpslMode: 'Full', positionIdx: 0, ...params }),
    /** What waits and rests: kind, quantity and trigger price, in no order. */
    open: async () =>
      sorted(
        (await list('/v5/order/realtime')).map((row) => [
          row['stopOrderType'],
          row['qty'],
          row['triggerPrice'],
        ]),
      ),
  };
}
