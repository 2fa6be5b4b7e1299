import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BTC, ccxtClient, testVenue } from './support.ts';
import type { Ccxt } from './support.ts';

const SYMBOL = 'BTC/USDT:USDT';
let venue: Awaited<ReturnType<typeof testVenue>>;
let client: Ccxt;

async function begin(hedgeMode: boolean): Promise<void> {
  venue = await testVenue({ hedgeMode });
  client = await ccxtClient(venue.url);
  await client.loadMarkets();
}

afterEach(async () => {
  await client.close();
  await venue.dispose();
});

const books = () => venue.control.books('alice');

describe('the unmodified ccxt pro class in one-way mode', () => {
  beforeEach(() => begin(false));

  it('reads markets and market data', async () => {
    const markets = await client.loadMarkets();
    expect(markets[SYMBOL]).toMatchObject({
      active: true,
      precision: { price: 0.1, amount: 0.0001 },
      limits: { amount: { min: 0.0001 }, cost: { min: 2 } },
    });
    await venue.control.setPrice({ symbol: BTC, last: '65100', mark: '65090' });
    expect(await client.fetchTicker(SYMBOL)).toMatchObject({ last: 65100, bid: 65099.9, ask: 65100.1 });
    expect(await client.fetchMarkPrice(SYMBOL)).toMatchObject({ markPrice: 65090 });
    expect((await client.fetchOHLCV(SYMBOL, '1m')).at(-1)?.[4]).toBe(65100);
    expect((await client.fetchOrderBook(SYMBOL, 5)).asks).toHaveLength(5);
    expect((await client.fetchTrades(SYMBOL)).at(-1)?.price).toBe(65100);
    expect(await client.fetchFundingRate(SYMBOL)).toMatchObject({ fundingRate: 0.0001, markPrice: 65090 });
    expect(await client.fetchTradingFee(SYMBOL)).toMatchObject({ maker: 0.0002, taker: 0.0005 });
  });

  it('lives through a whole position: entry, stop and target, close, history', async () => {
    const placed = await client.createOrder(SYMBOL, 'market', 'buy', 0.05, undefined, {
      clientOrderId: 'Entry1',
    });
    expect(placed).toMatchObject({
      clientOrderId: 'entry1',
      status: undefined,
      filled: undefined,
      average: undefined,
    });
    expect(placed.id).toMatch(/^\d{19}$/);
    expect(await client.fetchOrder(placed.id, SYMBOL)).toMatchObject({
      status: 'closed',
      filled: 0.05,
      average: 65000,
    });
    expect(await client.fetchOrder('', SYMBOL, { clientOrderId: 'ENTRY1' })).toMatchObject({ id: placed.id });

    const [position] = await client.fetchPositions([SYMBOL]);
    expect(position).toMatchObject({
      side: 'long',
      contracts: 0.05,
      entryPrice: 65000,
      info: { onlyOnePosition: true },
    });
    expect(position?.id).not.toBe(placed.id);

    const stop = await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, {
      stopLossPrice: 64000,
      reduceOnly: true,
    });
    const target = await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, {
      takeProfitPrice: 66000,
      reduceOnly: true,
    });
    expect(await client.fetchOpenOrders(SYMBOL)).toMatchObject([
      { id: stop.id, status: 'open', stopLossPrice: 64000, reduceOnly: true },
      { id: target.id, status: 'open', takeProfitPrice: 66000 },
    ]);

    await venue.control.setPrice({ symbol: BTC, last: '66000' });
    expect(await client.fetchPositions([SYMBOL])).toEqual([]);
    expect(await client.fetchOrder(target.id, SYMBOL)).toMatchObject({
      status: 'closed',
      filled: 0.05,
      average: 66000,
    });
    expect(await client.fetchOrder(stop.id, SYMBOL)).toMatchObject({ status: 'canceled' });
    const [history] = await client.fetchPositionHistory(SYMBOL);
    expect(history).toMatchObject({
      id: position?.id,
      realizedPnl: 50,
      contracts: 0.05,
      info: { avgClosePrice: '66000', netProfit: '46.725', positionCommission: '-3.275' },
    });
    const trades = await client.fetchMyTrades(SYMBOL, undefined, undefined, { orderId: target.id });
    expect(trades).toMatchObject([
      { order: target.id, price: 66000, amount: 0.05, side: 'sell', fee: { cost: 1.65 } },
    ]);
    expect((await client.fetchClosedOrders(SYMBOL)).map((order) => order.id)).toEqual(
      expect.arrayContaining([placed.id, target.id]),
    );
  });

  it('rests, edits and cancels limit orders', async () => {
    const order = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 60000, { clientOrderId: 'rest' });
    expect(await client.fetchOrder(order.id, SYMBOL)).toMatchObject({
      status: 'open',
      filled: 0,
      amount: 0.01,
    });
    const edited = await client.editOrder(order.id, SYMBOL, 'limit', 'buy', 0.02, 61000);
    expect(edited.id).not.toBe(order.id);
    expect(await client.cancelOrder(edited.id, SYMBOL)).toMatchObject({ id: edited.id, status: 'canceled' });
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 60000, { clientOrderId: 'other' });
    expect(await client.cancelOrder(undefined, SYMBOL, { clientOrderId: 'other' })).toMatchObject({
      status: 'canceled',
    });
    await expect(client.cancelOrder(order.id, SYMBOL)).rejects.toThrow('109421');
  });

  it('places and cancels in batches', async () => {
    const orders = await client.createOrders(
      [60000, 60100].map((price) => ({ symbol: SYMBOL, type: 'limit', side: 'buy', amount: 0.01, price })),
    );
    expect(orders).toHaveLength(2);
    expect(
      await client.cancelOrders(
        orders.map((order) => order.id),
        SYMBOL,
      ),
    ).toHaveLength(2);
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 60000);
    expect(await client.cancelAllOrders(SYMBOL)).toHaveLength(1);
    expect(await client.fetchOpenOrders(SYMBOL)).toEqual([]);
  });

  it('attaches a stop and a target to an entry', async () => {
    await client.createOrder(SYMBOL, 'market', 'buy', 0.05, undefined, {
      stopLoss: { triggerPrice: 64000 },
      takeProfit: { triggerPrice: 66000 },
    });
    const open = await client.fetchOpenOrders(SYMBOL);
    expect(open.map((order) => [order.info['type'], order.amount])).toEqual([
      ['STOP_MARKET', 0.05],
      ['TAKE_PROFIT_MARKET', 0.05],
    ]);
  });

  it('protects the whole position with closePosition, one stop and one target, and replaces the stop', async () => {
    await client.createOrder(SYMBOL, 'market', 'buy', 0.05);
    const whole = { closePosition: true, reduceOnly: true };
    const stop = await client.createOrder(SYMBOL, 'market', 'sell', undefined, undefined, {
      ...whole,
      stopLossPrice: 64000,
    });
    await client.createOrder(SYMBOL, 'market', 'sell', undefined, undefined, {
      ...whole,
      takeProfitPrice: 66000,
    });
    const second = { ...whole, stopLossPrice: 64500 };
    await expect(client.createOrder(SYMBOL, 'market', 'sell', undefined, undefined, second)).rejects.toThrow(
      '110406',
    );
    const moved = await client.editOrder(stop.id, SYMBOL, 'market', 'sell', undefined, undefined, second);
    expect(await client.fetchOpenOrders(SYMBOL)).toMatchObject([
      { takeProfitPrice: 66000 },
      { id: moved.id, stopLossPrice: 64500 },
    ]);
    await client.createOrder(SYMBOL, 'market', 'buy', 0.02);
    await venue.control.setPrice({ symbol: BTC, last: '64400' });
    expect(await client.fetchOrder(moved.id, SYMBOL)).toMatchObject({ status: 'closed', filled: 0.07 });
    expect((await books()).positions).toEqual([]);
  });

  it('trails a stop and opens by a trigger', async () => {
    const entry = await client.createOrder(SYMBOL, 'market', 'buy', 0.05, undefined, { triggerPrice: 65500 });
    await venue.control.setPrice({ symbol: BTC, last: '66000', path: 'walk' });
    expect(await client.fetchOrder(entry.id, SYMBOL)).toMatchObject({ status: 'closed', average: 65500 });
    const trail = await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, {
      trailingPercent: 1,
      reduceOnly: true,
    });
    await venue.control.setPrice({ symbol: BTC, last: '68000' });
    await venue.control.setPrice({ symbol: BTC, last: '67300' });
    expect(await client.fetchOrder(trail.id, SYMBOL)).toMatchObject({ status: 'closed', average: 67300 });
  });

  it('closes by position id and all at once', async () => {
    await client.createOrder(SYMBOL, 'market', 'buy', 0.05);
    const [position] = await client.fetchPositions([SYMBOL]);
    await client.closePosition(SYMBOL, undefined, { positionId: position?.id });
    await client.createOrder(SYMBOL, 'market', 'sell', 0.05);
    expect(await client.closeAllPositions()).toHaveLength(1);
    expect((await books()).positions).toEqual([]);
  });

  it('maps refusals to its error classes or keeps the code', async () => {
    await expect(client.createOrder(SYMBOL, 'market', 'buy', 900)).rejects.toMatchObject({
      name: 'InsufficientFunds',
    });
    await expect(
      client.createOrder(SYMBOL, 'market', 'sell', 0.01, undefined, { reduceOnly: true }),
    ).rejects.toThrow('101205');
    await expect(
      client.createOrder(SYMBOL, 'market', 'sell', 0.01, undefined, { stopLossPrice: 60000 }),
    ).rejects.toThrow('109420');
    await client.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined, { clientOrderId: 'dup' });
    await expect(
      client.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined, { clientOrderId: 'DUP' }),
    ).rejects.toThrow('101481');
    await expect(
      client.createOrder(SYMBOL, 'market', 'sell', 0.01, undefined, {
        stopLossPrice: 66000,
        reduceOnly: true,
      }),
    ).rejects.toThrow('110411');
    await expect(client.fetchOrder('1234567890123456789', SYMBOL)).rejects.toThrow('109421');
  });

  it('changes leverage, margin mode and position mode', async () => {
    await client.setLeverage(7, SYMBOL, { side: 'BOTH' });
    expect(await client.fetchLeverage(SYMBOL)).toMatchObject({ longLeverage: 7, shortLeverage: 7 });
    await client.setMarginMode('isolated', SYMBOL);
    expect(await client.fetchMarginMode(SYMBOL)).toMatchObject({ marginMode: 'isolated' });
    await client.setPositionMode(true);
    expect(await client.fetchPositionMode()).toMatchObject({ hedged: true });
    await client.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined, { hedged: true });
    await expect(client.setPositionMode(false)).rejects.toThrow('104103');
    expect((await client.fetchBalance()).USDT.used).toBeGreaterThan(0);
  });

  it('watches ticker, trades, candles, orders, positions and balance', async () => {
    const first = [
      client.watchTicker(SYMBOL),
      client.watchTrades(SYMBOL),
      client.watchOHLCV(SYMBOL, '1m'),
    ] as const;
    const orders = client.watchOrders(SYMBOL);
    const positions = client.watchPositions([SYMBOL]);
    await expect.poll(async () => (await venue.control.health()).sockets).toEqual({ public: 1, private: 1 });
    await venue.control.setPrice({ symbol: BTC, last: '65500' });
    expect((await first[0]).last).toBeGreaterThan(0);
    expect((await first[1])[0]?.price).toBe(65500);
    expect((await first[2]).length).toBeGreaterThan(0);
    const placed = await client.createOrder(SYMBOL, 'market', 'sell', 0.05);
    expect((await orders).at(-1)?.id).toBe(placed.id);
    expect(await positions).toMatchObject([{ side: 'short', contracts: 0.05, entryPrice: 65500 }]);
  });
});

