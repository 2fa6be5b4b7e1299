import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { binanceClient, rowsOf, SYMBOL, V1 } from './binance-support.ts';
import type { Row, Signed } from './binance-support.ts';
import { BTC, testVenue } from './support.ts';

const ALGO = `${V1}/algoOrder`;
const STOP = {
  algoType: 'CONDITIONAL',
  symbol: SYMBOL,
  side: 'SELL',
  type: 'STOP_MARKET',
  triggerPrice: '64000',
  quantity: '0.01',
  reduceOnly: 'true',
};
const { quantity: _, reduceOnly: __, ...CLOSE_ALL } = { ...STOP, closePosition: 'true' };

let venue: Awaited<ReturnType<typeof testVenue>>;
let call: Signed;

async function begin(hedgeMode = false): Promise<void> {
  venue = await testVenue({ hedgeMode });
  call = binanceClient(venue.url);
}
beforeEach(() => begin());
afterEach(() => venue.dispose());

const place = (params: Record<string, string>) => call('POST', ALGO, params);
const find = async (algoId: unknown): Promise<Row> =>
  (await call('GET', ALGO, { algoId: String(algoId) })).body;
const open = async () => rowsOf(await call('GET', `${V1}/openAlgoOrders`, { symbol: SYMBOL }));
const buy = (quantity: string, more: Record<string, string> = {}) =>
  call('POST', `${V1}/order`, { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity, ...more });
const moveTo = (last: string, path: 'jump' | 'walk' = 'jump') =>
  venue.control.setPrice({ symbol: BTC, last, path });
const books = () => venue.control.books('alice');

