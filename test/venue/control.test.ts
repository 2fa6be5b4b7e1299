import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BTC, KEYS, signedClient, testVenue } from './support.ts';
import type { Signed } from './support.ts';

const ORDER = '/openApi/swap/v2/trade/order';
const BUY = { symbol: BTC, side: 'BUY', type: 'MARKET', quantity: '0.1' };
const LEG = { account: 'alice', symbol: BTC, leg: 'net' } as const;

let venue: Awaited<ReturnType<typeof testVenue>>;
let call: Signed;

beforeEach(async () => {
  venue = await testVenue();
  call = signedClient(venue.url);
});
afterEach(() => venue.dispose());

const idOf = (data: Record<string, unknown>): string => (data['order'] as { orderID: string }).orderID;

describe('accounts and markets', () => {
  it('creates an account once, shows no secret, refuses the same name with other keys', async () => {
    const first = await venue.control.createAccount({
      name: 'bob',
      apiKey: 'b',
      secret: 'c',
      balance: '500',
      hedgeMode: true,
    });
    expect(first).toMatchObject({ balance: '500', hedgeMode: true });
    expect(JSON.stringify(first)).not.toContain('secret');
    expect(await venue.control.createAccount({ name: 'bob', apiKey: 'b', secret: 'c' })).toEqual(first);
    await expect(venue.control.createAccount({ name: 'bob', apiKey: 'x', secret: 'y' })).rejects.toThrow(
      /other keys/,
    );
    await expect(venue.control.createAccount({ ...KEYS, name: 'carol' })).rejects.toThrow(/another account/);
  });

  it('keeps accounts apart', async () => {
    const bob = { name: 'bob', apiKey: 'b', secret: 'c' };
    await venue.control.createAccount(bob);
    const placed = await call('POST', ORDER, BUY);
    expect((await venue.control.books('bob')).positions).toEqual([]);
    expect(
      await signedClient(venue.url, bob)('GET', ORDER, { symbol: BTC, orderId: idOf(placed.data) }),
    ).toMatchObject({ code: 109421 });
  });

  it('trades a market that was added while it runs, with the figures of the reported case', async () => {
    await venue.control.addMarket({
      symbol: 'CASE-USDT',
      price: '109206.8',
      tickSize: '0.1',
      lotSize: '0.001',
    });
    const order = { symbol: 'CASE-USDT', type: 'MARKET', quantity: '0.081' };
    await call('POST', ORDER, { ...order, side: 'BUY' });
    await venue.control.setPrice({ symbol: 'CASE-USDT', last: '109953.4' });
    await call('POST', ORDER, { ...order, side: 'SELL', reduceOnly: 'true' });
    expect((await venue.control.books('alice')).positionHistory).toMatchObject([
      {
        averagePrice: '109206.8',
        averageClosePrice: '109953.4',
        realizedPnl: '60.4746',
        netPnl: '51.5986119',
      },
    ]);
  });

  it('says what is wrong with a request', async () => {
    await expect(
      venue.control.addMarket({ symbol: 'btc', price: '1', tickSize: '0.1', lotSize: '1' }),
    ).rejects.toThrow(/expected e.g. BTC-USDT/);
    await expect(
      venue.control.addMarket({ symbol: 'A-USDT', price: '1', tickSize: '0.25', lotSize: '1' }),
    ).rejects.toThrow(/powers of ten/);
    await expect(venue.control.setPrice({ symbol: 'NOPE-USDT', last: '1' })).rejects.toThrow(/no market/);
    await expect(venue.control.books('nobody')).rejects.toThrow(/no account nobody/);
    await expect(venue.control.setPrice({ symbol: BTC, last: 5 as unknown as string })).rejects.toThrow(
      /last/,
    );
  });
});

