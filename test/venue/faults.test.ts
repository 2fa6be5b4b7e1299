import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BTC, ccxtClient, signedClient, testVenue } from './support.ts';
import type { Ccxt, Signed } from './support.ts';

const ORDER = '/openApi/swap/v2/trade/order';
const POSITIONS = '/openApi/swap/v2/user/positions';
const BUY = { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '0.01' };
const onOrder = { method: 'POST', pathContains: '/trade/order' } as const;

let venue: Awaited<ReturnType<typeof testVenue>>;
let call: Signed;

beforeEach(async () => {
  venue = await testVenue();
  call = signedClient(venue.url);
});
afterEach(() => venue.dispose());

const orderCount = async () => (await venue.control.books('alice')).orders.length;

describe('faults of a request', () => {
  it.each([
    ['cut-before', 0],
    ['cut-after', 1],
    ['cut-mid-body', 1],
  ] as const)('%s: the client gets nothing, the books have %i order', async (kind, orders) => {
    await venue.control.planFault({ kind, match: onOrder });
    await expect(call('POST', ORDER, BUY)).rejects.toThrow(/fetch failed|terminated/);
    expect(await orderCount()).toBe(orders);
    expect(await venue.control.requests({ method: 'POST' })).toMatchObject([
      { fault: kind, executed: orders === 1, answered: false },
    ]);
    expect(await call('POST', ORDER, BUY)).toMatchObject({ code: 0 });
  });

  it.each([
    ['timeout-before', 0],
    ['timeout-after', 1],
  ] as const)('%s: no answer until the connection is cut, %i order', async (kind, orders) => {
    await venue.control.planFault({ kind, match: onOrder, params: { ms: 150 } });
    const startedAt = performance.now();
    await expect(call('POST', ORDER, BUY)).rejects.toThrow(/fetch failed|terminated/);
    expect(performance.now() - startedAt).toBeGreaterThan(120);
    expect(await orderCount()).toBe(orders);
  });

  it('latency: executes at once and answers late, or waits first', async () => {
    await venue.control.planFault({ kind: 'latency', match: onOrder, params: { ms: 150 } });
    const late = call('POST', ORDER, BUY);
    await venue.control.waitForRequest({ ...onOrder, sinceSeq: 0 });
    expect(await orderCount()).toBe(1);
    expect(await late).toMatchObject({ code: 0 });
    await venue.control.planFault({ kind: 'latency', match: onOrder, params: { ms: 50, before: true } });
    expect(await call('POST', ORDER, BUY)).toMatchObject({ code: 0 });
  });

  it.each([429, 418, 500, 502, 503, 504, 403])('status %i: not executed', async (status) => {
    await venue.control.planFault({ kind: 'status', match: onOrder, params: { status } });
    const response = await fetch(venue.url + ORDER, { method: 'POST' });
    expect(response.status).toBe(status);
    expect(await orderCount()).toBe(0);
  });

  it('html-200: a page where JSON was expected', async () => {
    await venue.control.planFault({ kind: 'html-200', match: onOrder });
    const response = await fetch(venue.url + ORDER, { method: 'POST' });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<html>');
  });

  it('code: any code, also to an order that was accepted', async () => {
    await venue.control.planFault({ kind: 'code', match: onOrder, params: { code: 101204, msg: 'no' } });
    expect(await call('POST', ORDER, BUY)).toMatchObject({ code: 101204, msg: 'no' });
    expect(await orderCount()).toBe(0);
    await venue.control.planFault({ kind: 'code', match: onOrder, params: { code: 100500, execute: true } });
    expect(await call('POST', ORDER, BUY)).toMatchObject({ code: 100500 });
    expect(await orderCount()).toBe(1);
  });

  it('malformed-json: cut short', async () => {
    await venue.control.planFault({ kind: 'malformed-json', match: { pathContains: 'positions' } });
    await expect(call('GET', POSITIONS)).rejects.toThrow(SyntaxError);
  });

  it.each([null, '', 'NaN'])('malformed-numbers: %j where figures belong, ids as they are', async (value) => {
    await call('POST', ORDER, BUY);
    await venue.control.planFault({
      kind: 'malformed-numbers',
      match: { pathContains: 'positions' },
      params: { value },
    });
    const [row] = (await call('GET', POSITIONS)).data as unknown as Record<string, unknown>[];
    expect(row).toMatchObject({
      positionAmt: value,
      avgPrice: value,
      symbol: BTC,
      positionId: expect.stringMatching(/^\d{19}$/) as string,
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

describe('faults of lists', () => {
  const rows = async () =>
    ((await call('GET', POSITIONS)).data as unknown as { symbol: string; positionAmt: string }[]).map(
      (row) => [row.symbol, row.positionAmt],
    );
  const openOrders = async () =>
    ((await call('GET', '/openApi/swap/v2/trade/openOrders')).data['orders'] as unknown[]).length;

  it('empty, partial and rolled-back positions', async () => {
    await call('POST', ORDER, BUY);
    const between = await quietMoment();
    await call('POST', ORDER, { ...BUY, symbol: 'ETH-USDT', quantity: '1' });
    const match = { pathContains: 'user/positions' };
    await venue.control.planFault({ kind: 'empty-positions', match });
    expect(await rows()).toEqual([]);
    await venue.control.planFault({ kind: 'partial-positions', match });
    expect(await rows()).toEqual([[BTC, '0.01']]);
    await venue.control.planFault({ kind: 'stale-positions', match, params: { ms: Date.now() - between } });
    expect(await rows()).toEqual([[BTC, '0.01']]);
    await venue.control.planFault({ kind: 'lag-positions', match, params: { ms: 60_000 } });
    expect(await rows()).toEqual([]);
    expect(await rows()).toHaveLength(2);
  });

  it('empty and rolled-back orders', async () => {
    const placed = await call('POST', ORDER, {
      symbol: BTC,
      side: 'BUY',
      type: 'LIMIT',
      quantity: '0.01',
      price: '60000',
    });
    const match = { pathContains: 'openOrders' };
    await venue.control.planFault({ kind: 'empty-orders', match });
    expect(await openOrders()).toBe(0);
    const between = await quietMoment();
    await call('DELETE', ORDER, {
      symbol: BTC,
      orderId: (placed.data['order'] as { orderID: string }).orderID,
    });
    await venue.control.planFault({ kind: 'stale-orders', match, params: { ms: Date.now() - between } });
    expect(await openOrders()).toBe(1);
    expect(await openOrders()).toBe(0);
  });
});

describe('choosing the request', () => {
  const failing = { kind: 'code', params: { code: 100500 } } as const;
  const codes = async (count: number) => {
    const seen: number[] = [];
    for (let index = 0; index < count; index += 1) seen.push((await call('GET', POSITIONS)).code);
    return seen;
  };

  it('lets some pass first and applies as often as told', async () => {
    const planned = await venue.control.planFault({ ...failing, skip: 1, count: 2 });
    expect(await codes(5)).toEqual([0, 100500, 100500, 0, 0]);
    expect(await venue.control.faults()).toMatchObject([{ id: planned.id, applied: 2 }]);
  });

  it('draws the same requests again from the same seed', async () => {
    const draw = async () => {
      await venue.control.planFault({ ...failing, probability: 0.5, seed: 7 });
      const seen = await codes(12);
      await venue.control.clearFaults();
      return seen;
    };
    const first = await draw();
    expect(new Set(first)).toEqual(new Set([0, 100500]));
    expect(await draw()).toEqual(first);
  });

  it('matches by parameter and account, and ends when cleared', async () => {
    const planned = await venue.control.planFault({
      ...failing,
      count: null,
      match: { account: 'alice', params: { type: 'STOP_MARKET' } },
    });
    expect(await call('POST', ORDER, BUY)).toMatchObject({ code: 0 });
    const stop = { symbol: BTC, side: 'SELL', type: 'STOP_MARKET', quantity: '0.01', stopPrice: '60000' };
    expect(await call('POST', ORDER, stop)).toMatchObject({ code: 100500 });
    expect(await call('POST', ORDER, stop)).toMatchObject({ code: 100500 });
    expect(await venue.control.clearFault(planned.id)).toEqual({ cleared: 1 });
    expect(await call('POST', ORDER, stop)).toMatchObject({ code: 0 });
  });

  it('says what is wrong with a plan', async () => {
    await expect(venue.control.planFault({ kind: 'explode' as 'latency' })).rejects.toThrow(/kind/);
  });
});

describe('what the ccxt class makes of them', () => {
  const SYMBOL = 'BTC/USDT:USDT';
  let client: Ccxt;
  beforeEach(async () => {
    client = await ccxtClient(venue.url);
    client.timeout = 500;
    await client.loadMarkets();
  });
  afterEach(() => client.close());

  const nameOf = (kind: Parameters<typeof venue.control.planFault>[0]) =>
    venue.control
      .planFault({ ...kind, match: onOrder })
      .then(() => client.createOrder(SYMBOL, 'market', 'buy', 0.01))
      .then(
        (order) => `resolved ${String(order.id)}`,
        (error: Error) => error.name,
      );

  it('sees the errors that the real exchange would make it see', async () => {
    expect(await nameOf({ kind: 'cut-after' })).toBe('NetworkError');
    expect(await nameOf({ kind: 'timeout-after', params: { ms: 2_000 } })).toBe('RequestTimeout');
    expect(await nameOf({ kind: 'cut-mid-body' })).toMatch(/SocketError|TypeError|NetworkError/);
    expect(await nameOf({ kind: 'html-200' })).toBe('resolved undefined');
    expect(await nameOf({ kind: 'status', params: { status: 503 } })).toBe('ExchangeNotAvailable');
    expect(await nameOf({ kind: 'status', params: { status: 429 } })).toMatch(
      /RateLimitExceeded|OperationFailed|DDoSProtection/,
    );
    expect(await nameOf({ kind: 'code', params: { code: 100410 } })).toBe('OperationFailed');
    expect((await venue.control.books('alice')).orders).toHaveLength(3);
  });
});