describe('a conditional order', () => {
  it('waits in a list of its own, under ids of its own', async () => {
    await buy('0.01');
    const { body } = await place({ ...STOP, clientAlgoId: 'stop-1' });
    expect(body).toMatchObject({ clientAlgoId: 'stop-1', algoStatus: 'NEW', triggerPrice: '64000.0' });
    expect(Number.isSafeInteger(body['algoId'])).toBe(true);
    expect(await open()).toMatchObject([{ algoId: body['algoId'], actualOrderId: '' }]);
    expect(rowsOf(await call('GET', `${V1}/openOrders`, { symbol: SYMBOL }))).toEqual([]);
    const asOrder = { symbol: SYMBOL, orderId: String(body['algoId']) };
    expect(await call('GET', `${V1}/order`, asOrder)).toMatchObject({ body: { code: -2013 } });
    expect(await call('DELETE', `${V1}/order`, asOrder)).toMatchObject({ body: { code: -2011 } });
    expect((await call('GET', ALGO, { clientAlgoId: 'stop-1' })).body['algoId']).toBe(body['algoId']);
  });

  it('fills under a new order id, and keeps its own', async () => {
    await buy('0.01');
    const { body } = await place({ ...STOP, clientAlgoId: 'stop-1' });
    await moveTo('63900');
    const ended = await find(body['algoId']);
    expect(ended).toMatchObject({ algoStatus: 'FINISHED', actualPrice: '63900.00000', actualType: 'MARKET' });
    const orderId = String(ended['actualOrderId']);
    expect(orderId).not.toBe(String(body['algoId']));
    expect((await call('GET', `${V1}/order`, { symbol: SYMBOL, orderId })).body).toMatchObject({
      ...{ status: 'FILLED', type: 'MARKET', reduceOnly: true, clientOrderId: 'stop-1' },
    });
    const [, exit] = rowsOf(await call('GET', `${V1}/userTrades`, { symbol: SYMBOL }));
    expect(String(exit?.['orderId'])).toBe(orderId);
    const rows = (await books()).orders;
    expect(rows.slice(1).map(({ type, state, parentOrderId }) => [type, state, parentOrderId])).toEqual([
      ['STOP_MARKET', 'triggered', null],
      ['MARKET', 'filled', String(body['algoId'])],
    ]);
  });

  it('with a price rests as a limit order once it fired, and is finished when that ends', async () => {
    await buy('0.01');
    const { body } = await place({ ...STOP, type: 'STOP', price: '64500' });
    await moveTo('63900');
    const fired = await find(body['algoId']);
    expect(fired).toMatchObject({ algoStatus: 'TRIGGERED', actualType: 'LIMIT', actualPrice: '0.00000' });
    expect(await open()).toEqual([]);
    expect(rowsOf(await call('GET', `${V1}/openOrders`))).toMatchObject([
      { orderId: Number(fired['actualOrderId']), price: '64500.0', status: 'NEW' },
    ]);
    await moveTo('64600');
    expect(await find(body['algoId'])).toMatchObject({ algoStatus: 'FINISHED', actualQty: '0.0100' });
  });

  it('is cancelled by either id, alone or with all others', async () => {
    await buy('0.01');
    const first = await place({ ...STOP, clientAlgoId: 'a' });
    expect((await call('DELETE', ALGO, { clientAlgoId: 'a' })).body).toMatchObject({
      ...{ algoId: first.body['algoId'], code: '200', msg: 'success' },
    });
    expect(await find(first.body['algoId'])).toMatchObject({ algoStatus: 'CANCELED' });
    expect(await call('DELETE', ALGO, { clientAlgoId: 'a' })).toMatchObject({ body: { code: -2011 } });
    await place(STOP);
    await call('DELETE', `${V1}/allOpenOrders`, { symbol: SYMBOL });
    expect(await open()).toHaveLength(1);
    await call('DELETE', `${V1}/algoOpenOrders`, { symbol: SYMBOL });
    expect(await open()).toEqual([]);
    const all = rowsOf(await call('GET', `${V1}/allAlgoOrders`, { symbol: SYMBOL }));
    expect(all.map((row) => row['algoStatus'])).toEqual(['CANCELED', 'CANCELED']);
  });

  it('shares a client id with an ordinary order, not with another open one of its kind', async () => {
    await buy('0.01', { newClientOrderId: 'same' });
    const { body } = await place({ ...STOP, clientAlgoId: 'same' });
    expect(await place({ ...STOP, clientAlgoId: 'same' })).toMatchObject({ body: { code: -4116 } });
    await call('DELETE', ALGO, { algoId: String(body['algoId']) });
    expect(await place({ ...STOP, clientAlgoId: 'same' })).toMatchObject({ status: 200 });
  });

  it('fires although an ordinary order has taken its client id', async () => {
    await buy('0.01');
    const { body } = await place({ ...STOP, clientAlgoId: 'same' });
    const rest = { symbol: SYMBOL, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01' };
    await call('POST', `${V1}/order`, { ...rest, price: '60000', newClientOrderId: 'same' });
    await moveTo('63900');
    expect(await find(body['algoId'])).toMatchObject({ algoStatus: 'FINISHED', actualQty: '0.0100' });
  });

  it('is not looked at before it fires: without a position it is rejected then', async () => {
    const { body } = await place(STOP);
    await moveTo('63900');
    expect(await find(body['algoId'])).toMatchObject({ algoStatus: 'REJECTED', actualOrderId: '' });
    const entry = { ...STOP, side: 'BUY', reduceOnly: 'false', triggerPrice: '65000', quantity: '900' };
    const tooBig = await place(entry);
    await moveTo('65100');
    expect(await find(tooBig.body['algoId'])).toMatchObject({ algoStatus: 'REJECTED' });
    expect((await books()).positions).toEqual([]);
  });

  it('by quantity outlives its position; one that closes all does not', async () => {
    await buy('0.01');
    const byQuantity = await place(STOP);
    const closeAll = await place(CLOSE_ALL);
    await call('POST', `${V1}/order`, { symbol: SYMBOL, side: 'SELL', type: 'MARKET', quantity: '0.01' });
    expect(await find(byQuantity.body['algoId'])).toMatchObject({ algoStatus: 'NEW' });
    expect(await find(closeAll.body['algoId'])).toMatchObject({ algoStatus: 'EXPIRED' });
  });

  it('opens a position by a trigger where it is not told to reduce', async () => {
    const { reduceOnly: ___, ...entry } = { ...STOP, side: 'BUY', triggerPrice: '66000' };
    await place(entry);
    await moveTo('67000', 'walk');
    expect((await books()).positions).toMatchObject([
      { side: 'long', quantity: '0.01', entryPrice: '66000' },
    ]);
  });
});

describe('a conditional order that closes the whole position', () => {
  it('has quantity 0, one stop and one target a direction', async () => {
    await buy('0.01');
    expect((await place(CLOSE_ALL)).body).toMatchObject({
      ...{ quantity: '0.0000', closePosition: true, timeInForce: 'GTE_GTC', reduceOnly: true },
    });
    expect(await place({ ...CLOSE_ALL, triggerPrice: '63000' })).toMatchObject({ body: { code: -4130 } });
    const target = { ...CLOSE_ALL, type: 'TAKE_PROFIT_MARKET', triggerPrice: '66000' };
    expect(await place(target)).toMatchObject({ status: 200 });
    await buy('0.02');
    await moveTo('66000');
    expect((await books()).positions).toEqual([]);
    expect(await open()).toEqual([]);
  });

  it('needs something to close', async () => {
    expect(await place(CLOSE_ALL)).toMatchObject({ body: { code: -4509 } });
    await buy('0.01');
    expect(await place({ ...CLOSE_ALL, side: 'BUY', triggerPrice: '66000' })).toMatchObject({
      body: { code: -4509 },
    });
  });
});

describe('a trailing stop', () => {
  const TRAIL = { ...STOP, type: 'TRAILING_STOP_MARKET', triggerPrice: '', callbackRate: '1' };

  it('follows from its activation on and fires when the price comes back', async () => {
    await buy('0.01');
    const { body } = await place({ ...TRAIL, activatePrice: '66000' });
    expect(body).toMatchObject({ activatePrice: '66000.0', callbackRate: '1' });
    await moveTo('64000');
    expect(await open()).toHaveLength(1);
    await moveTo('67000');
    await moveTo('66300');
    expect(await find(body['algoId'])).toMatchObject({ algoStatus: 'FINISHED', actualPrice: '66300.00000' });
  });

  it('wants a rate between 0.1 and 10 and an activation on its side', async () => {
    expect(await place({ ...TRAIL, callbackRate: '' })).toMatchObject({ body: { code: -1102 } });
    expect(await place({ ...TRAIL, callbackRate: '11' })).toMatchObject({ body: { code: -2007 } });
    expect(await place({ ...TRAIL, activatePrice: '64000' })).toMatchObject({ body: { code: -2021 } });
  });
});

describe('conditional orders that are refused', () => {
  const cases: readonly [string, Record<string, string>, number][] = [
    ['no algo type', { ...STOP, algoType: '' }, -1102],
    ['an algo type that is none', { ...STOP, algoType: 'VP' }, -1130],
    ['an ordinary type', { ...STOP, type: 'MARKET' }, -1116],
    ['no trigger price', { ...STOP, triggerPrice: '' }, -1102],
    ['a trigger off the tick', { ...STOP, triggerPrice: '64000.05' }, -4014],
    ['no price on a limit', { ...STOP, type: 'STOP' }, -1102],
    ['a stop that would fire at once', { ...STOP, triggerPrice: '65000' }, -2021],
    [
      'a target that would fire at once',
      { ...STOP, type: 'TAKE_PROFIT_MARKET', triggerPrice: '64000' },
      -2021,
    ],
    ['no quantity', { ...STOP, quantity: '' }, -1102],
    ['a quantity with close-all', { ...CLOSE_ALL, quantity: '0.01' }, -4137],
    ['reduceOnly with close-all', { ...CLOSE_ALL, reduceOnly: 'true' }, -1106],
    ['close-all on a limit', { ...CLOSE_ALL, type: 'STOP', price: '64000' }, -4136],
    ['a working type that is none', { ...STOP, workingType: 'INDEX_PRICE' }, -4031],
    ['a leg of hedge mode', { ...STOP, positionSide: 'LONG' }, -4061],
    ['too small a value', { ...STOP, reduceOnly: 'false', quantity: '0.0001', triggerPrice: '10000' }, -4164],
  ];
  it.each(cases)('%s', async (_case, params, code) => {
    expect(await place(params)).toMatchObject({ status: 400, body: { code } });
    expect(await open()).toEqual([]);
  });

  it('reads the mark price where told to', async () => {
    await buy('0.01');
    const { body } = await place({ ...STOP, workingType: 'MARK_PRICE' });
    await venue.control.setPrice({ symbol: BTC, last: '63000', mark: '65000' });
    expect(await find(body['algoId'])).toMatchObject({ algoStatus: 'NEW', workingType: 'MARK_PRICE' });
    await venue.control.setPrice({ symbol: BTC, mark: '63900' });
    expect(await find(body['algoId'])).toMatchObject({ algoStatus: 'FINISHED' });
  });
});

describe('in hedge mode', () => {
  beforeEach(async () => {
    await venue.dispose();
    await begin(true);
  });

  it('a stop closes its own leg and takes no reduceOnly', async () => {
    await buy('0.01', { positionSide: 'LONG' });
    const { reduceOnly: ___, ...stop } = { ...STOP, positionSide: 'LONG' };
    expect(await place({ ...stop, reduceOnly: 'true' })).toMatchObject({ body: { code: -1106 } });
    await place(stop);
    await moveTo('63900');
    expect((await books()).positions).toEqual([]);
  });

  it('each direction has its own close-all stop', async () => {
    await buy('0.01', { positionSide: 'LONG' });
    await call('POST', `${V1}/order`, {
      ...{ symbol: SYMBOL, side: 'SELL', type: 'MARKET', quantity: '0.01', positionSide: 'SHORT' },
    });
    expect(await place({ ...CLOSE_ALL, positionSide: 'LONG' })).toMatchObject({ status: 200 });
    const short = { ...CLOSE_ALL, positionSide: 'SHORT', side: 'BUY', triggerPrice: '66000' };
    expect(await place(short)).toMatchObject({ status: 200 });
    expect(await place({ ...short, triggerPrice: '67000' })).toMatchObject({ body: { code: -4130 } });
  });
});
