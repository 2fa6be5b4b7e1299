import { describe, expect, it } from 'vitest';
import { clientOrderId, epochAt } from '../../domain/ids.ts';
import { ExchangeFault } from '../../exchanges/errors.ts';
import { OPEN, ALL, ORDER, HOUR_MS, orderRow } from './bingx-rows.ts';
import { withStub } from './bingx-setup.ts';
import { BTC, entry, stop } from './stub-setup.ts';
import { coded, json, type StubAnswer } from './stub-server.ts';

describe('finding an order on BingX', () => {
  const setup = withStub();
  const limit = {
    ...orderRow,
    type: 'LIMIT',
    side: 'BUY',
    price: '50000',
    stopPrice: '',
    clientOrderId: 'hfe1n1',
    status: 'PENDING',
  };
  const sinceMs = Date.now() - HOUR_MS;

  it('finds it by client id, whatever the case it was sent in', async () => {
    setup.stub.on(ORDER, json({ order: limit }));
    expect(await setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'HFe1N1' })).toMatchObject({
      found: 'one',
      order: { orderId: limit.orderId, clientOrderId: 'hfe1n1', status: 'open' },
    });
  });

  it('trap: an answer that is some other order is not taken for this one', async () => {
    setup.stub.on(ORDER, json({ order: { ...limit, clientOrderId: 'someoneelse' } }));
    expect(await setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1', sinceMs })).toMatchObject({
      found: 'none',
    });
  });

  it('knows it by all the rest where the exchange does not repeat the client id', async () => {
    const order = { ...limit, clientOrderId: '', type: 'MARKET', reduceOnly: false };
    setup.stub.on(ORDER, json({ order }));
    const query = { symbol: BTC, clientOrderId: entry.clientOrderId, shape: entry, sinceMs };
    expect(await setup.exchange.findOrder(query)).toMatchObject({
      found: 'one',
      order: { orderId: order.orderId },
    });
    for (const other of [
      { ...query, shape: { ...entry, quantity: '0.04' } },
      { ...query, sinceMs: Date.now() + HOUR_MS },
      { ...query, excludeOrderIds: [order.orderId] },
    ]) {
      await expect(setup.exchange.findOrder(other)).rejects.toMatchObject({ kind: 'bad_answer' });
    }
  });

  it('counts from the epoch in the id where nobody knows when the order left', async () => {
    const order = { ...limit, clientOrderId: '', type: 'MARKET', reduceOnly: false };
    setup.stub.on(ORDER, json({ order }));
    const ask = (epochMs: number) => {
      const leg = { account: 'test', symbol: BTC, leg: 'net' } as const;
      const id = clientOrderId(leg, epochAt(epochMs), 'entry', 1);
      return setup.exchange.findOrder({
        symbol: BTC,
        clientOrderId: id,
        shape: { ...entry, clientOrderId: id },
      });
    };
    expect(await ask(order.time - 1_000)).toMatchObject({ found: 'one', order: { orderId: order.orderId } });
    await expect(ask(order.time + 60_000)).rejects.toMatchObject({ kind: 'bad_answer' });
  });

  it('does not say none when the answer leaves open which order it is', async () => {
    setup.stub.on(ORDER, json({ order: { ...limit, clientOrderId: '' } }));
    await expect(setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1' })).rejects.toMatchObject({
      kind: 'bad_answer',
    });
  });

  it('finds in the history what the order endpoint forgot after two hours', async () => {
    setup.stub.on(
      ALL,
      json({ orders: [{ ...limit, status: 'FILLED', executedQty: '0.05', avgPrice: '50000' }] }),
    );
    expect(await setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1', sinceMs })).toMatchObject({
      found: 'one',
      order: { status: 'filled' },
    });
  });

  it('says none only when the endpoint, the open orders and the history all lack it', async () => {
    expect(await setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1', sinceMs })).toMatchObject({
      found: 'none',
    });
    expect(setup.stub.requests.map(({ path }) => path.split('/').at(-1))).toEqual(
      expect.arrayContaining(['order', 'openOrders', 'allOrders']),
    );
  });

  it.each([ORDER, OPEN, ALL])('throws rather than say none when %s fails', async (route) => {
    for (const answer of [
      { kind: 'cut' },
      coded(100500, 'busy'),
      json('none'),
      { kind: 'text', body: '<html></html>' },
    ] satisfies StubAnswer[]) {
      setup.stub.on(route, answer);
      await expect(
        setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1', sinceMs }),
      ).rejects.toBeInstanceOf(ExchangeFault);
    }
  });

  it('trap: 100404 for a path is not "order not found"', async () => {
    setup.stub.on(ORDER, coded(100404, 'the api path does not exist'));
    await expect(setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1' })).rejects.toBeInstanceOf(
      ExchangeFault,
    );
  });

  it.each([
    [
      'closed less than it asked for, as no more was open',
      { status: 'FILLED', executedQty: '0.02' },
      'filled',
      '0.02',
    ],
    [
      'left its execution to a market order of its own',
      { status: 'FILLED', executedQty: '0' },
      'filled',
      '0',
    ],
    ['is still on its way from trigger to execution', { status: 'TRIGGERED' }, 'open', '0'],
    [
      'was triggered a while ago and executes elsewhere',
      { status: 'TRIGGERED', updateTime: Date.now() - HOUR_MS },
      'expired',
      '0',
    ],
  ])('understands a stop that %s', async (_name, change, status, filledQuantity) => {
    setup.stub.on(ORDER, json({ order: { ...orderRow, ...change } }));
    expect(await setup.exchange.findOrder({ symbol: BTC, orderId: orderRow.orderId })).toMatchObject({
      found: 'one',
      order: { status, filledQuantity },
    });
  });

  it('matches a stop by its shape, as BingX keeps no client id on it', async () => {
    setup.stub.on(OPEN, json({ orders: [orderRow, { ...orderRow, orderId: '9', stopPrice: '48000' }] }));
    const query = { symbol: BTC, clientOrderId: stop.clientOrderId, shape: stop, sinceMs };
    expect(await setup.exchange.findOrder(query)).toMatchObject({
      found: 'one',
      order: { orderId: orderRow.orderId },
    });
    expect(await setup.exchange.findOrder({ ...query, excludeOrderIds: [orderRow.orderId] })).toMatchObject({
      found: 'none',
    });
    expect(await setup.exchange.findOrder({ ...query, shape: { ...stop, quantity: '0.04' } })).toMatchObject({
      found: 'none',
    });
    expect(await setup.exchange.findOrder({ ...query, sinceMs: Date.now() + HOUR_MS })).toMatchObject({
      found: 'none',
    });
  });

  it('does not guess between two of the same shape', async () => {
    setup.stub.on(OPEN, json({ orders: [orderRow, { ...orderRow, orderId: '9' }] }));
    expect(await setup.exchange.findOrder({ symbol: BTC, shape: stop, sinceMs })).toMatchObject({
      found: 'many',
      orders: [{}, {}],
    });
  });

  it('finds a stop that triggered meanwhile in the history', async () => {
    setup.stub.on(ALL, json({ orders: [{ ...orderRow, status: 'FILLED', executedQty: '0.05' }] }));
    expect(await setup.exchange.findOrder({ symbol: BTC, shape: stop, sinceMs })).toMatchObject({
      found: 'one',
      order: { status: 'filled' },
    });
  });

  it('trap: ccxt leaves the time range out of the history; it is sent, in parts of a week', async () => {
    await setup.exchange.findOrder({
      symbol: BTC,
      clientOrderId: 'x',
      sinceMs: Date.now() - 10 * 24 * HOUR_MS,
    });
    const windows = setup.stub.requests
      .filter(({ path }) => path.endsWith('allOrders'))
      .map(({ params }) => Number(params['endTime']) - Number(params['startTime']));
    expect(windows).toHaveLength(2);
    for (const width of windows) expect(width).toBeLessThan(7 * 24 * HOUR_MS);
  });

  it('does not match an entry by shape', async () => {
    setup.stub.on(OPEN, json({ orders: [{ ...limit, clientOrderId: '', type: 'MARKET' }] }));
    expect(
      await setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1', shape: entry, sinceMs }),
    ).toMatchObject({ found: 'none' });
  });
});
