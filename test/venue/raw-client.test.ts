import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BTC, KEYS, readAnswer, signedClient, testVenue } from './support.ts';
import type { Signed } from './support.ts';

let venue: Awaited<ReturnType<typeof testVenue>>;
let call: Signed;

beforeAll(async () => {
  venue = await testVenue();
  call = signedClient(venue.url);
});
afterAll(() => venue.dispose());

const ORDER = '/openApi/swap/v2/trade/order';
const sign = (text: string, secret = KEYS.secret) => createHmac('sha256', secret).update(text).digest('hex');
const headers = { 'X-BX-APIKEY': KEYS.apiKey };

async function get(path: string, query: string, given: Record<string, string> = headers) {
  return readAnswer(await fetch(`${venue.url}${path}?${query}`, { headers: given }));
}

describe('proving who asks', () => {
  const BALANCE = '/openApi/swap/v3/user/balance';

  it('wants the key, the signature, the right signature and a timestamp of now', async () => {
    const timestamp = `timestamp=${Date.now()}`;
    expect(await get(BALANCE, timestamp, {})).toMatchObject({ status: 200, code: 100413 });
    expect(await get(BALANCE, timestamp)).toMatchObject({ code: 100412 });
    expect(await get(BALANCE, `${timestamp}&signature=${sign(timestamp, 'other')}`)).toMatchObject({
      code: 100001,
    });
    const old = `timestamp=${Date.now() - 6_000}`;
    expect(await get(BALANCE, `${old}&signature=${sign(old)}`)).toMatchObject({ code: 100421 });
    expect(await get(BALANCE, `symbol=a&signature=${sign('symbol=a')}`)).toMatchObject({ code: 100421 });
    expect(await get(BALANCE, `${timestamp}&signature=${sign(timestamp)}`)).toMatchObject({ code: 0 });
  });

  it('holds to recvWindow and to its own clock', async () => {
    const query = `recvWindow=100&timestamp=${Date.now() - 500}`;
    expect(await get(BALANCE, `${query}&signature=${sign(query)}`)).toMatchObject({ code: 100421 });
    await venue.control.setClockSkew(60_000);
    expect(await call('GET', BALANCE)).toMatchObject({ code: 100421 });
    const time = await get('/openApi/swap/v2/server/time', '');
    expect(Number(time.data['serverTime'])).toBeGreaterThan(Date.now() + 50_000);
    await venue.control.setClockSkew(0);
  });

  it('takes parameters in the order a client sent them, in a form and in a JSON body', async () => {
    const unsorted = `symbol=${BTC}&limit=5&timestamp=${Date.now()}`;
    expect(
      await get('/openApi/swap/v2/trade/allOrders', `${unsorted}&signature=${sign(unsorted)}`),
    ).toMatchObject({ code: 0 });
    const form = `quantity=0.01&side=BUY&symbol=${BTC}&timestamp=${Date.now()}&type=MARKET`;
    const posted = await fetch(venue.url + ORDER, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: `${form}&signature=${sign(form)}`,
    });
    expect(await readAnswer(posted)).toMatchObject({ code: 0 });
    const fields = { quantity: 0.01, side: 'SELL', symbol: BTC, timestamp: Date.now(), type: 'MARKET' };
    const text = Object.entries(fields)
      .map(([key, value]) => `${key}=${value}`)
      .join('&');
    const json = await fetch(venue.url + ORDER, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ ...fields, signature: sign(text) }),
    });
    expect(await readAnswer(json)).toMatchObject({ code: 0 });
  });

  it('refuses orders of a key that may only read', async () => {
    const reader = { name: 'reader', apiKey: 'r', secret: 's' };
    await venue.control.createAccount({ ...reader, permissions: ['read'] });
    const asReader = signedClient(venue.url, reader);
    expect(await asReader('GET', BALANCE)).toMatchObject({ code: 0 });
    expect(
      await asReader('POST', ORDER, { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: 1 }),
    ).toMatchObject({ code: 100004 });
  });
});

describe('requests that make no sense', () => {
  const cases: readonly [string, Record<string, string>, number][] = [
    ['no type', { symbol: BTC, side: 'BUY', quantity: '1' }, 109400],
    ['no side', { symbol: BTC, type: 'MARKET', quantity: '1' }, 109400],
    ['no quantity', { symbol: BTC, side: 'BUY', type: 'MARKET' }, 109400],
    ['no price on a limit order', { symbol: BTC, side: 'BUY', type: 'LIMIT', quantity: '1' }, 109400],
    ['no stop price on a stop', { symbol: BTC, side: 'BUY', type: 'STOP_MARKET', quantity: '1' }, 109400],
    ['no symbol', { side: 'BUY', type: 'MARKET', quantity: '1' }, 109400],
    ['an unknown symbol', { symbol: 'NOPE-USDT', side: 'BUY', type: 'MARKET', quantity: '1' }, 109425],
    [
      'a position side of the other mode',
      { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '1', positionSide: 'LONG' },
      109400,
    ],
    ['a quantity off the lot', { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '0.00015' }, 110425],
    [
      'a broken attachment',
      { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '1', stopLoss: '{"stopPrice":' },
      109400,
    ],
    [
      'a client id of 41 characters',
      { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '1', clientOrderId: 'x'.repeat(41) },
      109400,
    ],
  ];
  it.each(cases)('refuses %s', async (_, params, code) => {
    expect(await call('POST', ORDER, params)).toMatchObject({ status: 200, code });
  });

  it('says that a path or method is unknown', async () => {
    expect(await call('GET', '/openApi/swap/v9/nothing')).toMatchObject({ code: 100404 });
    expect(await call('PUT', ORDER)).toMatchObject({ code: 100400 });
  });

  it('refuses a history range that is too long', async () => {
    const startTime = Date.now() - 8 * 86_400_000;
    expect(
      await call('GET', '/openApi/swap/v2/trade/allOrders', { startTime, endTime: Date.now(), limit: 10 }),
    ).toMatchObject({ code: 109400 });
  });
});

