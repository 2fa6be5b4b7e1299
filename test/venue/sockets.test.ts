import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { BTC, signedClient, testVenue } from './support.ts';
import type { Signed } from './support.ts';

const ORDER = '/openApi/swap/v2/trade/order';
const LISTEN_KEY = '/openApi/user/auth/userDataStream';
const BUY = { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '0.01' };

type Push = {
  e?: string;
  dataType?: string;
  id?: string;
  code?: number;
  data?: unknown;
  o?: Record<string, unknown>;
  a?: { m: string; P: Record<string, unknown>[]; B: Record<string, unknown>[] };
  ac?: Record<string, unknown>;
  listenKey?: string;
};
type Socket = {
  readonly ws: WebSocket;
  readonly pushes: Push[];
  readonly texts: string[];
  readonly next: (which: (push: Push) => boolean) => Promise<Push>;
};

let venue: Awaited<ReturnType<typeof testVenue>>;
let call: Signed;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  venue = await testVenue();
  call = signedClient(venue.url);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await venue.dispose();
});

async function connect(query = ''): Promise<Socket> {
  const ws = new WebSocket(`${venue.url.replace('http', 'ws')}/swap-market${query}`);
  sockets.push(ws);
  const pushes: Push[] = [];
  const texts: string[] = [];
  ws.on('message', (data: Buffer, isBinary) => {
    expect(isBinary).toBe(true);
    const text = gunzipSync(data).toString();
    if (text === 'Ping') texts.push(text);
    else pushes.push(JSON.parse(text) as Push);
  });
  await once(ws, 'open');
  const next = async (which: (push: Push) => boolean) => {
    await expect.poll(() => pushes.some(which), { timeout: 3_000, interval: 10 }).toBe(true);
    return pushes.find(which) as Push;
  };
  return { ws, pushes, texts, next };
}

async function listenKey(): Promise<string> {
  const answer = await call('POST', LISTEN_KEY);
  return (JSON.parse(answer.text) as { listenKey: string }).listenKey;
}

const account = async () => connect(`?listenKey=${await listenKey()}`);
const orderPushes = ({ pushes }: Socket) => pushes.filter((push) => push.e === 'ORDER_TRADE_UPDATE');

describe('public streams', () => {
  it('acknowledges, pushes what was asked for, and stops when told', async () => {
    const socket = await connect();
    const types = ['ticker', 'lastPrice', 'markPrice', 'trade', 'bookTicker', 'kline_1m', 'depth5@500ms'].map(
      (name) => `${BTC}@${name}`,
    );
    for (const dataType of types) socket.ws.send(JSON.stringify({ id: dataType, reqType: 'sub', dataType }));
    for (const id of types) await socket.next((push) => push.id === id && push.code === 0);
    await venue.control.setPrice({ symbol: BTC, last: '65432.1', mark: '65400' });
    const ticker = (push: Push) =>
      push.dataType === `${BTC}@ticker` && (push.data as { c: string }).c === '65432.1';
    expect((await socket.next(ticker)).data).toMatchObject({
      e: '24hTicker',
      s: BTC,
      B: '65432',
      A: '65432.2',
    });
    expect(
      (
        await socket.next(
          (push) => push.dataType === `${BTC}@markPrice` && (push.data as { p: string }).p === '65400',
        )
      ).data,
    ).toMatchObject({ s: BTC });
    for (const dataType of types) expect(socket.pushes.some((push) => push.dataType === dataType)).toBe(true);
    for (const dataType of types)
      socket.ws.send(JSON.stringify({ id: `un ${dataType}`, reqType: 'unsub', dataType }));
    await socket.next((push) => push.id === `un ${types.at(-1) ?? ''}`);
    const before = socket.pushes.length;
    await venue.control.setPrice({ symbol: BTC, last: '65000' });
    expect(socket.pushes).toHaveLength(before);
  });

  it('refuses an unknown stream and nonsense', async () => {
    const socket = await connect();
    socket.ws.send(JSON.stringify({ id: 'x', reqType: 'sub', dataType: 'NOPE-USDT@ticker' }));
    expect((await socket.next((push) => push.id === 'x')).code).not.toBe(0);
    socket.ws.send('nonsense');
    await socket.next((push) => push.code === 100400);
  });
});

describe('the heartbeat', () => {
  it('says Ping and drops who does not answer', async () => {
    await venue.dispose();
    venue = await testVenue({ pingMs: 40 });
    const polite = await connect();
    polite.ws.on('message', () => polite.ws.send('Pong'));
    const rude = await connect();
    await once(rude.ws, 'close');
    expect(rude.texts.length).toBe(3);
    expect(polite.ws.readyState).toBe(WebSocket.OPEN);
    expect(polite.texts.length).toBeGreaterThan(2);
  });
});

