import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bybitCcxt, bybitClient } from './bybit-support.ts';
import type { BybitCall } from './bybit-support.ts';
import { KEYS, testVenue } from './support.ts';

const ORDER = { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01' };
const CREATE = '/v5/order/create';
const onOrder = { method: 'POST', pathContains: 'order/create' } as const;
const onPositions = { pathContains: 'position/list' };

let venue: Awaited<ReturnType<typeof testVenue>>;
let call: BybitCall;

beforeEach(async () => {
  venue = await testVenue();
  call = bybitClient(venue.url);
});
afterEach(() => venue.dispose());

const buy = (more: object = {}) => call('POST', CREATE, { ...ORDER, ...more });
const orderCount = async () => (await venue.control.books('alice')).orders.length;
const positions = async (params: object = { settleCoin: 'USDT' }) =>
  ((await call('GET', '/v5/position/list', params)).result.list ?? []).map((row) => [
    row['symbol'],
    row['size'],
  ]);

describe('faults of a Bybit request', () => {
  it.each([
    ['cut-before', 0],
    ['cut-after', 1],
    ['cut-mid-body', 1],
    ['timeout-before', 0],
    ['timeout-after', 1],
  ] as const)('%s: the client gets nothing, the books have %i order', async (kind, orders) => {
    await venue.control.planFault({ kind, match: onOrder, params: { ms: 50 } });
    await expect(buy()).rejects.toThrow(/fetch failed|terminated/);
    expect(await orderCount()).toBe(orders);
    expect(await buy()).toMatchObject({ retCode: 0 });
  });

  it("code: any code in Bybit's envelope, also to an order that was accepted", async () => {
    await venue.control.planFault({ kind: 'code', match: onOrder, params: { code: 110007, msg: 'no' } });
    expect(await buy()).toMatchObject({ status: 200, retCode: 110007, retMsg: 'no', result: {} });
    expect(await orderCount()).toBe(0);
    await venue.control.planFault({ kind: 'code', match: onOrder, params: { execute: true } });
    expect(await buy()).toMatchObject({ retCode: 10016 });
    expect(await orderCount()).toBe(1);
    expect(await venue.control.requests({ method: 'POST' })).toMatchObject([
      { account: 'alice', path: CREATE, params: { qty: '0.01' }, executed: false },
      { executed: true, code: 0, orderId: expect.stringMatching(/^\d{19}$/) as string },
    ]);
  });

  it('status, html-200, malformed-json, latency', async () => {
    await venue.control.planFault({ kind: 'status', match: onOrder, params: { status: 429 } });
    expect(await buy()).toMatchObject({ status: 429, retCode: 10006 });
    await venue.control.planFault({ kind: 'status', match: onOrder, params: { status: 503 } });
    await expect(buy()).rejects.toThrow(SyntaxError);
    await venue.control.planFault({ kind: 'html-200', match: onOrder });
    await expect(buy()).rejects.toThrow(SyntaxError);
    expect(await orderCount()).toBe(0);
    await venue.control.planFault({ kind: 'malformed-json', match: onOrder });
    await expect(buy()).rejects.toThrow(SyntaxError);
    await venue.control.planFault({ kind: 'latency', match: onOrder, params: { ms: 20 } });
    expect(await buy()).toMatchObject({ retCode: 0 });
  });

  it.each([null, '', 'NaN'])(
    'malformed-numbers: %j where figures belong, ids and words stay',
    async (value) => {
      await buy();
      await venue.control.planFault({ kind: 'malformed-numbers', match: onPositions, params: { value } });
      const { result } = await call('GET', '/v5/position/list', { symbol: 'BTCUSDT' });
      expect(result.list?.[0]).toMatchObject({
        size: value,
        avgPrice: value,
        symbol: 'BTCUSDT',
        side: 'Buy',
        positionIdx: 0,
      });
    },
  );

  it('empty, partial, lagging and rolled-back positions', async () => {
    await buy();
    await buy({ symbol: 'ETHUSDT', qty: '1' });
    await venue.control.planFault({ kind: 'empty-positions', match: onPositions });
    expect(await positions()).toEqual([]);
    await venue.control.planFault({ kind: 'empty-positions', match: onPositions });
    expect(await positions({ symbol: 'BTCUSDT' })).toEqual([['BTCUSDT', '0']]);
    await venue.control.planFault({ kind: 'partial-positions', match: onPositions });
    expect(await positions()).toEqual([['BTCUSDT', '0.01']]);
    await venue.control.planFault({ kind: 'stale-positions', match: onPositions, params: { ms: 60_000 } });
    expect(await positions()).toEqual([]);
    await venue.control.changeSettings({ positionLagMs: 300 });
    await buy();
    expect(await positions()).not.toContainEqual(['BTCUSDT', '0.02']);
    await expect.poll(() => positions()).toContainEqual(['BTCUSDT', '0.02']);
  });

  it('empty and rolled-back open orders', async () => {
    const open = async () =>
      (await call('GET', '/v5/order/realtime', { symbol: 'BTCUSDT' })).result.list?.length;
    const match = { pathContains: 'order/realtime' };
    await buy({ orderType: 'Limit', price: '60000' });
    await venue.control.planFault({ kind: 'empty-orders', match });
    expect(await open()).toBe(0);
    await venue.control.planFault({ kind: 'stale-orders', match, params: { ms: 60_000 } });
    expect(await open()).toBe(0);
    expect(await open()).toBe(1);
  });

  it('shows a client a skewed clock', async () => {
    await venue.control.setClockSkew(-30_000);
    expect(await buy()).toMatchObject({ retCode: 10002 });
  });

  it('loses an order without a trace', async () => {
    const { orderId } = (await buy({ orderType: 'Limit', price: '60000', orderLinkId: 'gone' })).result;
    const [row] = (await venue.control.books('alice')).orders;
    await venue.control.vanishOrder('alice', row?.orderId ?? '');
    for (const ref of [{ orderId }, { orderLinkId: 'gone' }])
      for (const path of ['/v5/order/realtime', '/v5/order/history'])
        expect((await call('GET', path, ref)).result.list).toEqual([]);
  });

  it('shows the ccxt class the errors that the real exchange would', async () => {
    const client = await bybitCcxt(venue.url);
    client.timeout = 500;
    await client.loadMarkets();
    const nameOf = async (fault: Partial<Parameters<typeof venue.control.planFault>[0]>) => {
      await venue.control.planFault({ kind: 'code', ...fault, match: onOrder });
      return client.createOrder('BTC/USDT:USDT', 'market', 'buy', 0.01).then(
        (order) => `resolved ${String(order.id)}`,
        (error: Error) => error.name,
      );
    };
    expect(await nameOf({ params: { code: 10006 } })).toBe('RateLimitExceeded');
    expect(await nameOf({ params: { code: 110007 } })).toBe('InsufficientFunds');
    expect(await nameOf({ kind: 'cut-after' })).toBe('NetworkError');
    expect(await nameOf({ kind: 'timeout-after', params: { ms: 2_000 } })).toBe('RequestTimeout');
    expect(await nameOf({ kind: 'html-200' })).toBe('resolved undefined');
    await client.close();
  });
});

describe('rate limits of Bybit', () => {
  beforeEach(() => venue.control.changeSettings({ rateLimits: true }));

  it('counts by account and endpoint, and tells what is left', async () => {
    const answers = [];
    for (let n = 0; n < 11; n += 1) answers.push(await buy({ orderType: 'Limit', price: '60000' }));
    expect(answers[0]?.headers.get('x-bapi-limit')).toBe('10');
    expect(answers.map(({ headers }) => headers.get('x-bapi-limit-status')).slice(0, 3)).toEqual([
      '9',
      '8',
      '7',
    ]);
    expect(answers.at(-1)).toMatchObject({ status: 200, retCode: 10006 });
    expect(Number(answers.at(-1)?.headers.get('x-bapi-limit-reset-timestamp'))).toBeGreaterThan(
      Date.now() - 1_000,
    );
    expect(await positions()).toEqual([]);
    expect(await orderCount()).toBe(10);
  });

  it('counts the rows of a batch, and fails those beyond the limit', async () => {
    const row = { ...ORDER, orderType: 'Limit', price: '60000' };
    const { retCode, retExtInfo } = await call('POST', '/v5/order/create-batch', {
      request: Array(12).fill(row),
    });
    expect(retCode).toBe(0);
    const codes = (retExtInfo['list'] as { code: number }[]).map(({ code }) => code);
    expect(codes).toEqual([...Array<number>(10).fill(0), 10006, 10006]);
  });

  it('bans who storms on, and nobody else, for ten minutes', async () => {
    const other = { name: 'bob', apiKey: 'bob-key', secret: 'bob-secret' };
    await venue.control.createAccount(other);
    const storm = (keys = KEYS) =>
      fetch(`${venue.url}/v5/account/info`, { headers: { 'X-BAPI-API-KEY': keys.apiKey } });
    for (let n = 0; n < 30; n += 1) await Promise.all(Array.from({ length: 20 }, () => storm()));
    expect((await storm()).status).toBe(403);
    expect((await storm(other)).status).toBe(200);
    await venue.control.setClockSkew(601_000);
    expect((await storm()).status).toBe(200);
  });
});