describe('what the exchange does besides', () => {
  it('trades by hand behind the client, who sees it as any other trade', async () => {
    await call('POST', ORDER, BUY);
    const [order] = await venue.control.trade({ ...LEG, action: 'reduce', quantity: '0.04', price: '66000' });
    expect(order).toMatchObject({ origin: 'manual', state: 'filled', realizedPnl: '40' });
    const seen = await call('GET', ORDER, { symbol: BTC, orderId: order?.orderId ?? '' });
    expect(seen.data).toMatchObject({ order: { status: 'FILLED', executedQty: '0.04', profit: '40.0000' } });
  });

  it('changes the terms of an open order by hand; it keeps its id', async () => {
    await call('POST', ORDER, BUY);
    const stop = await call('POST', ORDER, { ...BUY, side: 'SELL', type: 'STOP_MARKET', stopPrice: '60000' });
    const orderId = idOf(stop.data);
    const { quantity } = await venue.control.amendOrder('alice', orderId, { stopPrice: '59000' });
    expect(await venue.control.amendOrder('alice', orderId, { quantity: '0.0001' })).toMatchObject({
      orderId,
      stopPrice: '59000',
      quantity: '0.0001',
    });
    expect(quantity).not.toBe('0.0001');
    await expect(venue.control.amendOrder('alice', 'nobody', { stopPrice: '1' })).rejects.toThrow(
      /no trigger price/,
    );
  });

  it('lets an order vanish from every answer but the true books', async () => {
    await call('POST', ORDER, BUY);
    const stop = await call('POST', ORDER, { ...BUY, side: 'SELL', type: 'STOP_MARKET', stopPrice: '60000' });
    const orderId = idOf(stop.data);
    await venue.control.vanishOrder('alice', orderId);
    expect(await call('GET', ORDER, { symbol: BTC, orderId })).toMatchObject({ code: 109421 });
    expect((await call('GET', '/openApi/swap/v2/trade/openOrders')).data).toEqual({ orders: [] });
    expect((await call('GET', '/openApi/swap/v2/trade/allOrders', { symbol: BTC })).text).not.toContain(
      orderId,
    );
    expect((await venue.control.books('alice')).orders.at(-1)).toMatchObject({ orderId, state: 'vanished' });
  });

  it('cancels by hand', async () => {
    const limit = await call('POST', ORDER, { ...BUY, type: 'LIMIT', price: '60000' });
    await venue.control.cancelOrder('alice', idOf(limit.data));
    expect((await call('GET', ORDER, { symbol: BTC, orderId: idOf(limit.data) })).data).toMatchObject({
      order: { status: 'CANCELLED' },
    });
  });

  it('fills only a part now and the rest later', async () => {
    await venue.control.planPartialFill({ account: 'alice', quantity: '0.03', restAfterMs: 150 });
    const placed = await call('POST', ORDER, BUY);
    const order = async () =>
      (await call('GET', ORDER, { symbol: BTC, orderId: idOf(placed.data) })).data['order'] as Record<
        string,
        unknown
      >;
    expect(await order()).toMatchObject({ status: 'PARTIALLY_FILLED', executedQty: '0.03', origQty: '0.1' });
    await expect.poll(async () => (await order())['status']).toBe('FILLED');
  });

  it('fills only a part and never the rest, which a client then cancels', async () => {
    await venue.control.planPartialFill({
      account: 'alice',
      symbol: BTC,
      quantity: '0.03',
      restAfterMs: null,
    });
    const placed = await call('POST', ORDER, { ...BUY, type: 'LIMIT', price: '66000' });
    await venue.control.setPrice({ symbol: BTC, last: '64000' });
    const cancelled = await call('DELETE', ORDER, { symbol: BTC, orderId: idOf(placed.data) });
    expect(cancelled.data).toMatchObject({ order: { status: 'CANCELLED', executedQty: '0.03' } });
  });

  it('caps liquidity by price step', async () => {
    await venue.control.capLiquidity({ symbol: BTC, perStepQuantity: '0.06' });
    await call('POST', ORDER, BUY);
    expect((await venue.control.books('alice')).positions[0]?.quantity).toBe('0.06');
    await venue.control.setPrice({ symbol: BTC, last: '65010' });
    expect((await venue.control.books('alice')).positions[0]?.quantity).toBe('0.1');
  });
});

describe('the clock', () => {
  it('may be wrong without rolling lists back', async () => {
    await call('POST', ORDER, BUY);
    await venue.control.changeSettings({ positionLagMs: 1 });
    await venue.control.setClockSkew(-3_000);
    await expect
      .poll(async () => (await call('GET', '/openApi/swap/v2/user/positions')).data)
      .toHaveLength(1);
    expect((await venue.control.health()).clockSkewMs).toBe(-3_000);
  });
});

describe('prices and the feed', () => {
  it('keeps a mark that was set by hand until it is let go', async () => {
    await venue.control.setPrice({ symbol: BTC, mark: '64000' });
    expect(await venue.control.setPrice({ symbol: BTC, last: '66000' })).toMatchObject({
      lastPrice: '66000',
      markPrice: '64000',
    });
    expect(await venue.control.setPrice({ symbol: BTC, unpinMark: true })).toMatchObject({
      markPrice: '66000',
    });
  });

  it('pauses, steps and speeds a feed', async () => {
    await venue.dispose();
    venue = await testVenue({ feed: 'walk', speed: 100 });
    await venue.control.pauseFeed();
    const { position } = await venue.control.feed();
    expect(await venue.control.stepFeed(3)).toMatchObject({ state: 'paused', position: position + 3 });
    expect(await venue.control.setSpeed('max')).toMatchObject({ speed: 'max' });
    await venue.control.resumeFeed();
    await expect.poll(async () => (await venue.control.feed()).position).toBeGreaterThan(position + 20);
  });
});

describe('the request log', () => {
  it('tells what was sent and what came of it, without the signature', async () => {
    const placed = await call('POST', ORDER, { ...BUY, clientOrderId: 'logged' });
    await call('POST', ORDER, { ...BUY, clientOrderId: 'logged' });
    const log = await venue.control.requests({ method: 'POST', params: { clientOrderId: 'logged' } });
    expect(
      log.map((record) => [record.account, record.code, record.executed, record.answered, record.orderId]),
    ).toEqual([
      ['alice', 0, true, true, idOf(placed.data)],
      ['alice', 101481, true, true, null],
    ]);
    expect(JSON.stringify(log)).not.toContain('signature');
    expect(await venue.control.requests({ sinceSeq: log[1]?.seq ?? 0 })).toEqual([]);
  });

  it('waits for a request', async () => {
    const waiting = venue.control.waitForRequest({
      method: 'POST',
      pathContains: 'trade/order',
      sinceSeq: 0,
    });
    await call('POST', ORDER, BUY);
    expect(await waiting).toMatchObject({ params: { quantity: '0.1' } });
    await expect(venue.control.waitForRequest({ path: '/never', timeoutMs: 20 })).rejects.toThrow(
      /within 20 ms/,
    );
  });
});
