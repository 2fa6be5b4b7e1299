import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ccxtBinance } from './binance-support.ts';
import type { BinanceCcxt } from './binance-support.ts';
import { BTC, testVenue } from './support.ts';

const SYMBOL = 'BTC/USDT:USDT';
const TRIGGER = { trigger: true };
let venue: Awaited<ReturnType<typeof testVenue>>;
let client: BinanceCcxt;

async function begin(mode: 'dispatcher' | 'urls', hedgeMode = false): Promise<void> {
  venue = await testVenue({ hedgeMode });
  client = await ccxtBinance(venue.url, mode);
  await client.loadMarkets();
}

afterEach(async () => {
  await client.close();
  await venue.dispose();
});

const books = () => venue.control.books('alice');
const stopAt = (stopLossPrice: number, more: object = {}) =>
  client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, {
    stopLossPrice,
    reduceOnly: true,
    ...more,
  });

describe.each(['dispatcher', 'urls'] as const)('the unmodified ccxt pro class, pointed by %s', (mode) => {
  beforeEach(() => begin(mode));

  it('reads markets and market data', async () => {
    expect((await client.loadMarkets())[SYMBOL]).toMatchObject({
      active: true,
      precision: { price: 0.1, amount: 0.0001 },
    });
    await venue.control.setPrice({ symbol: BTC, last: '65100', mark: '65090' });
    expect(await client.fetchTicker(SYMBOL)).toMatchObject({ last: 65100 });
    expect(await client.fetchMarkPrice(SYMBOL)).toMatchObject({ markPrice: 65090 });
    expect((await client.fetchOHLCV(SYMBOL, '1m')).at(-1)?.[4]).toBe(65100);
    expect((await client.fetchOrderBook(SYMBOL, 5)).asks).toHaveLength(5);
    expect((await client.fetchTrades(SYMBOL)).at(-1)?.price).toBe(65100);
    expect(await client.fetchFundingRate(SYMBOL)).toMatchObject({ fundingRate: 0.0001, markPrice: 65090 });
    expect(await client.fetchTradingFee(SYMBOL)).toMatchObject({ maker: 0.0002, taker: 0.0005 });
  });

  it('lives through a whole position: entry, stop and target, close, fills, ledger', async () => {
    const placed = await client.createOrder(SYMBOL, 'market', 'buy', 0.05, undefined, {
      clientOrderId: 'Entry1',
    });
    expect(placed).toMatchObject({ clientOrderId: 'Entry1', status: 'closed', filled: 0.05, average: 65000 });
    expect(Number.isSafeInteger(Number(placed.id))).toBe(true);
    expect(await client.fetchOrder(undefined, SYMBOL, { clientOrderId: 'Entry1' })).toMatchObject({
      id: placed.id,
      average: 65000,
    });
    expect(await client.fetchPositions([SYMBOL])).toMatchObject([
      { side: 'long', contracts: 0.05, entryPrice: 65000 },
    ]);
    const stop = await stopAt(64000);
    const target = await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, {
      takeProfitPrice: 66000,
      reduceOnly: true,
    });
    expect(await client.fetchOpenOrders(SYMBOL)).toEqual([]);
    expect((await client.fetchOpenOrders(SYMBOL, undefined, undefined, TRIGGER)).map(({ id }) => id)).toEqual(
      [stop.id, target.id],
    );

    await venue.control.setPrice({ symbol: BTC, last: '66000' });
    expect(await client.fetchPositions([SYMBOL])).toEqual([]);
    const fired = await client.fetchOrder(target.id, SYMBOL, TRIGGER);
    expect(fired.info).toMatchObject({ algoStatus: 'FINISHED', actualPrice: '66000.00000' });
    const [entry, exit] = await client.fetchMyTrades(SYMBOL);
    expect(entry).toMatchObject({ order: placed.id, price: 65000, amount: 0.05, fee: { cost: 1.625 } });
    expect(exit).toMatchObject({ price: 66000, info: { realizedPnl: '50.00000000' } });
    expect(exit?.order).toBe(fired.info['actualOrderId']);
    expect(exit?.order).not.toBe(target.id);
    expect(await client.fetchOrder(exit?.order, SYMBOL)).toMatchObject({ status: 'closed', average: 66000 });
    expect((await client.fetchLedger('USDT')).map(({ info }) => info['incomeType'])).toEqual([
      ...['TRANSFER', 'COMMISSION', 'REALIZED_PNL', 'COMMISSION'],
    ]);
    // A stop by quantity outlives its position: the client has to cancel it.
    expect(await client.fetchOpenOrders(SYMBOL, undefined, undefined, TRIGGER)).toMatchObject([
      { id: stop.id },
    ]);
    await client.cancelOrder(stop.id, SYMBOL, TRIGGER);
    expect(await client.fetchOrder(stop.id, SYMBOL, TRIGGER)).toMatchObject({ status: 'canceled' });
  });

  it('rests, amends and cancels limit orders', async () => {
    const order = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 60000, { clientOrderId: 'rest' });
    expect(await client.fetchOrder(order.id, SYMBOL)).toMatchObject({ status: 'open', filled: 0 });
    expect(await client.editOrder(order.id, SYMBOL, 'limit', 'buy', 0.02, 61000)).toMatchObject({
      id: order.id,
      amount: 0.02,
      price: 61000,
    });
    expect(await client.fetchOpenOrders(SYMBOL)).toMatchObject([{ id: order.id, amount: 0.02 }]);
    expect(await client.cancelOrder(undefined, SYMBOL, { clientOrderId: 'rest' })).toMatchObject({
      id: order.id,
      status: 'canceled',
    });
    await expect(client.cancelOrder(order.id, SYMBOL)).rejects.toMatchObject({ name: 'OrderNotFound' });
    expect(await client.fetchClosedOrders(SYMBOL)).toEqual([]);
  });

  it('places and cancels in batches', async () => {
    const orders = await client.createOrders(
      [60000, 60100].map((price) => ({ symbol: SYMBOL, type: 'limit', side: 'buy', amount: 0.01, price })),
    );
    expect(orders.map(({ status }) => status)).toEqual(['open', 'open']);
    expect(
      await client.cancelOrders(
        orders.map(({ id }) => id),
        SYMBOL,
      ),
    ).toHaveLength(2);
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 60000);
    await client.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined, { triggerPrice: 66000 });
    await client.cancelAllOrders(SYMBOL);
    expect(await client.fetchOpenOrders(SYMBOL)).toEqual([]);
    expect(await client.fetchOpenOrders(SYMBOL, undefined, undefined, TRIGGER)).toHaveLength(1);
    await client.cancelAllOrders(SYMBOL, TRIGGER);
    expect(await client.fetchOpenOrders(SYMBOL, undefined, undefined, TRIGGER)).toEqual([]);
  });

  it('protects the whole position with closePosition, one stop and one target', async () => {
    await client.createOrder(SYMBOL, 'market', 'buy', 0.05);
    const whole = (params: object) =>
      client.createOrder(SYMBOL, 'market', 'sell', undefined, undefined, { closePosition: true, ...params });
    const stop = await whole({ stopLossPrice: 64000 });
    await whole({ takeProfitPrice: 66000 });
    await expect(whole({ stopLossPrice: 64500 })).rejects.toThrow('-4130');
    await client.createOrder(SYMBOL, 'market', 'buy', 0.02);
    await venue.control.setPrice({ symbol: BTC, last: '63900' });
    expect((await client.fetchOrder(stop.id, SYMBOL, TRIGGER)).info).toMatchObject({
      algoStatus: 'FINISHED',
      actualQty: '0.0700',
    });
    expect((await books()).positions).toEqual([]);
    expect(await client.fetchOpenOrders(SYMBOL, undefined, undefined, TRIGGER)).toEqual([]);
  });

  it('trails a stop and opens by a trigger', async () => {
    const entry = await client.createOrder(SYMBOL, 'market', 'buy', 0.05, undefined, { triggerPrice: 65500 });
    await venue.control.setPrice({ symbol: BTC, last: '66000', path: 'walk' });
    expect((await client.fetchOrder(entry.id, SYMBOL, TRIGGER)).info).toMatchObject({
      actualPrice: '65500.00000',
    });
    const trail = await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, {
      trailingPercent: 1,
      reduceOnly: true,
    });
    await venue.control.setPrice({ symbol: BTC, last: '68000' });
    await venue.control.setPrice({ symbol: BTC, last: '67300' });
    expect((await client.fetchOrder(trail.id, SYMBOL, TRIGGER)).info).toMatchObject({
      algoStatus: 'FINISHED',
      actualPrice: '67300.00000',
      callbackRate: '1',
    });
  });

  it('changes leverage, margin mode and position mode, and shows the balance', async () => {
    await client.setLeverage(7, SYMBOL);
    expect(await client.fetchLeverage(SYMBOL)).toMatchObject({ longLeverage: 7, shortLeverage: 7 });
    await client.setMarginMode('isolated', SYMBOL);
    await client.setPositionMode(true);
    expect(await client.fetchPositionMode()).toMatchObject({ hedged: true });
    await client.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined, { hedged: true });
    await expect(client.setPositionMode(false)).rejects.toThrow('-4068');
    expect((await client.fetchBalance()).USDT).toMatchObject({ total: 99999.675 });
    expect((await client.fetchPositions([SYMBOL]))[0]).toMatchObject({
      side: 'long',
      info: { positionSide: 'LONG' },
    });
  });

  it('watches tickers, trades, candles, mark prices and the book', async () => {
    const ticker = client.watchTicker(SYMBOL);
    const mark = client.watchMarkPrice(SYMBOL);
    const book = client.watchOrderBook(SYMBOL);
    expect((await ticker).last).toBe(65000);
    expect((await mark).markPrice).toBe(65000);
    expect((await book).bids[0]?.[0]).toBe(64999.9);
    const next = [
      client.watchTicker(SYMBOL),
      client.watchOrderBook(SYMBOL),
      client.watchTrades(SYMBOL),
      client.watchOHLCV(SYMBOL, '1m'),
    ] as const;
    await expect.poll(async () => (await venue.control.health()).sockets.public).toBe(5);
    await venue.control.setPrice({ symbol: BTC, last: '65600' });
    expect((await next[0]).last).toBe(65600);
    expect((await next[1]).bids[0]?.[0]).toBe(65599.9);
    expect((await next[1]).bids).toHaveLength(100);
    expect((await next[2]).at(-1)?.price).toBe(65600);
    expect((await next[3]).at(-1)?.[4]).toBe(65600);
  });

  it('watches orders, fills, positions and balance', async () => {
    const orders = client.watchOrders(SYMBOL);
    const fills = client.watchMyTrades(SYMBOL);
    const balance = client.watchBalance();
    await expect.poll(async () => (await venue.control.health()).sockets.private).toBeGreaterThan(0);
    const placed = await client.createOrder(SYMBOL, 'market', 'sell', 0.05);
    expect((await orders).at(-1)?.id).toBe(placed.id);
    expect((await fills).at(-1)).toMatchObject({ order: placed.id, price: 65000 });
    expect(await balance).toMatchObject({ USDT: { total: 99998.375 } });
    const positions = client.watchPositions([SYMBOL]);
    await client.createOrder(SYMBOL, 'market', 'sell', 0.05);
    expect(await positions).toMatchObject([{ side: 'short', contracts: 0.1, entryPrice: 65000 }]);
  });
});

