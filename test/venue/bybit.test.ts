import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bybitClient, hmac, sorted } from './bybit-support.ts';
import type { BybitCall } from './bybit-support.ts';
import { numberOf, uuidOf } from '../../venue/protocols/bybit/ids.ts';
import { BTC, KEYS, testVenue } from './support.ts';

const SYMBOL = 'BTCUSDT';
let venue: Awaited<ReturnType<typeof testVenue>>;
let call: BybitCall;

beforeEach(async () => {
  venue = await testVenue();
  call = bybitClient(venue.url);
});
afterEach(() => venue.dispose());

const price = (last: string, path: 'jump' | 'walk' = 'jump') =>
  venue.control.setPrice({ symbol: BTC, last, path });
const create = (order: object) =>
  call('POST', '/v5/order/create', { symbol: SYMBOL, orderType: 'Market', qty: '0.1', ...order });
const list = async (path: string, params: object = {}) =>
  (await call('GET', path, { symbol: SYMBOL, ...params })).result.list ?? [];
const opened = async () => (await create({ side: 'Buy' })).result['orderId'];

describe('proving who asks', () => {
  const PATH = '/v5/account/info';
  const ask = async (headers: Record<string, string>, path = PATH) =>
    (await (await fetch(venue.url + path, { headers })).json()) as { retCode: number; retMsg: string };
  const signed = (timestamp: number, more: Record<string, string> = {}, query = '') => ({
    'X-BAPI-API-KEY': KEYS.apiKey,
    'X-BAPI-TIMESTAMP': String(timestamp),
    'X-BAPI-RECV-WINDOW': '5000',
    'X-BAPI-SIGN': hmac(`${timestamp}${KEYS.apiKey}5000${query}`),
    ...more,
  });

  it('wants all headers, a known key, the right signature and a timestamp of now', async () => {
    const now = Date.now();
    expect(await ask({})).toMatchObject({ retCode: 10001 });
    expect(await ask(signed(now, { 'X-BAPI-API-KEY': 'nobody' }))).toMatchObject({ retCode: 10003 });
    expect(await ask(signed(now, { 'X-BAPI-SIGN': 'bad' }))).toMatchObject({ retCode: 10004 });
    expect(await ask(signed(now - 6_000))).toMatchObject({ retCode: 10002 });
    expect(await ask(signed(now + 3_000))).toMatchObject({ retCode: 10002 });
    expect(await ask(signed(now))).toMatchObject({ retCode: 0, retMsg: 'OK' });
  });

  it('signs the query as it was sent', async () => {
    const query = 'settleCoin=USDT&category=linear';
    const path = `/v5/position/list?${query}`;
    expect(await ask(signed(Date.now(), {}, query), path)).toMatchObject({ retCode: 0 });
    expect(await ask(signed(Date.now()), path)).toMatchObject({ retCode: 10004 });
  });

  it('lets a key without the trading permission read only', async () => {
    const keys = { name: 'reader', apiKey: 'reader-key', secret: 'reader-secret' };
    await venue.control.createAccount({ ...keys, permissions: ['read', 'withdraw'] });
    const reader = bybitClient(venue.url, keys);
    const order = { symbol: SYMBOL, side: 'Buy', orderType: 'Market', qty: '1' };
    expect(await reader('POST', '/v5/order/create', order)).toMatchObject({ retCode: 10005 });
    const { result } = await reader('GET', '/v5/user/query-api');
    expect(result).toMatchObject({
      readOnly: 1,
      permissions: { Wallet: expect.arrayContaining(['Withdraw']) as [] },
    });
  });
});