describe('the account stream', () => {
  it('pushes orders, fills and the account as the books change', async () => {
    const socket = await account();
    await call('POST', ORDER, { ...BUY, clientOrderId: 'one' });
    const filled = await socket.next((push) => push.o?.['X'] === 'FILLED');
    expect(filled.o).toMatchObject({
      s: BTC,
      c: 'one',
      x: 'TRADE',
      z: '0.01000000',
      l: '0.01000000',
      ap: '65000.00000000',
      n: '-0.32500000',
      ps: 'BOTH',
      i: expect.stringMatching(/^\d{19}$/) as string,
    });
    const update = await socket.next((push) => push.e === 'ACCOUNT_UPDATE');
    expect(update.a).toMatchObject({
      m: 'ORDER',
      B: [{ a: 'USDT', wb: '99999.67500000' }],
      P: [{ s: BTC, pa: '0.01000000', ep: '65000.00000000', mt: 'cross', ps: 'BOTH' }],
    });
    await venue.control.fund({ rate: '0.001' });
    expect((await socket.next((push) => push.a?.m === 'FUNDING_FEE')).a?.P).toEqual([]);
    await call('POST', '/openApi/swap/v2/trade/leverage', { symbol: BTC, side: 'BOTH', leverage: 5 });
    expect((await socket.next((push) => push.e === 'ACCOUNT_CONFIG_UPDATE')).ac).toMatchObject({
      s: BTC,
      l: 5,
      S: 5,
      mt: 'cross',
    });
    await call('POST', ORDER, { ...BUY, side: 'SELL', quantity: '0.02' });
    await socket.next((push) => push.a?.P[0]?.['pa'] === '-0.01000000');
  });

  it('needs a living listen key, keeps it alive and says when it expires', async () => {
    const refused = new WebSocket(`${venue.url.replace('http', 'ws')}/swap-market?listenKey=wrong`);
    await once(refused, 'close');
    const key = await listenKey();
    expect(await listenKey()).toBe(key);
    expect(await call('PUT', LISTEN_KEY, { listenKey: key })).toMatchObject({ status: 200, code: 0 });
    const socket = await connect(`?listenKey=${key}`);
    await venue.control.expireListenKeys('alice');
    expect((await socket.next((push) => push.e === 'listenKeyExpired')).listenKey).toBe(key);
    expect(await call('PUT', LISTEN_KEY, { listenKey: key })).toMatchObject({ status: 404 });
    expect(await listenKey()).not.toBe(key);
  });
});

describe('mischief on sockets', () => {
  it('drops them', async () => {
    const socket = await account();
    expect(await venue.control.sockets({ action: 'drop', match: { account: 'alice' } })).toEqual({
      sockets: 1,
    });
    await once(socket.ws, 'close');
  });

  it('keeps them open and says nothing', async () => {
    const socket = await account();
    await venue.control.sockets({ action: 'silent' });
    await call('POST', ORDER, BUY);
    await venue.control.sockets({ action: 'speak' });
    await call('POST', ORDER, { ...BUY, clientOrderId: 'heard' });
    await socket.next((push) => push.o?.['X'] === 'FILLED');
    expect(orderPushes(socket).every((push) => push.o?.['c'] === 'heard')).toBe(true);
  });

  it('holds pushes and releases them in order', async () => {
    const socket = await account();
    await venue.control.sockets({ action: 'hold' });
    await call('POST', ORDER, { ...BUY, clientOrderId: 'a' });
    await call('POST', ORDER, { ...BUY, clientOrderId: 'b' });
    expect(orderPushes(socket)).toEqual([]);
    await venue.control.sockets({ action: 'release' });
    await socket.next((push) => push.o?.['c'] === 'b' && push.o['X'] === 'FILLED');
    expect(orderPushes(socket).map((push) => push.o?.['c'])).toEqual(['a', 'a', 'b', 'b']);
  });

  it('sends the next ones twice, in the wrong order, or not at all', async () => {
    const socket = await account();
    await venue.control.sockets({ action: 'duplicate', count: 1 });
    await call('POST', ORDER, { ...BUY, clientOrderId: 'twice' });
    await socket.next((push) => push.o?.['X'] === 'FILLED');
    expect(orderPushes(socket).map((push) => push.o?.['X'])).toEqual(['NEW', 'NEW', 'FILLED']);

    await venue.control.sockets({ action: 'reorder', count: 1 });
    await call('POST', ORDER, { ...BUY, clientOrderId: 'swapped' });
    await socket.next((push) => push.o?.['c'] === 'swapped' && push.o['X'] === 'NEW');
    expect(
      orderPushes(socket)
        .filter((push) => push.o?.['c'] === 'swapped')
        .map((push) => push.o?.['X']),
    ).toEqual(['FILLED', 'NEW']);

    await venue.control.sockets({ action: 'lose', count: 1 });
    await call('POST', ORDER, { ...BUY, clientOrderId: 'lost' });
    await socket.next((push) => push.o?.['c'] === 'lost');
    expect(
      orderPushes(socket)
        .filter((push) => push.o?.['c'] === 'lost')
        .map((push) => push.o?.['X']),
    ).toEqual(['FILLED']);
  });
});