describe('amending', () => {
  it('changes the quantity of a resting order and keeps its id', async () => {
    const placed = await call('POST', ORDER, {
      symbol: BTC,
      side: 'BUY',
      type: 'LIMIT',
      quantity: '0.01',
      price: '60000',
    });
    const { orderID } = placed.data['order'] as { orderID: string };
    const amend = (quantity: string) =>
      call('POST', '/openApi/swap/v1/trade/amend', { symbol: BTC, orderId: orderID, quantity });
    expect(await amend('0.02')).toMatchObject({ code: 0, data: { orderId: orderID, quantity: '0.02' } });
    expect(await amend('0.00015')).toMatchObject({ code: 110425 });
    expect((await call('GET', ORDER, { symbol: BTC, orderId: orderID })).data).toMatchObject({
      order: { origQty: '0.02' },
    });
  });
});

describe('shapes on the wire', () => {
  it('sends order ids as 19 bare digits and as a string beside', async () => {
    const placed = await call('POST', ORDER, {
      symbol: BTC,
      side: 'BUY',
      type: 'LIMIT',
      quantity: '0.01',
      price: '60000',
    });
    expect(placed.text).toMatch(/"orderId":\d{19},"orderID":"\d{19}"/);
    expect(placed.text).toContain('"price":60000');
  });

  it('drops the client id of a stop order, as documented', async () => {
    await call('POST', ORDER, { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '0.01' });
    const stop = {
      symbol: BTC,
      side: 'SELL',
      type: 'STOP_MARKET',
      quantity: '0.01',
      stopPrice: '60000',
      clientOrderId: 'mystop',
    };
    expect((await call('POST', ORDER, stop)).data).toMatchObject({ order: { clientOrderID: '' } });
    expect(await call('POST', ORDER, stop)).toMatchObject({ code: 0 });
  });

  it('finds a terminal order by client id for two hours only, by its id for ever', async () => {
    await call('POST', ORDER, {
      symbol: BTC,
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.01',
      clientOrderID: 'Soon',
    });
    const found = await call('GET', ORDER, { symbol: BTC, clientOrderID: 'SOON' });
    expect(found).toMatchObject({ code: 0, data: { order: { clientOrderId: 'soon', status: 'FILLED' } } });
    await venue.control.changeSettings({ clientIdLookupMs: 0 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await call('GET', ORDER, { symbol: BTC, clientOrderID: 'soon' })).toMatchObject({ code: 109421 });
    const { orderID } = found.data['order'] as { orderID: string };
    expect(await call('GET', ORDER, { symbol: BTC, orderId: orderID })).toMatchObject({ code: 0 });
    expect(
      await call('POST', ORDER, {
        symbol: BTC,
        side: 'BUY',
        type: 'MARKET',
        quantity: '0.01',
        clientOrderID: 'soon',
      }),
    ).toMatchObject({ code: 101481 });
  });

  it('names liquidations and deleveraging apart where they are asked for', async () => {
    await venue.control.trade({
      account: 'alice',
      symbol: 'ETH-USDT',
      leg: 'net',
      action: 'open',
      direction: 'long',
      quantity: '1',
    });
    await venue.control.adl({ account: 'alice', symbol: 'ETH-USDT', leg: 'net', quantity: '0.4' });
    await venue.control.liquidate({ account: 'alice', symbol: 'ETH-USDT', leg: 'net' });
    const adl = await call('GET', '/openApi/swap/v2/trade/forceOrders', { autoCloseType: 'ADL' });
    expect(adl.data).toMatchObject({
      orders: [{ type: 'LIQUIDATION', autoCloseType: 'ADL', executedQty: '0.4' }],
    });
    const liquidation = await call('GET', '/openApi/swap/v2/trade/forceOrders', {
      autoCloseType: 'LIQUIDATION',
    });
    expect(liquidation.data).toMatchObject({ orders: [{ executedQty: '0.6' }] });
  });

  it('reproduces the figures of the reported case in its position history', async () => {
    const symbol = 'BNB-USDT';
    const leg = { account: 'alice', symbol, leg: 'net' } as const;
    await venue.control.trade({
      ...leg,
      action: 'open',
      direction: 'long',
      quantity: '0.081',
      price: '109206.8',
    });
    await venue.control.trade({ ...leg, action: 'close', price: '109953.4' });
    const history = await call('GET', '/openApi/swap/v1/trade/positionHistory', {
      symbol,
      startTs: 0,
      endTs: 1,
    });
    expect(history.data).toMatchObject({ positionHistory: [] });
    const all = await call('GET', '/openApi/swap/v1/trade/positionHistory', { symbol });
    expect(all.data).toMatchObject({
      total: 1,
      positionHistory: [
        { avgPrice: '109206.8', avgClosePrice: '109953.4', realisedProfit: '60.4746', netProfit: '51.5986' },
      ],
    });
  });
});
