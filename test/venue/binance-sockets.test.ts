import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { binanceClient, SYMBOL, V1 } from './binance-support.ts';
import type { Row, Signed } from './binance-support.ts';
import { BTC, testVenue } from './support.ts';

type Push = Row & { e?: string; id?: unknown; o?: Row; a?: Row & { P: Row[]; B: Row[] }; data?: Push };
type Socket = {
  readonly ws: WebSocket;
  readonly pushes: Push[];
  readonly next: (which: (push: Push) => boolean) => Promise<Push>;
};

const LISTEN_KEY = `${V1}/listenKey`;
const BUY = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '0.01' };

let venue: Awaited<ReturnType<typeof testVenue>>;
let call: Signed;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  venue = await testVenue();
  call = binanceClient(venue.url);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await venue.dispose();
});

async function connect(path: string): Promise<Socket> {
  const ws = new WebSocket(venue.url.replace('http', 'ws') + path);
  sockets.push(ws);
  const pushes: Push[] = [];
  ws.on('message', (data: Buffer) => void pushes.push(JSON.parse(data.toString()) as Push));
  await once(ws, 'open');
  const next = async (which: (push: Push) => boolean) => {
    await expect.poll(() => pushes.some(which), { timeout: 3_000, interval: 10 }).toBe(true);
    return pushes.find(which) as Push;
  };
  return { ws, pushes, next };
}

const ask = (socket: Socket, id: number, method: string, ...params: unknown[]) => {
  socket.ws.send(JSON.stringify({ method, params, id }));
  return socket.next((push) => push.id === id);
};
const listenKey = async () => String((await call('POST', LISTEN_KEY)).body['listenKey']);
const moveTo = (last: string) => venue.control.setPrice({ symbol: BTC, last });
const isOrder = (status: string) => (push: Push) =>
  push.e === 'ORDER_TRADE_UPDATE' && push.o?.['X'] === status;

