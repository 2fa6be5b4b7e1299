import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bybitCcxt, sorted } from './bybit-support.ts';
import { BTC, testVenue } from './support.ts';
import type { Ccxt } from './support.ts';

const SYMBOL = 'BTC/USDT:USDT';
const ANY = { acknowledged: true };
let venue: Awaited<ReturnType<typeof testVenue>>;
let client: Ccxt & {
  fetchPositionsHistory(symbols: string[]): Promise<Record<string, unknown>[]>;
  fetchCanceledOrders(symbol: string): Promise<{ id: string }[]>;
  watchMyTrades(symbol?: string): Promise<Record<string, unknown>[]>;
  watchOrderBook(symbol: string): Promise<{ bids: number[][]; asks: number[][] }>;
};

async function begin(hedgeMode: boolean): Promise<void> {
  venue = await testVenue({ hedgeMode });
  // The class has methods that the common type of the tests does not name.
  client = (await bybitCcxt(venue.url)) as typeof client;
  await client.loadMarkets();
}

afterEach(async () => {
  await client.close();
  await venue.dispose();
});

const books = () => venue.control.books('alice');
const order = (id: string) => client.fetchOrder(id, SYMBOL, ANY);

describe('the unmodified ccxt pro class of Bybit in one-way mode', () => {
  beforeEach(() => begin(false));

  it('reads markets and market data', async () => {
    const markets = await client.loadMarkets();
    expect(markets[SYMBOL]).toMatchObject({
      active: true,
      precision: { price: 0.1, amount: 0.0001 },
      limits: { amount: { min: 0.0001 } },
    });
    await venue.control.setPrice({ symbol: BTC, last: '65100', mark: '65090' });
    expect(await client.fetchTicker(SYMBOL)).toMatchObject({ last: 65100, bid: 65099.9, ask: 65100.1 });
    expect((await client.fetchOHLCV(SYMBOL, '1m')).at(-1)?.[4]).toBe(65100);
    expect((await client.fetchOrderBook(SYMBOL, 5)).asks).toHaveLength(5);
    expect((await client.fetchTrades(SYMBOL)).at(-1)?.price).toBe(65100);
    expect(await client.fetchFundingRate(SYMBOL)).toMatchObject({ fundingRate: 0.0001, markPrice: 65090 });
    expect(await client.fetchTradingFee(SYMBOL)).toMatchObject({ maker: 0.0002, taker: 0.0005 });
  });

  it('lives through a whole position: entry, stop and target, close, history', async () => {
    const entry = { clientOrderId: 'Entry-1' };
    const placed = await client.createOrder(SYMBOL, 'market', 'buy', 0.05, undefined, entry);
    expect(placed).toMatchObject({ clientOrderId: 'Entry-1', status: undefined, average: undefined });
    expect(placed.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await order(placed.id)).toMatchObject({ status: 'closed', filled: 0.05, average: 65000 });
    expect(await client.fetchOrder('', SYMBOL, { orderLinkId: 'Entry-1', ...ANY })).toMatchObject({
      id: placed.id,
    });
    expect(await client.fetchPositions([SYMBOL])).toMatchObject([
      { side: 'long', contracts: 0.05, entryPrice: 65000, hedged: false },
    ]);
    const closing = { reduceOnly: true };
    const stop = await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, {
      stopLossPrice: 64000,
      ...closing,
    });
    const target = await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, {
      takeProfitPrice: 66000,
      ...closing,
    });
    expect(await client.fetchOpenOrders(SYMBOL)).toMatchObject([
      { id: stop.id, status: 'open', triggerPrice: 64000, reduceOnly: true },
      { id: target.id, status: 'open', triggerPrice: 66000 },
    ]);
    await venue.control.setPrice({ symbol: BTC, last: '66000' });
    expect(await client.fetchPositions([SYMBOL])).toMatchObject([{ contracts: 0, side: undefined }]);
    expect(await order(target.id)).toMatchObject({ status: 'closed', filled: 0.05, average: 66000 });
    expect(await order(stop.id)).toMatchObject({ status: 'canceled', info: { orderStatus: 'Deactivated' } });
    expect(await client.fetchPositionsHistory([SYMBOL])).toMatchObject([
      { side: 'long', contracts: 0.05, entryPrice: 65000, lastPrice: 66000, realizedPnl: 46.725 },
    ]);
    const trades = await client.fetchMyTrades(SYMBOL, undefined, undefined, { orderId: target.id });
    expect(trades).toMatchObject([
      { order: target.id, price: 66000, amount: 0.05, side: 'sell', fee: { cost: 1.65 } },
    ]);
    expect((await client.fetchClosedOrders(SYMBOL)).map(({ id }) => id)).toEqual([placed.id, target.id]);
    expect((await client.fetchCanceledOrders(SYMBOL)).map(({ id }) => id)).toEqual([]);
  });

  it('rests, edits and cancels limit orders under the same id', async () => {
    const rest = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 60000, { clientOrderId: 'rest' });
    expect(await order(rest.id)).toMatchObject({ status: 'open', filled: 0, amount: 0.01 });
    const edited = await client.editOrder(rest.id, SYMBOL, 'limit', 'buy', 0.02, 61000);
    expect(edited.id).toBe(rest.id);
    expect(await order(rest.id)).toMatchObject({ status: 'open', amount: 0.02, price: 61000 });
    await client.cancelOrder(rest.id, SYMBOL);
    expect(await order(rest.id)).toMatchObject({ status: 'canceled', info: { orderStatus: 'Cancelled' } });
    await expect(client.cancelOrder(rest.id, SYMBOL)).rejects.toThrow('110010');
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 60000, { clientOrderId: 'other' });
    await client.cancelOrder(undefined, SYMBOL, { orderLinkId: 'other' });
    expect(await client.fetchOpenOrders(SYMBOL)).toEqual([]);
  });

  it('places and cancels in batches, each row for itself', async () => {
    const orders = await client.createOrders([
      { symbol: SYMBOL, type: 'limit', side: 'buy', amount: 0.01, price: 60000 },
      { symbol: SYMBOL, type: 'limit', side: 'buy', amount: 900, price: 60100 },
    ]);
    expect(orders.map(({ status }) => status)).toEqual([undefined, 'rejected']);
    expect(await client.cancelOrders([orders[0]?.id ?? ''], SYMBOL)).toHaveLength(1);
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 60000);
    expect(await client.cancelAllOrders(SYMBOL)).toHaveLength(1);
    expect(await client.fetchOpenOrders(SYMBOL)).toEqual([]);
  });

  it('attaches a stop and a target to an entry, for the whole position', async () => {
    const attached = { stopLoss: { triggerPrice: 64000 }, takeProfit: { triggerPrice: 66000 } };
    await client.createOrder(SYMBOL, 'market', 'buy', 0.05, undefined, attached);
    const open = await client.fetchOpenOrders(SYMBOL);
    expect(sorted(open.map(({ info, amount }) => [info['stopOrderType'], info['tpslMode'], amount]))).toEqual(
      [
        ['StopLoss', 'Full', 0.05],
        ['TakeProfit', 'Full', 0.05],
      ],
    );
    expect(await client.fetchPositions([SYMBOL])).toMatchObject([
      { stopLossPrice: 64000, takeProfitPrice: 66000 },
    ]);
    await client.createOrder(SYMBOL, 'market', 'buy', 0.02);
    await venue.control.setPrice({ symbol: BTC, last: '63900' });
    expect((await books()).positions).toEqual([]);
  });

  it('opens by a trigger and trails a stop', async () => {
    const entry = await client.createOrder(SYMBOL, 'market', 'buy', 0.05, undefined, {
      triggerPrice: 65500,
      triggerDirection: 'ascending',
    });
    expect(await order(entry.id)).toMatchObject({ status: 'open', info: { orderStatus: 'Untriggered' } });
    await venue.control.setPrice({ symbol: BTC, last: '66000', path: 'walk' });
    expect(await order(entry.id)).toMatchObject({ status: 'closed', average: 65500 });
    await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, { trailingAmount: '600' });
    await venue.control.setPrice({ symbol: BTC, last: '68000' });
    await venue.control.setPrice({ symbol: BTC, last: '67300' });
    expect((await books()).positions).toEqual([]);
  });

  it('maps refusals to its error classes or keeps the code', async () => {
    const market = (side: string, amount: number, params: object) =>
      client.createOrder(SYMBOL, 'market', side, amount, undefined, params);
    await expect(market('buy', 900, {})).rejects.toMatchObject({ name: 'InsufficientFunds' });
    await expect(market('sell', 0.01, { reduceOnly: true })).rejects.toThrow('110017');
    await expect(market('sell', 0.01, { stopLossPrice: 60000 })).rejects.toThrow('110017');
    await market('buy', 0.01, { clientOrderId: 'dup' });
    await expect(market('buy', 0.01, { clientOrderId: 'dup' })).rejects.toThrow('110072');
    await market('buy', 0.01, { clientOrderId: 'DUP' });
    const wrongSide = { stopLossPrice: 66000, reduceOnly: true };
    await expect(market('sell', 0.01, wrongSide)).rejects.toThrow('110093');
    await expect(market('buy', 0.01, { positionIdx: 1 })).rejects.toThrow('position idx not match');
    await expect(client.cancelOrder('no-such-order', SYMBOL)).rejects.toMatchObject({
      name: 'OrderNotFound',
    });
  });

  it('changes leverage and position mode', async () => {
    await client.setLeverage(7, SYMBOL, {});
    await expect(client.setLeverage(7, SYMBOL, {})).rejects.toThrow('110043');
    expect(await client.fetchLeverage(SYMBOL)).toMatchObject({ longLeverage: 7, shortLeverage: 7 });
    await client.setPositionMode(true);
    await expect(client.setPositionMode(true)).rejects.toMatchObject({ name: 'NoChange' });
    await client.createOrder(SYMBOL, 'market', 'buy', 0.01, undefined, { hedged: true });
    await expect(client.setPositionMode(false)).rejects.toThrow('110024');
    expect((await client.fetchBalance()).USDT.used).toBeGreaterThan(0);
  });

  it('watches ticker, book, trades, candles, orders, fills, positions and balance', async () => {
    const ticker = client.watchTicker(SYMBOL);
    const publics = [client.watchTrades(SYMBOL), client.watchOHLCV(SYMBOL, '1m')] as const;
    const orders = client.watchOrders(SYMBOL);
    const fills = client.watchMyTrades(SYMBOL);
    expect((await client.watchOrderBook(SYMBOL)).asks[0]?.[0]).toBe(65000.1);
    expect((await ticker).last).toBe(65000);
    await expect.poll(async () => (await venue.control.health()).sockets).toEqual({ public: 1, private: 1 });
    await expect.poll(() => client.watchPositions([SYMBOL])).toEqual([]);
    const positions = client.watchPositions([SYMBOL]);
    await venue.control.setPrice({ symbol: BTC, last: '65500' });
    expect((await publics[0])[0]?.price).toBe(65500);
    expect((await publics[1]).length).toBeGreaterThan(0);
    const placed = await client.createOrder(SYMBOL, 'market', 'sell', 0.05);
    expect((await orders).at(-1)?.id).toBe(placed.id);
    expect(await fills).toMatchObject([{ order: placed.id, price: 65500, amount: 0.05 }]);
    expect(await positions).toMatchObject([{ side: 'short', contracts: 0.05, entryPrice: 65500 }]);
  });

  it('trades over the socket', async () => {
    // The common type of the tests does not name the socket's methods.
    const ws = client as unknown as Record<string, (...args: unknown[]) => Promise<{ id: string }>>;
    const placed = await ws['createOrderWs']?.(SYMBOL, 'limit', 'buy', 0.01, 60000);
    expect(await order(placed?.id ?? '')).toMatchObject({ status: 'open' });
    await ws['cancelOrderWs']?.(placed?.id, SYMBOL);
    expect(await order(placed?.id ?? '')).toMatchObject({ status: 'canceled' });
  });
});