describe('orders', () => {
  it('answers with ids only, and finds the order by either id at once', async () => {
    const { result } = await create({ side: 'Buy', orderLinkId: 'Mine_1' });
    expect(result).toEqual({ orderId: expect.any(String) as string, orderLinkId: 'Mine_1' });
    const [byId] = await list('/v5/order/realtime', { orderId: result['orderId'] });
    const [byLink] = await list('/v5/order/realtime', { orderLinkId: 'Mine_1' });
    expect(byId).toMatchObject({ orderStatus: 'Filled', cumExecQty: '0.1', avgPrice: '65000' });
    expect(byLink).toEqual(byId);
    expect(await list('/v5/order/realtime')).toEqual([]);
    expect(await list('/v5/order/realtime', { openOnly: 1 })).toEqual([byId]);
  });

  it('takes an order link id once and for ever', async () => {
    const first = await create({ side: 'Buy', orderLinkId: 'once' });
    expect(first.retCode).toBe(0);
    expect(await create({ side: 'Sell', orderLinkId: 'once' })).toMatchObject({ retCode: 110072 });
    expect(await create({ side: 'Buy', orderLinkId: 'Once' })).toMatchObject({ retCode: 0 });
    expect(await create({ side: 'Buy', orderLinkId: 'x'.repeat(37) })).toMatchObject({ retCode: 10001 });
  });

  it.each([
    ['an unknown symbol', { symbol: 'NOUSDT', side: 'Buy' }, 10001],
    ['a side that is none', { side: 'Up' }, 10001],
    ['an odd quantity', { side: 'Buy', qty: '0.00005' }, 10001],
    ['a quantity of 0', { side: 'Buy', qty: '0' }, 10001],
    ['a tiny value', { side: 'Buy', qty: '0.0001', orderType: 'Limit', price: '7000' }, 110094],
    ['a price off the tick', { side: 'Buy', orderType: 'Limit', price: '60000.05' }, 10001],
    ['a price far away', { side: 'Buy', orderType: 'Limit', price: '900000' }, 110003],
    ['too much', { side: 'Buy', qty: '900' }, 110007],
    ['more than an order may have', { side: 'Buy', qty: '20000' }, 10001],
    ['nothing to reduce', { side: 'Sell', reduceOnly: true }, 110017],
    ['the index of the other mode', { side: 'Buy', positionIdx: 2 }, 10001],
    ['a trigger that is reached', { side: 'Buy', triggerPrice: '64000', triggerDirection: 1 }, 110092],
    [
      'a trigger that is reached from above',
      { side: 'Buy', triggerPrice: '66000', triggerDirection: 2 },
      110093,
    ],
    ['another product', { category: 'spot', side: 'Buy' }, 10001],
  ])('refuses %s', async (_, order, retCode) => {
    expect(await create(order)).toMatchObject({ status: 200, retCode, result: {} });
    expect((await venue.control.books('alice')).orders).toEqual([]);
  });

  it('cancels a post-only order that would take, and an immediate one that cannot', async () => {
    const limit = { side: 'Buy', orderType: 'Limit' };
    const taking = await create({ ...limit, price: '65100', timeInForce: 'PostOnly' });
    const late = await create({ ...limit, price: '64000', timeInForce: 'IOC' });
    expect([taking.retCode, late.retCode]).toEqual([0, 0]);
    expect(await list('/v5/order/history', { orderId: taking.result['orderId'] })).toMatchObject([
      { orderStatus: 'Cancelled', rejectReason: 'EC_PostOnlyWillTakeLiquidity', cumExecQty: '0' },
    ]);
    expect(await list('/v5/order/history', { orderId: late.result['orderId'] })).toMatchObject([
      { orderStatus: 'Cancelled', rejectReason: 'EC_NoImmediateQtyToFill' },
    ]);
  });

  it('tells an unknown order from one that ended', async () => {
    const cancel = (orderId: unknown) => call('POST', '/v5/order/cancel', { symbol: SYMBOL, orderId });
    expect(await cancel('00000000-0000-4000-8000-000000000000')).toMatchObject({ retCode: 110001 });
    expect(await cancel(await opened())).toMatchObject({ retCode: 110001 });
    const rest = await create({ side: 'Buy', orderType: 'Limit', price: '60000' });
    expect(await cancel(rest.result['orderId'])).toMatchObject({ retCode: 0 });
    expect(await cancel(rest.result['orderId'])).toMatchObject({ retCode: 110010 });
  });

  it('amends quantity, price and trigger under the same id, and says when nothing changed', async () => {
    const amend = (change: object) => call('POST', '/v5/order/amend', { symbol: SYMBOL, ...change });
    const rest = (await create({ side: 'Buy', orderType: 'Limit', price: '60000' })).result;
    const { orderId } = rest;
    expect(await amend({ orderId, qty: '0.2', price: '61000' })).toMatchObject({ retCode: 0, result: rest });
    expect(await list('/v5/order/realtime')).toMatchObject([{ orderId, qty: '0.2', price: '61000' }]);
    expect(await amend({ orderId, price: '61000' })).toMatchObject({ retCode: 10001 });
    const trigger = { side: 'Buy', triggerPrice: '66000', triggerDirection: 1 };
    const waiting = (await create(trigger)).result['orderId'];
    expect(await amend({ orderId: waiting, triggerPrice: '64000' })).toMatchObject({ retCode: 110092 });
    expect(await amend({ orderId: waiting, triggerPrice: '67000' })).toMatchObject({ retCode: 0 });
    await price('66500');
    expect(await list('/v5/order/realtime', { orderFilter: 'StopOrder' })).toMatchObject([
      { orderId: waiting, orderStatus: 'Untriggered', triggerPrice: '67000', stopOrderType: 'Stop' },
    ]);
  });

  it('shrinks a reduce-only order, and closes all of it with quantity 0', async () => {
    await opened();
    const shrunk = await create({ side: 'Sell', qty: '5', reduceOnly: true });
    expect(await list('/v5/order/realtime', { orderId: shrunk.result['orderId'] })).toMatchObject([
      { orderStatus: 'Filled', cumExecQty: '0.1' },
    ]);
    await opened();
    const whole = { side: 'Sell', qty: '0', reduceOnly: true, closeOnTrigger: true };
    expect(await create(whole)).toMatchObject({ retCode: 0 });
    expect((await venue.control.books('alice')).positions).toEqual([]);
    expect(await create(whole)).toMatchObject({ retCode: 110017 });
  });

  it('shows what is filled of an order, also after it was cancelled', async () => {
    await venue.control.planPartialFill({ account: 'alice', quantity: '0.04', restAfterMs: null });
    const { orderId } = (await create({ side: 'Buy', orderType: 'Limit', price: '65000' })).result;
    expect(await list('/v5/order/realtime')).toMatchObject([
      { orderId, orderStatus: 'PartiallyFilled', cumExecQty: '0.04', leavesQty: '0.06', avgPrice: '65000' },
    ]);
    expect(await list('/v5/execution/list')).toMatchObject([
      { execQty: '0.04', leavesQty: '0.06', orderQty: '0.1' },
    ]);
    await call('POST', '/v5/order/cancel', { symbol: SYMBOL, orderId });
    expect(await list('/v5/order/history')).toMatchObject([
      { orderStatus: 'Cancelled', cancelType: 'CancelByUser', cumExecQty: '0.04', leavesQty: '0' },
    ]);
  });

  it('lets ten conditional orders of a symbol wait', async () => {
    const entry = { side: 'Buy', qty: '0.01', triggerPrice: '66000', triggerDirection: 1 };
    const placed = [];
    for (let n = 0; n < 11; n += 1) placed.push((await create(entry)).retCode);
    expect(placed).toEqual([...Array<number>(10).fill(0), 110009]);
  });

  it('fires a conditional order under its own id', async () => {
    await opened();
    const order = { side: 'Sell', triggerPrice: '64000', triggerDirection: 2, reduceOnly: true };
    const { orderId } = (await create({ ...order, triggerBy: 'MarkPrice' })).result;
    await venue.control.setPrice({ symbol: BTC, last: '63900', mark: '64100' });
    expect(await list('/v5/order/realtime')).toMatchObject([{ orderId, orderStatus: 'Untriggered' }]);
    await venue.control.setPrice({ symbol: BTC, last: '63900', mark: '63990' });
    expect(await list('/v5/order/realtime', { orderId })).toMatchObject([
      { orderStatus: 'Filled', avgPrice: '63900', createType: 'CreateByStopOrder' },
    ]);
  });
});

