import { describe, expect, it } from 'vitest';
import { ExchangeFault } from '../../exchanges/errors.ts';
import {
  ALGO,
  algoRow,
  ALL,
  ALL_ALGO,
  childRow,
  DAY_MS,
  HOUR_MS,
  NO_SUCH_ORDER,
  ok,
  OPEN,
  OPEN_ALGO,
  ORDER,
  orderRow,
  refused,
  tradeRow,
  TRADES,
  withStub,
} from './binance-setup.ts';
import { BTC, entry, sentTo, stop } from './stub-setup.ts';
import type { StubAnswer } from './stub-server.ts';

const sinceMs = Date.now() - HOUR_MS;
const query = { symbol: BTC, clientOrderId: 'HFe1N1', shape: entry, sinceMs };
const stopQuery = { symbol: BTC, clientOrderId: stop.clientOrderId, shape: stop, sinceMs };
const FILLED = {
  ...orderRow,
  type: 'MARKET',
  status: 'FILLED',
  executedQty: '0.050',
  avgPrice: '50000.00000',
};

describe('finding an order on Binance', () => {
  const setup = withStub();
  const find = (asked: Parameters<typeof setup.exchange.findOrder>[0]) => setup.exchange.findOrder(asked);

  it('finds it by client id, whatever the case it was asked in', async () => {
    setup.stub.on(ORDER, ok(FILLED));
    expect(await find(query)).toMatchObject({
      found: 'one',
      order: { orderId: '8886774', clientOrderId: 'hfe1n1', status: 'filled', averagePrice: '50000' },
    });
    expect(sentTo(setup, ORDER)[0]?.params).toMatchObject({ origClientOrderId: 'hfe1n1' });
  });

  it('trap: an answer that is some other order is not taken for this one', async () => {
    setup.stub.on(ORDER, ok({ ...FILLED, clientOrderId: 'someoneelse' }));
    expect(await find(query)).toMatchObject({ found: 'none' });
    setup.stub.on(ALGO, ok({ ...algoRow, clientAlgoId: 'someoneelse' }));
    expect(await find(stopQuery)).toMatchObject({ found: 'none' });
  });

  it('trap: a client id is free again once its order is done, so none is said only after orders, history and executions', async () => {
    expect(await find(query)).toMatchObject({ found: 'none' });
    for (const route of [ORDER, OPEN, ALL, TRADES]) expect(sentTo(setup, route)).toHaveLength(1);
  });

  it('trap: an order that executed but is in no list yet is found by its execution', async () => {
    setup.stub.on(TRADES, ok([tradeRow]));
    setup.stub.on(ORDER, (request) =>
      request.params['orderId'] === String(orderRow.orderId) ? ok(FILLED) : NO_SUCH_ORDER,
    );
    expect(await find(query)).toMatchObject({
      found: 'one',
      order: { orderId: '8886774', status: 'filled' },
    });
  });

  it('does not say none while an order that has just executed cannot be read', async () => {
    setup.stub.on(TRADES, ok([tradeRow]));
    await expect(find(query)).rejects.toMatchObject({ kind: 'bad_answer' });
  });

  it('tells two orders of one client id as many, never as a choice', async () => {
    setup.stub.on(ALL, ok([FILLED, { ...FILLED, orderId: 9 }]));
    expect(await find(query)).toMatchObject({ found: 'many', orders: [{}, {}] });
    expect(await find({ ...query, excludeOrderIds: ['9'] })).toMatchObject({
      found: 'one',
      order: { orderId: '8886774' },
    });
  });

  it.each([ORDER, OPEN, ALL, TRADES])('throws rather than say none when %s fails', async (route) => {
    for (const answer of BROKEN) {
      setup.stub.on(route, answer);
      await expect(find(query)).rejects.toBeInstanceOf(ExchangeFault);
    }
  });

  it.each([ALGO, OPEN_ALGO, ALL_ALGO])(
    'throws rather than say none of a stop when %s fails',
    async (route) => {
      for (const answer of BROKEN) {
        setup.stub.on(route, answer);
        await expect(find(stopQuery)).rejects.toBeInstanceOf(ExchangeFault);
      }
    },
  );

  it('asks the algo service alone for a stop, by our client id', async () => {
    setup.stub.on(ALGO, ok(algoRow));
    expect(await find(stopQuery)).toMatchObject({
      found: 'one',
      order: {
        orderId: 'algo:2146760',
        clientOrderId: 'hfe1n2',
        kind: 'stop_market',
        status: 'open',
        quantity: '0.05',
        triggerPrice: '49000.5',
        workingType: 'CONTRACT_PRICE',
        reduceOnly: true,
      },
    });
    expect(sentTo(setup, ALGO)[0]?.params).toMatchObject({ clientAlgoId: 'hfe1n2' });
    expect(sentTo(setup, ORDER)).toEqual([]);
  });

  it('asks both services where nothing tells which, and takes an algo order before the order that carries it out', async () => {
    setup.stub.on(ALGO, ok({ ...algoRow, algoStatus: 'FINISHED', actualOrderId: String(childRow.orderId) }));
    setup.stub.on(ORDER, ok(childRow));
    expect(await find({ symbol: BTC, clientOrderId: 'hfe1n2', sinceMs })).toMatchObject({
      found: 'one',
      order: { orderId: 'algo:2146760', status: 'filled' },
    });
  });

  it('trap: an order and an algo order of the same number are two', async () => {
    setup.stub.on(ORDER, ok({ ...orderRow, orderId: 77 }));
    setup.stub.on(ALGO, ok({ ...algoRow, algoId: 77 }));
    expect(await find({ symbol: BTC, orderId: '77' })).toMatchObject({
      order: { orderId: '77', kind: 'limit' },
    });
    expect(await find({ symbol: BTC, orderId: 'algo:77' })).toMatchObject({
      order: { orderId: 'algo:77', kind: 'stop_market' },
    });
  });

  it('finds in the history what the order endpoints do not tell any more', async () => {
    setup.stub.on(ALL, ok([FILLED]));
    expect(await find(query)).toMatchObject({ found: 'one', order: { status: 'filled' } });
    setup.stub.on(ALL_ALGO, ok([{ ...algoRow, algoStatus: 'CANCELED' }]));
    expect(await find(stopQuery)).toMatchObject({ found: 'one', order: { status: 'cancelled' } });
  });

  it('asks for histories in parts of a week, none further back than 90 days', async () => {
    await find({ ...query, sinceMs: Date.now() - 10 * DAY_MS });
    const widths = sentTo(setup, ALL).map(
      ({ params }) => Number(params['endTime']) - Number(params['startTime']),
    );
    expect(widths).toHaveLength(2);
    for (const width of widths) expect(width).toBeLessThan(7 * DAY_MS);
    await find({ ...stopQuery, sinceMs: 0 });
    expect(sentTo(setup, ALL_ALGO)).toHaveLength(13);
  });

  it('reads a history in halves where a page was full', async () => {
    const page = Array.from({ length: 1_000 }, (_none, index) => ({
      ...FILLED,
      orderId: index + 1,
      clientOrderId: 'x',
    }));
    setup.stub.on(ALL, [ok(page), ok([]), ok([FILLED])]);
    expect(await find(query)).toMatchObject({ found: 'one', order: { orderId: '8886774' } });
    expect(sentTo(setup, ALL)).toHaveLength(3);
  });
});