describe('the unmodified ccxt pro class of Bybit in hedge mode', () => {
  beforeEach(() => begin(true));

  it('holds both legs and closes each by its own orders', async () => {
    const hedged = { hedged: true };
    expect(await client.fetchPositions([SYMBOL])).toMatchObject([
      { contracts: 0, info: { positionIdx: 1 } },
      { contracts: 0, info: { positionIdx: 2 } },
    ]);
    await client.createOrder(SYMBOL, 'market', 'buy', 0.05, undefined, hedged);
    await client.createOrder(SYMBOL, 'market', 'sell', 0.03, undefined, hedged);
    expect(await client.fetchPositions([SYMBOL])).toMatchObject([
      { side: 'long', contracts: 0.05, hedged: true },
      { side: 'short', contracts: 0.03, hedged: true },
    ]);
    const stop = await client.createOrder(SYMBOL, 'market', 'buy', 0.03, undefined, {
      stopLossPrice: 66000,
      reduceOnly: true,
      ...hedged,
    });
    expect((await order(stop.id)).info).toMatchObject({ positionIdx: 2, triggerDirection: 1 });
    await venue.control.setPrice({ symbol: BTC, last: '66100' });
    expect((await client.fetchPositions()).map(({ side }) => side)).toEqual(['long']);
    await client.createOrder(SYMBOL, 'market', 'sell', 0.05, undefined, { reduceOnly: true, ...hedged });
    expect(sorted((await client.fetchPositionsHistory([SYMBOL])).map(({ side }) => side))).toEqual([
      'long',
      'short',
    ]);
  });

  it('refuses one-way orders', async () => {
    await expect(client.createOrder(SYMBOL, 'market', 'buy', 0.05)).rejects.toThrow(
      'position idx not match position mode',
    );
  });
});