describe('the unmodified ccxt pro class in hedge mode', () => {
  beforeEach(() => begin(true));

  it('holds both legs and closes each by its own orders', async () => {
    await client.createOrder(SYMBOL, 'market', 'buy', 0.05, undefined, { hedged: true });
    await client.createOrder(SYMBOL, 'market', 'sell', 0.03, undefined, { hedged: true });
    const legs = await client.fetchPositions([SYMBOL]);
    expect(new Map(legs.map((leg) => [leg.side, leg.contracts]))).toEqual(
      new Map([
        ['long', 0.05],
        ['short', 0.03],
      ]),
    );
    expect(new Set(legs.map((leg) => leg.id)).size).toBe(2);

    const stop = await client.createOrder(SYMBOL, 'market', 'buy', 0.03, undefined, {
      stopLossPrice: 66000,
      reduceOnly: true,
      hedged: true,
    });
    expect(stop.info['positionSide']).toBe('SHORT');
    await venue.control.setPrice({ symbol: BTC, last: '66100' });
    expect((await client.fetchPositions([SYMBOL])).map((leg) => leg.side)).toEqual(['long']);
    await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, { reduceOnly: true, hedged: true });
    expect((await client.fetchPositionHistory(SYMBOL)).map((row) => row.side)).toEqual(['long', 'short']);
  });

  it('refuses one-way orders', async () => {
    await expect(client.createOrder(SYMBOL, 'market', 'buy', 0.05)).rejects.toThrow('109400');
  });
});

describe('what a client sees late', () => {
  beforeEach(() => begin(false));

  it('shows a position and its end only after the lag, the truth at once', async () => {
    await venue.control.changeSettings({ positionLagMs: 400 });
    await client.createOrder(SYMBOL, 'market', 'buy', 0.05);
    expect(await client.fetchPositions([SYMBOL])).toEqual([]);
    expect((await books()).positions).toHaveLength(1);
    await expect.poll(() => client.fetchPositions([SYMBOL])).toHaveLength(1);
    await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, { reduceOnly: true });
    expect(await client.fetchPositions([SYMBOL])).toHaveLength(1);
    await expect.poll(() => client.fetchPositions([SYMBOL])).toHaveLength(0);
  });
});
