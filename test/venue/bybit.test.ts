import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bybitClient, bybitScene, hmac } from './bybit-support.ts';
import type { BybitScene } from './bybit-support.ts';
import { BTC, KEYS } from './support.ts';

const SYMBOL = 'BTCUSDT';
let scene: BybitScene;
beforeEach(async () => {
  scene = await bybitScene();
});
afterEach(() => scene.venue.dispose());

const opened = async () => (await scene.create({ side: 'Buy' })).result['orderId'];

describe('proving who asks', () => {
  const PATH = '/v5/account/info';
  const ask = async (headers: Record<string, string>, path = PATH) =>
    (await (await fetch(scene.venue.url + path, { headers })).json()) as { retCode: number; retMsg: string };
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
    await scene.venue.control.createAccount({ ...keys, permissions: ['read', 'withdraw'] });
    const reader = bybitClient(scene.venue.url, keys);
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
    const { result } = await scene.create({ side: 'Buy', orderLinkId: 'Mine_1' });
    expect(result).toEqual({ orderId: expect.any(String) as string, orderLinkId: 'Mine_1' });
    const [byId] = await scene.list('/v5/order/realtime', { orderId: result['orderId'] });
    const [byLink] = await scene.list('/v5/order/realtime', { orderLinkId: 'Mine_1' });
    expect(byId).toMatchObject({ orderStatus: 'Filled', cumExecQty: '0.1', avgPrice: '65000' });
    expect(byLink).toEqual(byId);
    expect(await scene.list('/v5/order/realtime')).toEqual([]);
    expect(await scene.list('/v5/order/realtime', { openOnly: 1 })).toEqual([byId]);
  });

  it('takes an order link id once and for ever', async () => {
    const first = await scene.create({ side: 'Buy', orderLinkId: 'once' });
    expect(first.retCode).toBe(0);
    expect(await scene.create({ side: 'Sell', orderLinkId: 'once' })).toMatchObject({ retCode: 110072 });
    expect(await scene.create({ side: 'Buy', orderLinkId: 'Once' })).toMatchObject({ retCode: 0 });
    expect(await scene.create({ side: 'Buy', orderLinkId: 'x'.repeat(37) })).toMatchObject({
      retCode: 10001,
    });
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
    expect(await scene.create(order)).toMatchObject({ status: 200, retCode, result: {} });
    expect((await scene.venue.control.books('alice')).orders).toEqual([]);
  });

  it('cancels a post-only order that would take, and an immediate one that cannot', async () => {
    const limit = { side: 'Buy', orderType: 'Limit' };
    const taking = await scene.create({ ...limit, price: '65100', timeInForce: 'PostOnly' });
    const late = await scene.create({ ...limit, price: '64000', timeInForce: 'IOC' });
    expect([taking.retCode, late.retCode]).toEqual([0, 0]);
    expect(await scene.list('/v5/order/history', { orderId: taking.result['orderId'] })).toMatchObject([
      { orderStatus: 'Cancelled', rejectReason: 'EC_PostOnlyWillTakeLiquidity', cumExecQty: '0' },
    ]);
    expect(await scene.list('/v5/order/history', { orderId: late.result['orderId'] })).toMatchObject([
      { orderStatus: 'Cancelled', rejectReason: 'EC_NoImmediateQtyToFill' },
    ]);
  });

  it('tells an unknown order from one that ended', async () => {
    const cancel = (orderId: unknown) => scene.call('POST', '/v5/order/cancel', { symbol: SYMBOL, orderId });
    expect(await cancel('00000000-0000-4000-8000-000000000000')).toMatchObject({ retCode: 110001 });
    expect(await cancel(await opened())).toMatchObject({ retCode: 110001 });
    const rest = await scene.create({ side: 'Buy', orderType: 'Limit', price: '60000' });
    expect(await cancel(rest.result['orderId'])).toMatchObject({ retCode: 0 });
    expect(await cancel(rest.result['orderId'])).toMatchObject({ retCode: 110010 });
  });

  it('amends quantity, price and trigger under the same id, and says when nothing changed', async () => {
    const amend = (change: object) => scene.call('POST', '/v5/order/amend', { symbol: SYMBOL, ...change });
    const rest = (await scene.create({ side: 'Buy', orderType: 'Limit', price: '60000' })).result;
    const { orderId } = rest;
    expect(await amend({ orderId, qty: '0.2', price: '61000' })).toMatchObject({ retCode: 0, result: rest });
    expect(await scene.list('/v5/order/realtime')).toMatchObject([{ orderId, qty: '0.2', price: '61000' }]);
    expect(await amend({ orderId, price: '61000' })).toMatchObject({ retCode: 10001 });
    const trigger = { side: 'Buy', triggerPrice: '66000', triggerDirection: 1 };
    const waiting = (await scene.create(trigger)).result['orderId'];
    expect(await amend({ orderId: waiting, triggerPrice: '64000' })).toMatchObject({ retCode: 110092 });
    expect(await amend({ orderId: waiting, triggerPrice: '67000' })).toMatchObject({ retCode: 0 });
    await scene.price('66500');
    expect(await scene.list('/v5/order/realtime', { orderFilter: 'StopOrder' })).toMatchObject([
      { orderId: waiting, orderStatus: 'Untriggered', triggerPrice: '67000', stopOrderType: 'Stop' },
    ]);
  });

  it('shrinks a reduce-only order, and closes all of it with quantity 0', async () => {
    await opened();
    const shrunk = await scene.create({ side: 'Sell', qty: '5', reduceOnly: true });
    expect(await scene.list('/v5/order/realtime', { orderId: shrunk.result['orderId'] })).toMatchObject([
      { orderStatus: 'Filled', cumExecQty: '0.1' },
    ]);
    await opened();
    const whole = { side: 'Sell', qty: '0', reduceOnly: true, closeOnTrigger: true };
    expect(await scene.create(whole)).toMatchObject({ retCode: 0 });
    expect((await scene.venue.control.books('alice')).positions).toEqual([]);
    expect(await scene.create(whole)).toMatchObject({ retCode: 110017 });
  });

  it('shows what is filled of an order, also after it was cancelled', async () => {
    await scene.venue.control.planPartialFill({ account: 'alice', quantity: '0.04', restAfterMs: null });
    const { orderId } = (await scene.create({ side: 'Buy', orderType: 'Limit', price: '65000' })).result;
    expect(await scene.list('/v5/order/realtime')).toMatchObject([
      { orderId, orderStatus: 'PartiallyFilled', cumExecQty: '0.04', leavesQty: '0.06', avgPrice: '65000' },
    ]);
    expect(await scene.list('/v5/execution/list')).toMatchObject([
      { execQty: '0.04', leavesQty: '0.06', orderQty: '0.1' },
    ]);
    await scene.call('POST', '/v5/order/cancel', { symbol: SYMBOL, orderId });
    expect(await scene.list('/v5/order/history')).toMatchObject([
      { orderStatus: 'Cancelled', cancelType: 'CancelByUser', cumExecQty: '0.04', leavesQty: '0' },
    ]);
  });

  it('lets ten conditional orders of a symbol wait', async () => {
    const entry = { side: 'Buy', qty: '0.01', triggerPrice: '66000', triggerDirection: 1 };
    const placed = [];
    for (let n = 0; n < 11; n += 1) placed.push((await scene.create(entry)).retCode);
    expect(placed).toEqual([...Array<number>(10).fill(0), 110009]);
  });

  it('fires a conditional order under its own id', async () => {
    await opened();
    const order = { side: 'Sell', triggerPrice: '64000', triggerDirection: 2, reduceOnly: true };
    const { orderId } = (await scene.create({ ...order, triggerBy: 'MarkPrice' })).result;
    await scene.venue.control.setPrice({ symbol: BTC, last: '63900', mark: '64100' });
    expect(await scene.list('/v5/order/realtime')).toMatchObject([{ orderId, orderStatus: 'Untriggered' }]);
    await scene.venue.control.setPrice({ symbol: BTC, last: '63900', mark: '63990' });
    expect(await scene.list('/v5/order/realtime', { orderId })).toMatchObject([
      { orderStatus: 'Filled', avgPrice: '63900', createType: 'CreateByStopOrder' },
    ]);
  });
});