describe('market streams', () => {
  const NAMES = [
    ...[
      'aggTrade',
      'trade',
      'miniTicker',
      'ticker',
      'bookTicker',
      'markPrice@1s',
      'kline_1m',
      'depth5@100ms',
    ],
  ].map((name) => `btcusdt@${name}`);
  const EVENTS = [
    ...['aggTrade', 'trade', '24hrMiniTicker', '24hrTicker', 'bookTicker', 'markPriceUpdate', 'kline'],
    'depthUpdate',
  ];

  it('are subscribed to, listed and left', async () => {
    const socket = await connect('/ws');
    expect(await ask(socket, 1, 'SUBSCRIBE', ...NAMES)).toEqual({ result: null, id: 1 });
    await moveTo('65432.1');
    for (const event of EVENTS) await socket.next((push) => push.e === event && push['s'] === SYMBOL);
    expect(await ask(socket, 2, 'LIST_SUBSCRIPTIONS')).toEqual({ result: NAMES, id: 2 });
    await ask(socket, 3, 'UNSUBSCRIBE', ...NAMES);
    socket.pushes.length = 0;
    await moveTo('65000');
    await ask(socket, 4, 'LIST_SUBSCRIPTIONS');
    expect(socket.pushes).toEqual([{ result: [], id: 4 }]);
  });

  it.each([
    '/ws/btcusdt@miniTicker',
    '/market/ws/btcusdt@miniTicker',
    '/ws/ethusdt@ticker/btcusdt@miniTicker',
    '/market/ws/0',
    '/public/ws/3',
  ])('raw over %s', async (path) => {
    const socket = await connect(path);
    if (!path.includes('@')) await ask(socket, 1, 'SUBSCRIBE', 'btcusdt@miniTicker');
    await moveTo('65500');
    const push = await socket.next((one) => one.e === '24hrMiniTicker' && one['c'] === '65500');
    expect(push).toMatchObject({
      s: SYMBOL,
      o: expect.any(String) as string,
      v: expect.any(String) as string,
    });
  });

  it.each(['/stream?streams=btcusdt@miniTicker/ethusdt@ticker', '/market/stream?streams=btcusdt@miniTicker'])(
    'combined over %s',
    async (path) => {
      const socket = await connect(path);
      await moveTo('65500');
      const push = await socket.next((one) => one.data?.['c'] === '65500');
      expect(push).toMatchObject({ stream: 'btcusdt@miniTicker', data: { e: '24hrMiniTicker' } });
    },
  );

  it('of all markets come as lists', async () => {
    const socket = await connect('/ws/!miniTicker@arr/!markPrice@arr@1s');
    await moveTo('65500');
    await socket.next((push) => Array.isArray(push) && (push as Push[])[0]?.['c'] === '65500');
    await socket.next((push) => Array.isArray(push) && (push as Push[]).length === 7);
  });

  it('name the contract of continuous candles', async () => {
    const socket = await connect('/ws/btcusdt_perpetual@continuousKline_1m');
    await moveTo('65500');
    const push = await socket.next((one) => one.e === 'continuous_kline');
    expect(push).toMatchObject({ ps: SYMBOL, ct: 'PERPETUAL', k: { i: '1m', c: '65500' } });
  });

  it('tell the mark price every second though nothing moves', async () => {
    const socket = await connect('/ws/btcusdt@markPrice@1s');
    await expect.poll(() => socket.pushes.length, { timeout: 4_000 }).toBeGreaterThanOrEqual(3);
  });

  it('carry the book on from a snapshot: each update follows the one before', async () => {
    const socket = await connect('/ws/btcusdt@depth');
    const first = await socket.next((push) => push.e === 'depthUpdate');
    const snapshot = await (await fetch(`${venue.url}${V1}/depth?symbol=${SYMBOL}&limit=100`)).json();
    const { lastUpdateId } = snapshot as { lastUpdateId: number };
    expect(Number(first['U'])).toBeLessThanOrEqual(lastUpdateId);
    expect(Number(first['u'])).toBeGreaterThanOrEqual(lastUpdateId);
    await moveTo('65000.3');
    const second = await socket.next((push) => Number(push['u']) > Number(first['u']));
    expect(second['pu']).toBe(first['u']);
    const gone = (second['a'] as unknown as [string, string][]).filter(([, quantity]) => quantity === '0');
    expect(gone.map(([price]) => price)).toEqual(['65000.1', '65000.2', '65000.3']);
  });

  it('of no such name are taken, and never speak; requests that are none are refused', async () => {
    const socket = await connect('/ws');
    expect(await ask(socket, 1, 'SUBSCRIBE', 'nopeusdt@ticker', 'btcusdt@nothing')).toEqual({
      ...{ result: null, id: 1 },
    });
    expect(await ask(socket, 2, 'SHOUT')).toMatchObject({ error: { code: 1 } });
    socket.ws.send('{');
    await socket.next((push) => (push['error'] as Row | undefined)?.['code'] === 3);
  });
});