describe('what became of an algo order of Binance', () => {
  const setup = withStub();
  const find = () => setup.exchange.findOrder({ symbol: BTC, orderId: 'algo:2146760' });
  const actualOrderId = String(childRow.orderId);

  it('trap: TRIGGERED is not filled; its order tells what was', async () => {
    setup.stub.on(ALGO, ok({ ...algoRow, algoStatus: 'TRIGGERED', actualOrderId, triggerTime: Date.now() }));
    setup.stub.on(ORDER, ok({ ...childRow, status: 'PARTIALLY_FILLED', executedQty: '0.020' }));
    expect(await find()).toMatchObject({
      order: {
        orderId: 'algo:2146760',
        status: 'open',
        filledQuantity: '0.02',
        averagePrice: '48990.4',
      },
    });
    setup.stub.on(ORDER, ok({ ...childRow, status: 'NEW', executedQty: '0', avgPrice: '0' }));
    expect(await find()).toMatchObject({ order: { status: 'open', filledQuantity: '0' } });
  });

  it.each([
    ['FILLED', '0.05', 'filled'],
    ['CANCELED', '0', 'cancelled'],
    ['EXPIRED', '0.02', 'expired'],
    ['REJECTED', '0', 'rejected'],
  ])(
    'trap: FINISHED is not filled either: with an order that is %s it is %s filled',
    async (status, executedQty, told) => {
      setup.stub.on(ALGO, ok({ ...algoRow, algoStatus: 'FINISHED', actualOrderId }));
      setup.stub.on(ORDER, ok({ ...childRow, status, executedQty }));
      expect(await find()).toMatchObject({ order: { status: told, filledQuantity: executedQty } });
    },
  );

  it.each([
    ['NEW', 'open'],
    ['CANCELED', 'cancelled'],
    ['EXPIRED', 'expired'],
    ['REJECTED', 'rejected'],
  ])('takes %s without an order for %s', async (algoStatus, told) => {
    setup.stub.on(ALGO, ok({ ...algoRow, algoStatus }));
    expect(await find()).toMatchObject({ order: { status: told, filledQuantity: '0' } });
  });

  it('trap: one that hangs TRIGGERING protects nothing: it is over after ten seconds', async () => {
    const stuck = { ...algoRow, algoStatus: 'TRIGGERING' };
    setup.stub.on(ALGO, ok({ ...stuck, triggerTime: Date.now() - 1_000 }));
    expect(await find()).toMatchObject({ order: { status: 'open' } });
    setup.stub.on(ALGO, ok({ ...stuck, triggerTime: Date.now() - 60_000 }));
    expect(await find()).toMatchObject({ order: { status: 'expired', filledQuantity: '0' } });
  });

  it('does not guess while the order that carries it out is not listed yet', async () => {
    const row = { ...algoRow, algoStatus: 'FINISHED', actualOrderId };
    setup.stub.on(ALGO, ok({ ...row, triggerTime: Date.now() }));
    await expect(find()).rejects.toMatchObject({ kind: 'bad_answer' });
    setup.stub.on(ALGO, ok({ ...row, triggerTime: Date.now() - HOUR_MS }));
    expect(await find()).toMatchObject({ order: { status: 'expired' } });
  });
});

const BROKEN: StubAnswer[] = [
  { kind: 'cut' },
  refused(-1001, 'Internal error', 503),
  refused(-5000, 'Path is invalid', 404),
  ok({}),
  { kind: 'text', body: '<html></html>' },
];