describe('ids', () => {
  const numbers = ['1', '42', '1991234567890123456', '9223372036854775807'];

  it.each(numbers)('carry the number %s back, for orders and executions apart', (number) => {
    const order = uuidOf('order', number);
    expect(numberOf('order', order)).toBe(number);
    expect(numberOf('fill', uuidOf('fill', number))).toBe(number);
    expect(numberOf('fill', order)).toBeUndefined();
  });

  it('are told from ids that nobody made', () => {
    for (const made of [
      '',
      'no-id',
      '12345678-1234-4123-8123-123456789012',
      uuidOf('order', '7').replace(/.$/, 'x'),
    ])
      expect(numberOf('order', made)).toBeUndefined();
  });
});

describe('lists', () => {
  it('pages by cursor without losing or repeating a row', async () => {
    const request = Array.from({ length: 10 }, (_, n) => ({
      symbol: SYMBOL,
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.01',
      price: String(60_000 + n),
    }));
    await call('POST', '/v5/order/create-batch', { request });
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const { result } = await call('GET', '/v5/order/realtime', { symbol: SYMBOL, limit: 4, cursor });
      seen.push(...(result.list ?? []).map((row) => row['price']));
      cursor = String(result['nextPageCursor']);
    } while (cursor !== '');
    expect(sorted(seen)).toEqual(request.map((row) => row.price));
  });

  it('answers the week before now, and refuses longer ranges', async () => {
    await opened();
    const day = 86_400_000;
    const range = { startTime: Date.now() - 8 * day, endTime: Date.now() };
    for (const path of ['/v5/order/history', '/v5/execution/list', '/v5/position/closed-pnl'])
      expect(await call('GET', path, range)).toMatchObject({ retCode: 10001 });
    expect(await list('/v5/execution/list', { startTime: Date.now() - day })).toHaveLength(1);
    expect(await list('/v5/execution/list', { endTime: Date.now() - day })).toEqual([]);
    expect(await call('GET', '/v5/order/realtime')).toMatchObject({ retCode: 10001 });
    expect(await call('GET', '/v5/order/realtime', { category: 'inverse' })).toMatchObject({
      retCode: 0,
      result: { list: [] },
    });
  });
});