describe('the unmodified ccxt pro class in hedge mode', () => {
  beforeEach(() => begin('dispatcher', true));

  it('holds both legs and closes each by its own orders', async () => {
    await client.createOrder(SYMBOL, 'market', 'buy', 0.05, undefined, { hedged: true });
    await client.createOrder(SYMBOL, 'market', 'sell', 0.03, undefined, { hedged: true });
    const legs = await client.fetchPositions([SYMBOL]);
    expect(new Map(legs.map(({ side, contracts }) => [side, contracts]))).toEqual(
      new Map([
        ['long', 0.05],
        ['short', 0.03],
      ]),
    );
    const stop = await client.createOrder(SYMBOL, 'market', 'buy', 0.03, undefined, {
      stopLossPrice: 66000,
      reduceOnly: true,
      hedged: true,
    });
    expect(stop.info['positionSide']).toBe('SHORT');
    await venue.control.setPrice({ symbol: BTC, last: '66100' });
    expect((await client.fetchPositions([SYMBOL])).map(({ side }) => side)).toEqual(['long']);
    await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, { reduceOnly: true, hedged: true });
    expect((await books()).positions).toEqual([]);
  });

  it('refuses one-way orders', async () => {
    await expect(client.createOrder(SYMBOL, 'market', 'buy', 0.05)).rejects.toThrow('-4061');
  });
});

describe('errors in ccxt', () => {
  beforeEach(() => begin('dispatcher'));

  it('become the classes that the real urls give them', async () => {
    const refused = (params: object, amount = 0.01, side = 'sell') =>
      client.createOrder(SYMBOL, 'market', side, amount, undefined, params).then(
        () => 'accepted',
        (error: Error) => [error.name, /-\d{4}/.exec(error.message)?.[0]],
      );
    expect(await refused({}, 900, 'buy')).toEqual(['InsufficientFunds', '-2019']);
    expect(await refused({ reduceOnly: true })).toEqual(['InvalidOrder', '-2022']);
    expect(await refused({ stopLossPrice: 66000 })).toEqual(['OrderImmediatelyFillable', '-2021']);
    expect(await refused({}, 0.0001, 'buy')).toEqual('accepted');
  });

  it('say that a client id is open already, and no more', async () => {
    const rest = () => client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 60000, { clientOrderId: 'one' });
    const first = await rest();
    await expect(rest()).rejects.toThrow('-4116');
    await client.cancelOrder(first.id, SYMBOL);
    await rest();
    const twice = () => client.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined, { clientOrderId: 'm' });
    await twice();
    await twice();
    expect((await books()).positions[0]?.quantity).toBe('0.02');
  });
});