describe('the user data stream', () => {
  it.each([
    (key: string) => `/ws/${key}`,
    (key: string) => `/private/ws?listenKey=${key}`,
    (key: string) => `/private/ws/${key}`,
    (key: string) => `/private/ws?listenKey=${key}&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE`,
  ])('raw: %s', async (path) => {
    const socket = await connect(path(await listenKey()));
    const { body } = await call('POST', `${V1}/order`, BUY);
    expect((await socket.next(isOrder('FILLED'))).o).toMatchObject({
      i: body['orderId'],
      x: 'TRADE',
      z: '0.01',
    });
  });

  it('combined, or by a subscription', async () => {
    const key = await listenKey();
    const combined = await connect(`/stream?streams=${key}`);
    const subscribed = await connect('/ws');
    await ask(subscribed, 1, 'SUBSCRIBE', key);
    await call('POST', `${V1}/order`, BUY);
    expect(await combined.next((push) => push.data?.e === 'ACCOUNT_UPDATE')).toMatchObject({ stream: key });
    await subscribed.next((push) => push.e === 'ACCOUNT_UPDATE');
  });

  it('tells an order’s life and the account’s', async () => {
    const socket = await connect(`/private/ws?listenKey=${await listenKey()}`);
    await call('POST', `${V1}/order`, { ...BUY, newClientOrderId: 'mine' });
    const filled = await socket.next(isOrder('FILLED'));
    expect(filled.o).toMatchObject({
      ...{ s: SYMBOL, c: 'mine', S: 'BUY', o: 'MARKET', ot: 'MARKET', q: '0.01', ap: '65000', l: '0.01' },
      ...{ L: '65000', n: '0.325', N: 'USDT', rp: '0', ps: 'BOTH', m: false, R: false, er: '0' },
    });
    const account = await socket.next((push) => push.e === 'ACCOUNT_UPDATE');
    expect(account.a).toMatchObject({
      m: 'ORDER',
      B: [{ a: 'USDT', wb: '99999.67500000', bc: '0' }],
      P: [{ s: SYMBOL, pa: '0.01', ep: '65000', mt: 'cross', ps: 'BOTH' }],
    });
    expect(socket.pushes.map((push) => push.e)).toEqual([
      ...['ORDER_TRADE_UPDATE', 'TRADE_LITE', 'ORDER_TRADE_UPDATE', 'ACCOUNT_UPDATE'],
    ]);
    await call('POST', `${V1}/leverage`, { symbol: SYMBOL, leverage: 9 });
    const config = await socket.next((push) => push.e === 'ACCOUNT_CONFIG_UPDATE');
    expect(config['ac']).toEqual({ s: SYMBOL, l: 9 });
    await call('POST', `${V1}/order`, { ...BUY, side: 'SELL' });
    await socket.next((push) => push.e === 'ACCOUNT_UPDATE' && push.a?.P[0]?.['pa'] === '0');
  });

  it('tells a conditional order’s life: new, triggered, the order it became, finished', async () => {
    await call('POST', `${V1}/order`, BUY);
    const socket = await connect(`/private/ws?listenKey=${await listenKey()}`);
    const stop = {
      ...{ algoType: 'CONDITIONAL', symbol: SYMBOL, side: 'SELL', type: 'STOP_MARKET', quantity: '0.01' },
      ...{ triggerPrice: '64000', reduceOnly: 'true', clientAlgoId: 'stop' },
    };
    const { body } = await call('POST', `${V1}/algoOrder`, stop);
    await moveTo('63900');
    await socket.next((push) => push.o?.['X'] === 'FINISHED');
    const order = socket.pushes.find(isOrder('FILLED'));
    expect(socket.pushes.map((push) => [push.e, push.o?.['X']])).toEqual([
      ['ALGO_UPDATE', 'NEW'],
      ['ALGO_UPDATE', 'TRIGGERING'],
      ['ALGO_UPDATE', 'TRIGGERED'],
      ['ORDER_TRADE_UPDATE', 'NEW'],
      ['TRADE_LITE', undefined],
      ['ORDER_TRADE_UPDATE', 'FILLED'],
      ['ALGO_UPDATE', 'FINISHED'],
      ['ACCOUNT_UPDATE', undefined],
    ]);
    expect(socket.pushes[2]?.o).toMatchObject({ ai: String(order?.o?.['i']), ap: '0.00000', act: 'MARKET' });
    expect(socket.pushes[6]?.o).toMatchObject({
      ...{ aid: body['algoId'], caid: 'stop', at: 'CONDITIONAL', o: 'STOP_MARKET', tp: '64000.0', R: true },
      ...{ ai: String(order?.o?.['i']), ap: '63900.00000', aq: '0.01', act: 'MARKET' },
    });
    const again = await call('POST', `${V1}/algoOrder`, { ...stop, triggerPrice: '63000' });
    await moveTo('62900');
    const rejected = await socket.next((push) => push.o?.['X'] === 'REJECTED');
    expect(rejected.o).toMatchObject({ aid: again.body['algoId'], rm: 'Reduce Only reject' });
  });

  it('tells an amendment, an expiry, funding and a liquidation', async () => {
    const socket = await connect(`/private/ws?listenKey=${await listenKey()}`);
    const rest = { ...BUY, type: 'LIMIT', timeInForce: 'GTC', price: '60000' };
    const { body } = await call('POST', `${V1}/order`, rest);
    await call('PUT', `${V1}/order`, { ...rest, orderId: String(body['orderId']), price: '60001' });
    await socket.next((push) => push.o?.['x'] === 'AMENDMENT' && push.o['p'] === '60001.0');
    await call('POST', `${V1}/order`, { ...rest, timeInForce: 'IOC' });
    await socket.next((push) => push.o?.['x'] === 'EXPIRED' && push.o['X'] === 'EXPIRED');
    await call('POST', `${V1}/order`, BUY);
    await venue.control.fund({ symbol: BTC });
    const funded = await socket.next((push) => push.a?.['m'] === 'FUNDING_FEE');
    expect(funded.a).toMatchObject({ B: [{ bc: '-0.065' }], P: [] });
    await venue.control.liquidate({ account: 'alice', symbol: BTC, leg: 'net' });
    const forced = await socket.next((push) => push.o?.['x'] === 'CALCULATED');
    expect(forced.o).toMatchObject({ o: 'LIQUIDATION', X: 'FILLED', f: 'IOC' });
    expect(String(forced.o?.['c'])).toMatch(/^autoclose-/);
    expect(socket.pushes.some((push) => push.o?.['c'] === forced.o?.['c'] && push.o?.['X'] === 'NEW')).toBe(
      true,
    );
  });

  it('ends with its listen key: told, or in silence', async () => {
    const key = await listenKey();
    expect(await listenKey()).toBe(key);
    expect((await call('PUT', LISTEN_KEY)).body).toEqual({ listenKey: key });
    const socket = await connect(`/private/ws?listenKey=${key}`);
    await venue.control.expireListenKeys('alice');
    const push = await socket.next((one) => one.e === 'listenKeyExpired');
    expect(push).toMatchObject({ listenKey: key, E: expect.stringMatching(/^\d+$/) as string });
    expect(await call('PUT', LISTEN_KEY)).toMatchObject({ status: 400, body: { code: -1125 } });
    await call('POST', `${V1}/order`, BUY);
    await venue.control.books('alice');
    expect(socket.pushes.map((one) => one.e)).toEqual(['listenKeyExpired']);
    const dead = new WebSocket(`${venue.url.replace('http', 'ws')}/ws/${key}`);
    sockets.push(dead);
    const [code] = (await once(dead, 'close')) as [number];
    expect(code).toBe(1008);
  });

  it('falls silent without a word, or when the client closes it', async () => {
    const lost = await connect(`/private/ws?listenKey=${await listenKey()}`);
    await venue.control.expireListenKeys('alice', true);
    const closed = await connect(`/private/ws?listenKey=${await listenKey()}`);
    await call('DELETE', LISTEN_KEY);
    const alive = await connect(`/private/ws?listenKey=${await listenKey()}`);
    await call('POST', `${V1}/order`, BUY);
    await alive.next((push) => push.e === 'ACCOUNT_UPDATE');
    expect([lost.pushes, closed.pushes]).toEqual([[], []]);
  });

  it('can be dropped, silenced, doubled and put out of order', async () => {
    const socket = await connect(`/private/ws?listenKey=${await listenKey()}`);
    await venue.control.sockets({ action: 'duplicate', count: 1, match: { account: 'alice' } });
    await call('POST', `${V1}/order`, BUY);
    await socket.next((push) => push.e === 'ACCOUNT_UPDATE');
    expect(socket.pushes.filter(isOrder('NEW'))).toHaveLength(2);
    await venue.control.sockets({ action: 'silent', match: { account: 'alice' } });
    await call('POST', `${V1}/order`, { ...BUY, side: 'SELL' });
    await venue.control.sockets({ action: 'drop', match: { account: 'alice' } });
    await once(socket.ws, 'close');
    expect(socket.pushes.filter(isOrder('FILLED'))).toHaveLength(1);
  });
});
