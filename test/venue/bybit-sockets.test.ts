import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bybitClient, bybitSocket, hmac, privateSocket } from './bybit-support.ts';
import type { BybitCall, BybitSocket, Message } from './bybit-support.ts';
import { BTC, KEYS, testVenue } from './support.ts';

const ORDER = { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.1' };
const TOPICS = ['order', 'execution', 'position', 'wallet'];
let venue: Awaited<ReturnType<typeof testVenue>>;
let call: BybitCall;
const sockets: BybitSocket[] = [];

beforeEach(async () => {
  venue = await testVenue();
  call = bybitClient(venue.url);
});
afterEach(async () => {
  for (const { ws } of sockets.splice(0)) ws.terminate();
  await venue.dispose();
});

async function kept(socket: Promise<BybitSocket>): Promise<BybitSocket> {
  const opened = await socket;
  sockets.push(opened);
  return opened;
}
const mine = (topics = TOPICS) => kept(privateSocket(venue.url, topics));
const create = (order: object) => call('POST', '/v5/order/create', { ...ORDER, ...order });
const price = (last: string) => venue.control.setPrice({ symbol: BTC, last });
const isTopic = (topic: string) => (message: Message) => message.topic === topic;
async function deltas({ messages }: BybitSocket, count: number): Promise<Message[]> {
  const found = () => messages.filter((message) => message['type'] === 'delta');
  await expect.poll(() => found().length).toBe(count);
  return found();
}
/** What was told about orders: the words of each push. */
const told = ({ messages }: BybitSocket) =>
  messages
    .filter(({ topic }) => topic !== undefined && topic !== 'wallet')
    .map(({ topic, data }) => [
      topic,
      data?.[0]?.['orderStatus'] ?? data?.[0]?.['execType'] ?? data?.[0]?.['size'],
    ]);

describe('the private stream', () => {
  it('wants a proven key before it tells anything', async () => {
    const socket = await kept(bybitSocket(venue.url, '/v5/private'));
    socket.send({ op: 'subscribe', args: ['order'] });
    expect(await socket.next((message) => message['op'] === 'subscribe')).toMatchObject({ success: false });
    const expires = Date.now() + 10_000;
    socket.send({ op: 'auth', args: [KEYS.apiKey, expires, 'forged'] });
    expect(await socket.next((message) => message['op'] === 'auth')).toMatchObject({ success: false });
    const late = Date.now() - 1;
    socket.send({ op: 'auth', args: [KEYS.apiKey, late, hmac(`GET/realtime${late}`)] });
    socket.send({ op: 'ping', req_id: 'p' });
    const pong = await socket.next((message) => message['op'] === 'pong');
    expect(pong).toMatchObject({ req_id: 'p', args: [expect.stringMatching(/^\d{13}$/) as string] });
    expect(socket.messages.filter((message) => message['success'] === true)).toEqual([]);
  });

  it('tells an order through its life: execution, order, position, wallet', async () => {
    const socket = await mine();
    await create({ orderLinkId: 'seen' });
    await socket.next(isTopic('wallet'));
    expect(told(socket)).toEqual([
      ['order', 'New'],
      ['execution', 'Trade'],
      ['order', 'Filled'],
      ['position', '0.1'],
    ]);
    expect(socket.messages.find(isTopic('position'))?.data).toMatchObject([
      { symbol: 'BTCUSDT', side: 'Buy', entryPrice: '65000', category: 'linear', positionIdx: 0 },
    ]);
    expect(socket.messages.find(isTopic('execution'))?.data).toMatchObject([
      { orderLinkId: 'seen', execPrice: '65000', execQty: '0.1', closedSize: '0', execPnl: '0' },
    ]);
  });

  it('tells a stop that fires, what it leaves, and that the position is gone', async () => {
    await create({ stopLoss: '64000', takeProfit: '66000' });
    const socket = await mine(['order.linear', 'position.linear']);
    await price('63900');
    await socket.next(({ data }) => data?.[0]?.['size'] === '0');
    expect(told(socket)).toEqual([
      ['order.linear', 'Triggered'],
      ['order.linear', 'Filled'],
      ['position.linear', '0'],
      ['order.linear', 'Deactivated'],
    ]);
  });

  it('tells settings, settlements, and trades by hand', async () => {
    await create({});
    const socket = await mine();
    const stop = { symbol: 'BTCUSDT', tpslMode: 'Full', positionIdx: 0, stopLoss: '64000' };
    await call('POST', '/v5/position/trading-stop', stop);
    expect((await socket.next(isTopic('position'))).data).toMatchObject([{ stopLoss: '64000.0' }]);
    await venue.control.fund({ rate: '0.001' });
    expect((await socket.next(isTopic('execution'))).data).toMatchObject([
      { execType: 'Funding', execFee: '6.5' },
    ]);
    const leg = { account: 'alice', symbol: BTC, leg: 'net' } as const;
    await venue.control.trade({ ...leg, action: 'close' });
    await socket.next(({ data }) => data?.[0]?.['size'] === '0');
    expect(told(socket).at(-2)).toEqual(['position', '0']);
  });

  it('says nothing to others, nor after unsubscribing', async () => {
    const bob = { name: 'bob', apiKey: 'bob-key', secret: 'bob-secret' };
    await venue.control.createAccount(bob);
    const [other, own] = [await kept(privateSocket(venue.url, TOPICS, bob)), await mine()];
    own.send({ op: 'unsubscribe', args: ['wallet', 'position'] });
    await own.next((message) => message['op'] === 'unsubscribe');
    await create({});
    await own.next(({ data }) => data?.[0]?.['orderStatus'] === 'Filled');
    expect(own.messages.some(isTopic('wallet'))).toBe(false);
    expect(other.messages.filter(({ topic }) => topic !== undefined)).toEqual([]);
  });

  it('can be dropped, silenced, held, doubled and reordered', async () => {
    const socket = await mine(['execution']);
    await venue.control.sockets({ action: 'duplicate', count: 1 });
    await create({});
    await socket.next(isTopic('execution'));
    await expect.poll(() => socket.messages.filter(isTopic('execution')).length).toBe(2);
    await venue.control.sockets({ action: 'silent', match: { account: 'alice' } });
    await create({});
    socket.send({ op: 'ping' });
    await venue.control.sockets({ action: 'speak' });
    await create({});
    await expect.poll(() => socket.messages.filter(isTopic('execution')).length).toBe(3);
    await venue.control.sockets({ action: 'drop', match: { account: 'alice', stream: 'private' } });
    await expect.poll(() => socket.ws.readyState).toBe(socket.ws.CLOSED);
  });
});

describe('the public stream', () => {
  it('tells an order book by a snapshot and changed levels', async () => {
    const socket = await kept(bybitSocket(venue.url, '/v5/public/linear'));
    socket.send({ op: 'subscribe', args: ['orderbook.50.BTCUSDT', 'orderbook.1.BTCUSDT'] });
    const whole = await socket.next(isTopic('orderbook.50.BTCUSDT'));
    const levels = (message: Message) => message.data as unknown as { a: string[][]; b: string[][] };
    expect(levels(whole).a).toHaveLength(50);
    await price('65000.1');
    await price('65000.2');
    const [, delta] = await deltas(socket, 2);
    // The best level of each side came or went, the last one the other way; the others are not told again.
    expect(levels(delta ?? whole).b).toEqual([
      ['65000.1', expect.any(String)],
      ['64995.1', '0'],
    ]);
    expect(levels(delta ?? whole).a).toEqual([
      ['65000.2', '0'],
      ['65005.2', expect.any(String)],
    ]);
    const tops = socket.messages.filter(isTopic('orderbook.1.BTCUSDT'));
    expect(tops.map((message) => [message['type'], levels(message).b[0]?.[0]])).toEqual([
      ['snapshot', '64999.9'],
      ['snapshot', '65000'],
      ['snapshot', '65000.1'],
    ]);
  });

  it('tells trades and candles, and refuses topics that it does not know', async () => {
    const socket = await kept(bybitSocket(venue.url, '/v5/public/linear'));
    socket.send({ op: 'subscribe', args: ['publicTrade.BTCUSDT', 'kline.1.BTCUSDT'] });
    await socket.next((message) => message['op'] === 'subscribe');
    await price('64000');
    expect((await socket.next(isTopic('publicTrade.BTCUSDT'))).data).toMatchObject([
      { p: '64000', s: 'BTCUSDT' },
    ]);
    expect((await socket.next(isTopic('kline.1.BTCUSDT'))).data).toMatchObject([
      { close: '64000', interval: '1' },
    ]);
    socket.send({ op: 'subscribe', args: ['tickers.NOUSDT'] });
    expect(await socket.next((message) => message['success'] === false)).toMatchObject({
      ret_msg: 'error:handler not found,topic:tickers.NOUSDT',
    });
  });
});

describe('the trade stream', () => {
  it('takes, amends and cancels orders, proven once', async () => {
    const socket = await kept(bybitSocket(venue.url, '/v5/trade'));
    const ask = async (op: string, request: object, reqId: string) => {
      const header = { 'X-BAPI-TIMESTAMP': String(Date.now()) };
      socket.send({ op, reqId, header, args: [{ category: 'linear', symbol: 'BTCUSDT', ...request }] });
      return socket.next((message) => message['reqId'] === reqId);
    };
    const limit = { ...ORDER, orderType: 'Limit', price: '60000' };
    expect(await ask('order.create', limit, 'early')).toMatchObject({ retCode: 10003 });
    const expires = Date.now() + 10_000;
    socket.send({ op: 'auth', args: [KEYS.apiKey, expires, hmac(`GET/realtime${expires}`)] });
    await socket.next((message) => message['op'] === 'auth' && message['retCode'] === 0);
    const created = await ask('order.create', limit, 'a');
    // What the protocol sends beside lists.
    const { orderId } = created.data as unknown as { orderId: string };
    expect(await ask('order.amend', { orderId, price: '61000' }, 'b')).toMatchObject({ retCode: 0 });
    expect(await ask('order.cancel', { orderId }, 'c')).toMatchObject({ retCode: 0, data: { orderId } });
    expect(await ask('order.cancel', { orderId }, 'd')).toMatchObject({ retCode: 110010, data: {} });
  });
});
