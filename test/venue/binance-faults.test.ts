import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { binanceClient, ccxtBinance, rowsOf, SYMBOL, V1 } from './binance-support.ts';
import type { BinanceCcxt, Signed } from './binance-support.ts';
import { BTC, testVenue } from './support.ts';

const ORDER = `${V1}/order`;
const POSITIONS = '/fapi/v3/positionRisk';
const BUY = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '0.01' };
const onOrder = { method: 'POST', path: ORDER } as const;

let venue: Awaited<ReturnType<typeof testVenue>>;
let call: Signed;

beforeEach(async () => {
  venue = await testVenue();
  call = binanceClient(venue.url);
});
afterEach(() => venue.dispose());

const orderCount = async () => (await venue.control.books('alice')).orders.length;

describe('faults of a request', () => {
  it.each([
    ['cut-before', 0],
    ['cut-after', 1],
    ['cut-mid-body', 1],
    ['timeout-before', 0],
    ['timeout-after', 1],
  ] as const)('%s: the client gets nothing, the books have %i order', async (kind, orders) => {
    await venue.control.planFault({ kind, match: onOrder, params: { ms: 100 } });
    await expect(call('POST', ORDER, BUY)).rejects.toThrow(/fetch failed|terminated/);
    expect(await orderCount()).toBe(orders);
    expect(await venue.control.requests({ method: 'POST' })).toMatchObject([
      { account: 'alice', params: BUY, fault: kind, executed: orders === 1, answered: false },
    ]);
  });

  it.each([
    [-1007, 408],
    [-1003, 429],
    [-1000, 500],
    [-1008, 503],
    [-2019, 400],
    [-2015, 401],
  ])('code %i answers as Binance does, HTTP %i', async (code, status) => {
    await venue.control.planFault({ kind: 'code', match: onOrder, params: { code, msg: 'so it is' } });
    const answer = await call('POST', ORDER, BUY);
    expect(answer).toMatchObject({ status, body: { code, msg: 'so it is' } });
    expect(await orderCount()).toBe(0);
  });

  it('a code may answer an order that was accepted; without one it is an unknown error', async () => {
    await venue.control.planFault({ kind: 'code', match: onOrder, params: { execute: true } });
    expect(await call('POST', ORDER, BUY)).toMatchObject({ status: 500, body: { code: -1000 } });
    expect(await orderCount()).toBe(1);
  });

  it.each([429, 418])('status %i says when to come back', async (status) => {
    await venue.control.planFault({ kind: 'status', match: onOrder, params: { status } });
    const answer = await call('POST', ORDER, BUY);
    expect(answer).toMatchObject({ status, body: { code: -1003 } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('html-200 and 5xx: a page where JSON was expected', async () => {
    for (const fault of [{ kind: 'html-200' }, { kind: 'status', params: { status: 502 } }] as const) {
      await venue.control.planFault({ ...fault, match: onOrder });
      const response = await fetch(venue.url + ORDER, { method: 'POST' });
      expect(response.status).toBe('params' in fault ? 502 : 200);
      expect(await response.text()).toContain('<html>');
    }
    expect(await orderCount()).toBe(0);
  });

  it('latency: executes at once and answers late', async () => {
    await venue.control.planFault({ kind: 'latency', match: onOrder, params: { ms: 150 } });
    const late = call('POST', ORDER, BUY);
    await venue.control.waitForRequest({ ...onOrder, sinceSeq: 0 });
    expect(await orderCount()).toBe(1);
    expect(await late).toMatchObject({ status: 200 });
  });

  it('malformed-json: cut short', async () => {
    await venue.control.planFault({ kind: 'malformed-json', match: { path: POSITIONS } });
    await expect(call('GET', POSITIONS)).rejects.toThrow(SyntaxError);
  });

  it.each([null, '', 'NaN'])('malformed-numbers: %j where figures belong, ids as they are', async (value) => {
    const { body } = await call('POST', ORDER, BUY);
    const broken = (path: string) =>
      venue.control.planFault({ kind: 'malformed-numbers', match: { path }, params: { value } });
    await broken(POSITIONS);
    expect(rowsOf(await call('GET', POSITIONS))[0]).toMatchObject({
      ...{ symbol: SYMBOL, positionSide: 'BOTH', positionAmt: value, entryPrice: value, notional: value },
    });
    await broken(`${V1}/userTrades`);
    expect(rowsOf(await call('GET', `${V1}/userTrades`, { symbol: SYMBOL }))[0]).toMatchObject({
      ...{ orderId: body['orderId'], qty: value, price: value, commission: value },
    });
  });
});

/** A time with nothing before and after it for half a second: what a list is rolled back to. */
async function quietMoment(): Promise<number> {
  await sleep(500);
  const moment = Date.now();
  await sleep(500);
  return moment;
}

const count = async (path: string) => rowsOf(await call('GET', path, { symbol: SYMBOL })).length;

describe('faults of lists', () => {
  const symbols = async () => rowsOf(await call('GET', POSITIONS)).map((row) => row['symbol']);

  it('empty, partial, rolled-back and lagging positions', async () => {
    await call('POST', ORDER, BUY);
    const between = await quietMoment();
    await call('POST', ORDER, { ...BUY, symbol: 'ETHUSDT', quantity: '1' });
    const match = { path: POSITIONS };
    await venue.control.planFault({ kind: 'empty-positions', match });
    expect(await symbols()).toEqual([]);
    await venue.control.planFault({ kind: 'partial-positions', match });
    expect(await symbols()).toEqual([SYMBOL]);
    await venue.control.planFault({ kind: 'stale-positions', match, params: { ms: Date.now() - between } });
    expect(await symbols()).toEqual([SYMBOL]);
    await venue.control.planFault({ kind: 'lag-positions', match, params: { ms: 60_000 } });
    expect(await symbols()).toEqual([]);
    expect(await symbols()).toEqual([SYMBOL, 'ETHUSDT']);
  });

  it('empty and rolled-back orders, ordinary and conditional', async () => {
    const rest = { ...BUY, type: 'LIMIT', timeInForce: 'GTC', price: '60000' };
    const entry = { ...BUY, algoType: 'CONDITIONAL', type: 'STOP_MARKET', triggerPrice: '66000' };
    await call('POST', ORDER, rest);
    await call('POST', `${V1}/algoOrder`, entry);
    const lists = [`${V1}/openOrders`, `${V1}/openAlgoOrders`];
    for (const path of lists) {
      await venue.control.planFault({ kind: 'empty-orders', match: { path } });
      expect([await count(path), await count(path)]).toEqual([0, 1]);
    }
    const between = await quietMoment();
    await call('DELETE', `${V1}/allOpenOrders`, { symbol: SYMBOL });
    await call('DELETE', `${V1}/algoOpenOrders`, { symbol: SYMBOL });
    for (const path of lists) {
      const params = { ms: Date.now() - between };
      await venue.control.planFault({ kind: 'stale-orders', match: { path }, params });
      expect([await count(path), await count(path)]).toEqual([1, 0]);
    }
  });

  it('an order that vanished is nowhere', async () => {
    const entry = { ...BUY, algoType: 'CONDITIONAL', type: 'STOP_MARKET', triggerPrice: '66000' };
    const { body } = await call('POST', `${V1}/algoOrder`, entry);
    const algoId = String(body['algoId']);
    await venue.control.vanishOrder('alice', algoId);
    expect(await count(`${V1}/openAlgoOrders`)).toBe(0);
    expect(await count(`${V1}/allAlgoOrders`)).toBe(0);
    expect(await call('GET', `${V1}/algoOrder`, { algoId })).toMatchObject({ body: { code: -2013 } });
  });
});

describe('what happens besides the API', () => {
  const leg = { account: 'alice', symbol: BTC, leg: 'net' } as const;
  const amounts = async () => rowsOf(await call('GET', POSITIONS)).map((row) => row['positionAmt']);

  it('partial fills: a part now, the rest later or never', async () => {
    await venue.control.planPartialFill({ account: 'alice', quantity: '0.004', restAfterMs: null });
    const { body } = await call('POST', ORDER, { ...BUY, newOrderRespType: 'RESULT' });
    expect(body).toMatchObject({ status: 'PARTIALLY_FILLED', executedQty: '0.0040', origQty: '0.0100' });
    const id = { symbol: SYMBOL, orderId: String(body['orderId']) };
    expect(await count(`${V1}/openOrders`)).toBe(1);
    expect(await call('DELETE', ORDER, id)).toMatchObject({
      body: { status: 'CANCELED', executedQty: '0.0040' },
    });
    await venue.control.planPartialFill({ account: 'alice', quantity: '0.004', restAfterMs: 50 });
    const later = await call('POST', ORDER, BUY);
    const statusOf = async () =>
      (await call('GET', ORDER, { symbol: SYMBOL, orderId: String(later.body['orderId']) })).body['status'];
    await expect.poll(statusOf).toBe('FILLED');
  });

  it('trades by hand: open, add, flip, close', async () => {
    await venue.control.trade({ ...leg, action: 'open', direction: 'long', quantity: '0.02' });
    expect(await amounts()).toEqual(['0.0200']);
    await venue.control.trade({ ...leg, action: 'add', quantity: '0.01' });
    await venue.control.trade({ ...leg, action: 'flip' });
    expect(await amounts()).toEqual(['-0.0300']);
    await venue.control.trade({ ...leg, action: 'close' });
    expect(await amounts()).toEqual([]);
  });
});

describe('what the ccxt class makes of them', () => {
  let client: BinanceCcxt & { timeout: number };
  beforeEach(async () => {
    client = (await ccxtBinance(venue.url, 'dispatcher')) as typeof client;
    client.timeout = 500;
    await client.loadMarkets();
  });
  afterEach(() => client.close());

  const nameOf = (fault: Omit<Parameters<typeof venue.control.planFault>[0], 'match'>) =>
    venue.control
      .planFault({ ...fault, match: onOrder })
      .then(() => client.createOrder('BTC/USDT:USDT', 'market', 'buy', 0.01))
      .then(
        (order) => `resolved ${order.id}`,
        (error: Error) => error.name,
      );

  it('is what the real exchange would make it see', async () => {
    expect(await nameOf({ kind: 'cut-after' })).toBe('NetworkError');
    expect(await nameOf({ kind: 'timeout-after', params: { ms: 2_000 } })).toBe('RequestTimeout');
    expect(await nameOf({ kind: 'status', params: { status: 503 } })).toBe('ExchangeNotAvailable');
    expect(await nameOf({ kind: 'status', params: { status: 429 } })).toMatch(
      /RateLimitExceeded|DDoSProtection/,
    );
    expect(await nameOf({ kind: 'code', params: { code: -1007 } })).toBe('RequestTimeout');
    expect(await nameOf({ kind: 'code', params: { code: -2019 } })).toBe('InsufficientFunds');
    expect(await nameOf({ kind: 'code', params: { code: -1021 } })).toBe('InvalidNonce');
    expect(await orderCount()).toBe(2);
  });
});
