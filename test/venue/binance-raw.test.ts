import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { binanceClient, readAnswer, rowsOf, sign, SYMBOL, V1 } from './binance-support.ts';
import type { Signed } from './binance-support.ts';
import { BTC, KEYS, testVenue } from './support.ts';

const ORDER = `${V1}/order`;
const BUY = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '0.01' };
const REST = {
  symbol: SYMBOL,
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.01',
  price: '60000',
};
const headers = { 'X-MBX-APIKEY': KEYS.apiKey };

let venue: Awaited<ReturnType<typeof testVenue>>;
let call: Signed;

async function begin(hedgeMode = false): Promise<void> {
  venue = await testVenue({ hedgeMode });
  call = binanceClient(venue.url);
}
beforeEach(() => begin());
afterEach(() => venue.dispose());

const books = () => venue.control.books('alice');
const get = async (path: string, query: string, given: Record<string, string> = headers) =>
  readAnswer(await fetch(`${venue.url}${path}?${query}`, { headers: given }));

describe('proving who asks', () => {
  const BALANCE = '/fapi/v3/balance';

  it('wants the key, a timestamp, the signature, the right signature', async () => {
    const now = `timestamp=${Date.now()}`;
    expect(await get(BALANCE, now, {})).toMatchObject({ status: 401, body: { code: -2014 } });
    const stranger = { 'X-MBX-APIKEY': 'nobody' };
    expect(await get(BALANCE, now, stranger)).toMatchObject({ status: 401, body: { code: -2015 } });
    expect(await get(BALANCE, `signature=${sign('')}`)).toMatchObject({ status: 400, body: { code: -1102 } });
    expect(await get(BALANCE, now)).toMatchObject({ status: 400, body: { code: -1102 } });
    const forged = `${now}&signature=${sign(now, 'other')}`;
    expect(await get(BALANCE, forged)).toMatchObject({ status: 400, body: { code: -1022 } });
    expect(await get(BALANCE, `${now}&signature=${sign(now)}`)).toMatchObject({ status: 200 });
  });

  it('signs the query and the body together, as they were sent', async () => {
    const query = `symbol=${SYMBOL}&side=BUY`;
    const body = `type=MARKET&quantity=0.01&newClientOrderId=a%3Ab&timestamp=${Date.now()}`;
    const post = (signature: string) =>
      fetch(`${venue.url}${ORDER}?${query}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: `${body}&signature=${signature}`,
      }).then(readAnswer);
    expect(await post(sign(`${query}&${body}`))).toMatchObject({ body: { code: -1022 } });
    expect(await post(sign(query + body))).toMatchObject({ status: 200, body: { clientOrderId: 'a:b' } });
  });

  it('holds to recvWindow, 5 s unless said otherwise, and to its own clock', async () => {
    const at = (timestamp: number, more = '') => {
      const query = `timestamp=${timestamp}${more}`;
      return get(BALANCE, `${query}&signature=${sign(query)}`);
    };
    expect(await at(Date.now() - 6_000)).toMatchObject({ body: { code: -1021 } });
    expect(await at(Date.now() - 6_000, '&recvWindow=10000')).toMatchObject({ status: 200 });
    expect(await at(Date.now(), '&recvWindow=60001')).toMatchObject({ body: { code: -1131 } });
    expect(await at(Date.now() + 2_000)).toMatchObject({ body: { code: -1021 } });
    await venue.control.setClockSkew(60_000);
    expect(await call('GET', BALANCE)).toMatchObject({ body: { code: -1021 } });
    expect(Number((await get(`${V1}/time`, '')).body['serverTime'])).toBeGreaterThan(Date.now() + 50_000);
  });

  it('lets a key that may only read read, and tells what a key may do', async () => {
    const reader = { name: 'reader', apiKey: 'r', secret: 's' };
    await venue.control.createAccount({ ...reader, permissions: ['read'] });
    const asReader = binanceClient(venue.url, reader);
    expect(await asReader('GET', BALANCE)).toMatchObject({ status: 200 });
    expect(await asReader('POST', ORDER, BUY)).toMatchObject({ status: 401, body: { code: -2015 } });
    expect((await asReader('GET', '/sapi/v1/account/apiRestrictions')).body).toMatchObject({
      ...{ enableReading: true, enableFutures: false, enableWithdrawals: false },
    });
  });

  it('says that a path is unknown', async () => {
    expect(await call('GET', `${V1}/nothing`)).toMatchObject({ status: 404, body: { code: -5000 } });
  });
});

describe('orders that are refused, as documented', () => {
  const cases: readonly [string, Record<string, string>, number][] = [
    ['no symbol', { side: 'BUY', type: 'MARKET', quantity: '1' }, -1102],
    ['an unknown symbol', { ...BUY, symbol: 'NOPEUSDT' }, -1121],
    ['no side', { symbol: SYMBOL, type: 'MARKET', quantity: '1' }, -1102],
    ['a side that is none', { ...BUY, side: 'UP' }, -1117],
    ['no type', { symbol: SYMBOL, side: 'BUY', quantity: '1' }, -1102],
    ['a type that is none', { ...BUY, type: 'HOPE' }, -1116],
    ['a conditional type', { ...BUY, type: 'STOP_MARKET', stopPrice: '60000' }, -4120],
    ['no quantity', { symbol: SYMBOL, side: 'BUY', type: 'MARKET' }, -1102],
    ['a quantity of 0', { ...BUY, quantity: '0' }, -4003],
    ['a quantity off the lot', { ...BUY, quantity: '0.00015' }, -1111],
    ['a quantity beyond all', { ...BUY, quantity: '100000' }, -4005],
    ['too small a value', { ...REST, quantity: '0.0001', price: '10000' }, -4164],
    ['more than the margin', { ...BUY, quantity: '900' }, -2019],
    ['no price on a limit order', { ...REST, price: '' }, -1102],
    ['a price on a market order', { ...BUY, price: '60000' }, -1106],
    ['a price with too many decimals', { ...REST, price: '60000.001' }, -1111],
    ['a price off the tick', { ...REST, price: '60000.05' }, -4014],
    ['a price below the least', { ...REST, price: '0.01' }, -4013],
    ['a price too far above', { ...REST, price: '700000' }, -4016],
    ['a price too far below', { ...REST, price: '6000' }, -4024],
    ['no time in force', { ...REST, timeInForce: '' }, -1102],
    ['a time in force that is none', { ...REST, timeInForce: 'LATER' }, -1115],
    ['a time in force on a market order', { ...BUY, timeInForce: 'GTC' }, -1106],
    ['a fill-or-kill order that rests', { ...REST, timeInForce: 'FOK' }, -5021],
    ['a post-only order that takes', { ...REST, timeInForce: 'GTX', price: '66000' }, -5022],
    ['a leg of hedge mode', { ...BUY, positionSide: 'LONG' }, -4061],
    ['a leg that is none', { ...BUY, positionSide: 'UP' }, -4060],
    ['a client id of 37 characters', { ...BUY, newClientOrderId: 'x'.repeat(37) }, -4015],
    ['a client id with a blank', { ...BUY, newClientOrderId: 'a b' }, -1100],
    ['a response type that is none', { ...BUY, newOrderRespType: 'MAYBE' }, -1136],
    ['reduce-only without a position', { ...BUY, reduceOnly: 'true' }, -2022],
  ];
  it.each(cases)('%s', async (_, params, code) => {
    expect(await call('POST', ORDER, params)).toMatchObject({ status: 400, body: { code } });
    expect((await books()).orders).toEqual([]);
  });

  it('names the market’s own least value', async () => {
    const answer = await call('POST', ORDER, { ...REST, quantity: '0.0001', price: '10000' });
    expect(answer.body['msg']).toBe(
      "Order's notional must be no smaller than 2 (unless you choose reduce only)",
    );
  });

  it('in hedge mode: reduceOnly, no leg, more than the leg holds', async () => {
    await venue.dispose();
    await begin(true);
    const long = { ...BUY, positionSide: 'LONG' };
    expect(await call('POST', ORDER, { ...long, reduceOnly: 'false' })).toMatchObject({
      body: { code: -1106 },
    });
    expect(await call('POST', ORDER, BUY)).toMatchObject({ body: { code: -4061 } });
    expect(await call('POST', ORDER, long)).toMatchObject({ status: 200 });
    const sell = { ...long, side: 'SELL', quantity: '0.02' };
    expect(await call('POST', ORDER, sell)).toMatchObject({ body: { code: -2022 } });
  });
});

describe('orders', () => {
  it('are acknowledged as new, or told in full where asked', async () => {
    const { body } = await call('POST', ORDER, BUY);
    expect(body).toMatchObject({ status: 'NEW', executedQty: '0.0000', cumQty: '0.0000' });
    expect(Number.isSafeInteger(body['orderId'])).toBe(true);
    expect(await call('POST', ORDER, { ...BUY, newOrderRespType: 'RESULT' })).toMatchObject({
      body: { status: 'FILLED', executedQty: '0.0100', avgPrice: '65000.00000', cumQuote: '650' },
    });
    expect((await books()).orders[0]?.orderId).toBe(String(body['orderId']));
  });

  it('only test what is only a test', async () => {
    expect(await call('POST', `${V1}/order/test`, BUY)).toMatchObject({ status: 200 });
    expect(await call('POST', `${V1}/order/test`, { ...BUY, quantity: '900' })).toMatchObject({
      body: { code: -2019 },
    });
    expect((await books()).orders).toEqual([]);
  });

  it('share a client id only one after the other: a filled market order executes again', async () => {
    const twice = { ...BUY, newClientOrderId: 'x-same' };
    const first = await call('POST', ORDER, twice);
    const second = await call('POST', ORDER, twice);
    expect(second.body['orderId']).not.toBe(first.body['orderId']);
    expect((await books()).positions[0]?.quantity).toBe('0.02');
    const found = await call('GET', ORDER, { symbol: SYMBOL, origClientOrderId: 'x-same' });
    expect(found.body['orderId']).toBe(second.body['orderId']);
    await call('POST', ORDER, { ...REST, newClientOrderId: 'open' });
    expect(await call('POST', ORDER, { ...REST, newClientOrderId: 'open' })).toMatchObject({
      body: { code: -4116 },
    });
    expect(await call('POST', ORDER, { ...REST, newClientOrderId: 'Open' })).toMatchObject({ status: 200 });
  });

  it('that only reduce shrink to the position', async () => {
    await call('POST', ORDER, BUY);
    const more = { ...BUY, side: 'SELL', quantity: '0.05', reduceOnly: 'true', newOrderRespType: 'RESULT' };
    expect(await call('POST', ORDER, more)).toMatchObject({
      body: { status: 'FILLED', executedQty: '0.0100' },
    });
    expect((await books()).positions).toEqual([]);
  });

  it('expire where the exchange ends them, and are cancelled where the client does', async () => {
    const statusOf = async (orderId: unknown) =>
      (await call('GET', ORDER, { symbol: SYMBOL, orderId: String(orderId) })).body['status'];
    const killed = await call('POST', ORDER, { ...REST, timeInForce: 'IOC' });
    expect(await statusOf(killed.body['orderId'])).toBe('EXPIRED');
    const rests = await call('POST', ORDER, REST);
    await call('DELETE', ORDER, { symbol: SYMBOL, orderId: String(rests.body['orderId']) });
    expect(await statusOf(rests.body['orderId'])).toBe('CANCELED');
  });

  it('are amended in place: price and quantity of limit orders only', async () => {
    const { body } = await call('POST', ORDER, REST);
    const id = { symbol: SYMBOL, orderId: String(body['orderId']), side: 'BUY' };
    const amend = (change: Record<string, string>) => call('PUT', ORDER, { ...id, ...change });
    expect(await amend({ quantity: '0.02', price: '61000' })).toMatchObject({
      body: { orderId: body['orderId'], origQty: '0.0200', price: '61000.0', status: 'NEW' },
    });
    expect(await amend({ quantity: '0.02', price: '61000' })).toMatchObject({ body: { code: -5027 } });
    expect(await amend({ quantity: '0.02' })).toMatchObject({ body: { code: -1102 } });
    await amend({ quantity: '0.02', price: '65100' });
    expect(await call('GET', ORDER, id)).toMatchObject({
      body: { status: 'FILLED', avgPrice: '65000.00000' },
    });
    expect(await amend({ quantity: '0.03', price: '61000' })).toMatchObject({ body: { code: -2013 } });
  });

  it('that nobody knows are not found, nor cancelled', async () => {
    const unknown = { symbol: SYMBOL, orderId: '12345' };
    expect(await call('GET', ORDER, unknown)).toMatchObject({ status: 400, body: { code: -2013 } });
    expect(await call('GET', `${V1}/openOrder`, unknown)).toMatchObject({ body: { code: -2013 } });
    expect(await call('DELETE', ORDER, unknown)).toMatchObject({ status: 400, body: { code: -2011 } });
    expect(await call('GET', ORDER, { symbol: SYMBOL })).toMatchObject({ body: { code: -1102 } });
  });

  it('come in batches, each taken or refused for itself', async () => {
    const batch = (rows: object[]) =>
      call('POST', `${V1}/batchOrders`, { batchOrders: JSON.stringify(rows) });
    const placed = await batch([REST, { ...BUY, type: 'STOP_MARKET' }, { ...BUY, quantity: 0.01 }]);
    expect(rowsOf(placed)).toMatchObject([{ status: 'NEW' }, { code: -4120 }, { origQty: '0.0100' }]);
    expect(await batch(Array.from({ length: 6 }, () => BUY))).toMatchObject({ body: { code: -4082 } });
    const orderIdList = JSON.stringify([rowsOf(placed)[0]?.['orderId'], 12345]);
    expect(rowsOf(await call('DELETE', `${V1}/batchOrders`, { symbol: SYMBOL, orderIdList }))).toMatchObject([
      { status: 'CANCELED' },
      { code: -2011 },
    ]);
  });
});

describe('orders that were not placed here', () => {
  const leg = { account: 'alice', symbol: BTC, leg: 'net' } as const;

  it('have ids that a double can hold, and are found by them', async () => {
    await venue.control.trade({ ...leg, action: 'open', direction: 'long', quantity: '0.01' });
    const [fill] = rowsOf(await call('GET', `${V1}/userTrades`, { symbol: SYMBOL }));
    expect(Number.isSafeInteger(fill?.['orderId'])).toBe(true);
    const order = await call('GET', ORDER, { symbol: SYMBOL, orderId: String(fill?.['orderId']) });
    expect(order.body).toMatchObject({
      status: 'FILLED',
      clientOrderId: expect.stringMatching(/^web_/) as string,
    });
  });

  it('are named by liquidation and deleveraging', async () => {
    await venue.control.trade({ ...leg, action: 'open', direction: 'long', quantity: '0.01' });
    await venue.control.adl({ ...leg, quantity: '0.004' });
    await venue.control.liquidate(leg);
    expect(rowsOf(await call('GET', `${V1}/forceOrders`, { symbol: SYMBOL }))).toMatchObject([
      { clientOrderId: 'adl_autoclose', executedQty: '0.0040', type: 'LIMIT', timeInForce: 'IOC' },
      { clientOrderId: expect.stringMatching(/^autoclose-\d+$/) as string, executedQty: '0.0060' },
    ]);
    const adl = await call('GET', `${V1}/forceOrders`, { autoCloseType: 'ADL' });
    expect(rowsOf(adl)).toHaveLength(1);
  });
});

describe('histories', () => {
  it('of fills: by order, from an id on, seven days at most', async () => {
    const first = await call('POST', ORDER, BUY);
    await call('POST', ORDER, BUY);
    const trades = (params: Record<string, string | number>) =>
      call('GET', `${V1}/userTrades`, { symbol: SYMBOL, ...params });
    const all = rowsOf(await trades({}));
    expect(all).toMatchObject([
      { orderId: first.body['orderId'], buyer: true, maker: false, commission: '0.32500000' },
      { qty: '0.0100' },
    ]);
    expect(rowsOf(await trades({ orderId: String(first.body['orderId']) }))).toEqual([all[0]]);
    expect(rowsOf(await trades({ fromId: Number(all[1]?.['id']) }))).toEqual([all[1]]);
    expect(rowsOf(await trades({ limit: 1 }))).toEqual([all[1]]);
    expect(rowsOf(await trades({ limit: 1, startTime: Date.now() - 10_000 }))).toEqual([all[0]]);
    const week = 7 * 86_400_000;
    expect(await trades({ startTime: Date.now() - week - 1, endTime: Date.now() })).toMatchObject({
      body: { code: -4165 },
    });
    expect(await trades({ fromId: 1, startTime: 1 })).toMatchObject({ body: { code: -1128 } });
  });

  it('of income: profit and commission with their trade, funding, transfer', async () => {
    await call('POST', ORDER, BUY);
    await venue.control.setPrice({ symbol: BTC, last: '66000' });
    await call('POST', ORDER, { ...BUY, side: 'SELL' });
    await call('POST', ORDER, BUY);
    await venue.control.fund({ symbol: BTC });
    const rows = rowsOf(await call('GET', `${V1}/income`));
    expect(rows.map((row) => [row['incomeType'], row['income']])).toEqual([
      ['TRANSFER', '100000.00000000'],
      ['COMMISSION', '-0.32500000'],
      ['REALIZED_PNL', '10.00000000'],
      ['COMMISSION', '-0.33000000'],
      ['COMMISSION', '-0.33000000'],
      ['FUNDING_FEE', '-0.06600000'],
    ]);
    const [, exit] = rowsOf(await call('GET', `${V1}/userTrades`, { symbol: SYMBOL }));
    expect(rows[2]?.['tradeId']).toBe(String(exit?.['id']));
    const fees = await call('GET', `${V1}/income`, { incomeType: 'FUNDING_FEE', symbol: SYMBOL });
    expect(rowsOf(fees)).toHaveLength(1);
  });

  it('of orders: open and ended ones, from an id on', async () => {
    const first = await call('POST', ORDER, BUY);
    const second = await call('POST', ORDER, REST);
    const ids = async (params: Record<string, string>) =>
      rowsOf(await call('GET', `${V1}/allOrders`, { symbol: SYMBOL, ...params })).map(
        (row) => row['orderId'],
      );
    expect(await ids({})).toEqual([first.body['orderId'], second.body['orderId']]);
    expect(await ids({ orderId: String(second.body['orderId']) })).toEqual([second.body['orderId']]);
  });

  it('forget an order without a fill after three days, a filled one after ninety', async () => {
    const { body: rests } = await call('POST', ORDER, REST);
    await call('DELETE', ORDER, { symbol: SYMBOL, orderId: String(rests['orderId']) });
    const { body: filled } = await call('POST', ORDER, BUY);
    await venue.control.setClockSkew(4 * 86_400_000);
    const found = async (orderId: unknown) => {
      const query = `symbol=${SYMBOL}&orderId=${String(orderId)}&timestamp=${Date.now() + 4 * 86_400_000}`;
      return (await get(ORDER, `${query}&signature=${sign(query)}`)).status;
    };
    expect(await found(rests['orderId'])).toBe(400);
    expect(await found(filled['orderId'])).toBe(200);
  });
});

describe('positions', () => {
  it('version 3: what is held or ordered; version 2: every symbol', async () => {
    const v3 = '/fapi/v3/positionRisk';
    expect(rowsOf(await call('GET', v3))).toEqual([]);
    await call('POST', ORDER, REST);
    expect(rowsOf(await call('GET', v3))).toMatchObject([{ symbol: SYMBOL, positionAmt: '0.0000' }]);
    await call('POST', ORDER, { ...BUY, side: 'SELL' });
    expect(rowsOf(await call('GET', v3))).toMatchObject([
      { positionSide: 'BOTH', positionAmt: '-0.0100', notional: '-650.00000000', entryPrice: '65000' },
    ]);
    expect(rowsOf(await call('GET', '/fapi/v2/positionRisk'))).toHaveLength(7);
    expect((await call('GET', '/fapi/v3/account')).body['positions']).toHaveLength(1);
  });

  it('in hedge mode: one row a leg, shorts negative', async () => {
    await venue.dispose();
    await begin(true);
    await call('POST', ORDER, { ...BUY, positionSide: 'LONG' });
    await call('POST', ORDER, { ...BUY, side: 'SELL', positionSide: 'SHORT' });
    const rows = rowsOf(await call('GET', '/fapi/v3/positionRisk'));
    expect(rows.map((row) => [row['positionSide'], row['positionAmt']])).toEqual([
      ['LONG', '0.0100'],
      ['SHORT', '-0.0100'],
    ]);
    const v2 = rowsOf(await call('GET', '/fapi/v2/positionRisk', { symbol: SYMBOL }));
    expect(v2.map((row) => row['positionSide'])).toEqual(['BOTH', 'LONG', 'SHORT']);
  });

  it('are late by the lag', async () => {
    await venue.control.changeSettings({ positionLagMs: 300 });
    await call('POST', ORDER, BUY);
    expect(rowsOf(await call('GET', '/fapi/v3/positionRisk'))).toEqual([]);
    await expect.poll(async () => rowsOf(await call('GET', '/fapi/v3/positionRisk'))).toHaveLength(1);
  });
});

describe('settings', () => {
  it('leverage is the symbol’s, in both directions', async () => {
    expect(await call('POST', `${V1}/leverage`, { symbol: SYMBOL, leverage: 7 })).toMatchObject({
      body: { leverage: 7, symbol: SYMBOL },
    });
    expect(rowsOf(await call('GET', `${V1}/symbolConfig`, { symbol: SYMBOL }))).toMatchObject([
      { leverage: 7 },
    ]);
    expect(await call('POST', `${V1}/leverage`, { symbol: SYMBOL, leverage: 126 })).toMatchObject({
      body: { code: -4028 },
    });
  });

  it('modes: nothing to change, busy with orders or positions', async () => {
    const margin = (marginType: string) => call('POST', `${V1}/marginType`, { symbol: SYMBOL, marginType });
    const mode = (dualSidePosition: string) => call('POST', `${V1}/positionSide/dual`, { dualSidePosition });
    expect(await margin('CROSSED')).toMatchObject({ body: { code: -4046 } });
    expect(await mode('false')).toMatchObject({ body: { code: -4059 } });
    const { body } = await call('POST', ORDER, REST);
    expect(await margin('ISOLATED')).toMatchObject({ body: { code: -4047 } });
    expect(await mode('true')).toMatchObject({ body: { code: -4067 } });
    await call('DELETE', ORDER, { symbol: SYMBOL, orderId: String(body['orderId']) });
    await call('POST', ORDER, BUY);
    expect(await margin('ISOLATED')).toMatchObject({ body: { code: -4048 } });
    expect(await mode('true')).toMatchObject({ body: { code: -4068 } });
    await call('POST', ORDER, { ...BUY, side: 'SELL' });
    expect(await mode('true')).toMatchObject({ body: { code: 200, msg: 'success' } });
    expect(await call('GET', `${V1}/positionSide/dual`)).toMatchObject({ body: { dualSidePosition: true } });
  });
});
