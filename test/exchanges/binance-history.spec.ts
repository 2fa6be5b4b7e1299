import { describe, expect, it } from 'vitest';
import { clientOrderId, epochAt } from '../../domain/ids.ts';
import {
  ALGO,
  algoRow,
  ALL,
  ALL_ALGO,
  bought,
  BTC_MARKET,
  childRow,
  DAY_MS,
  FORCED,
  HOUR_MS,
  listing,
  NOW,
  ok,
  ORDER,
  orderRow,
  sold,
  TRADES,
  withStub,
} from './binance-setup.ts';
import { BTC, sentTo } from './stub-setup.ts';

const sinceMs = NOW - 2 * HOUR_MS;

describe('executions on Binance', () => {
  const setup = withStub();
  const fills = (more: { leg?: 'net' | 'long'; sinceMs?: number } = {}) =>
    setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs, ...more });

  it('are told with side, price, quantity and what they cost', async () => {
    setup.stub.on(TRADES, listing([bought]));
    setup.stub.on(ORDER, ok({ ...orderRow, status: 'FILLED', executedQty: '0.050' }));
    expect(await fills()).toEqual([
      {
        fillId: '1',
        orderId: '8886774',
        symbol: BTC,
        leg: 'net',
        side: 'buy',
        price: '50000',
        quantity: '0.05',
        fee: '1.25',
        atMs: bought.time,
      },
    ]);
    expect(await fills({ leg: 'long' })).toEqual([]);
  });

  it('trap: what a triggered stop executed belongs to the stop, not to the order that carried it out', async () => {
    setup.stub.on(TRADES, listing([sold]));
    setup.stub.on(ORDER, ok(childRow));
    setup.stub.on(
      ALL_ALGO,
      ok([{ ...algoRow, algoStatus: 'FINISHED', actualOrderId: String(childRow.orderId) }]),
    );
    expect(await fills()).toMatchObject([{ fillId: '2', orderId: 'algo:2146760', side: 'sell' }]);
  });

  it('trap: a stop older than a week is found by the client id that its order inherits', async () => {
    setup.stub.on(TRADES, listing([sold]));
    setup.stub.on(ORDER, ok(childRow));
    setup.stub.on(ALGO, ok({ ...algoRow, algoStatus: 'FINISHED', actualOrderId: String(childRow.orderId) }));
    expect(await fills()).toMatchObject([{ orderId: 'algo:2146760' }]);
    expect(sentTo(setup, ALGO)[0]?.params).toMatchObject({ clientAlgoId: 'hfe1n2' });
  });

  it('are not taken for those of an algo order that only has the same client id', async () => {
    setup.stub.on(TRADES, listing([sold]));
    setup.stub.on(ORDER, ok(childRow));
    setup.stub.on(ALGO, ok({ ...algoRow, algoStatus: 'FINISHED', actualOrderId: '1' }));
    expect(await fills()).toMatchObject([{ orderId: String(childRow.orderId) }]);
  });

  it('ask the algo service nothing about own entries and closes, and about no order twice', async () => {
    const leg = { account: 'test', symbol: BTC, leg: 'net' } as const;
    const own = clientOrderId(leg, epochAt(NOW), 'close', 3);
    setup.stub.on(TRADES, listing([sold]));
    setup.stub.on(ORDER, ok({ ...childRow, clientOrderId: own }));
    await fills();
    await fills();
    expect(sentTo(setup, ORDER)).toHaveLength(1);
    expect([...sentTo(setup, ALGO), ...sentTo(setup, ALL_ALGO)]).toEqual([]);
  });

  it('ask again about one that has just happened: the link to its stop may come late', async () => {
    const now = { ...sold, time: Date.now() };
    setup.stub.on(TRADES, listing([now]));
    setup.stub.on(ORDER, ok(childRow));
    expect(await fills()).toMatchObject([{ orderId: String(childRow.orderId) }]);
    setup.stub.on(
      ALL_ALGO,
      ok([{ ...algoRow, algoStatus: 'FINISHED', actualOrderId: String(childRow.orderId) }]),
    );
    expect(await fills()).toMatchObject([{ orderId: 'algo:2146760' }]);
  });

  it.each([
    ['autoclose-1596107620040000020', 'liquidation'],
    ['adl_autoclose', 'adl'],
    ['settlement_autoclose-1', undefined],
  ])('forced by the exchange under the client id %s are %s', async (client, forced) => {
    setup.stub.on(TRADES, listing([sold]));
    setup.stub.on(ORDER, ok({ ...childRow, clientOrderId: client }));
    const [fill] = await fills();
    expect(fill?.forced).toBe(forced);
  });

  it('forced ones are known even where their orders cannot be read', async () => {
    setup.stub.on(TRADES, listing([sold]));
    setup.stub.on(FORCED, ok([{ ...childRow, clientOrderId: 'autoclose-1' }]));
    expect(await fills()).toMatchObject([{ forced: 'liquidation' }]);
    expect(Number(sentTo(setup, FORCED)[0]?.params['limit'])).toBe(100);
  });

  it('have no fee where it was charged in another coin', async () => {
    setup.stub.on(TRADES, listing([{ ...bought, commissionAsset: 'BNB' }]));
    const [fill] = await fills();
    expect(fill).not.toHaveProperty('fee');
  });

  it('are read of a market that is not listed any more', async () => {
    setup.stub.on(
      'GET /fapi/v1/exchangeInfo',
      ok({ symbols: [{ ...BTC_MARKET, symbol: 'ETHUSDT', baseAsset: 'ETH' }] }),
    );
    setup.stub.on(TRADES, listing([bought]));
    expect(await fills()).toMatchObject([{ symbol: BTC, fee: '1.25' }]);
  });

  it('are read page by page, from id to id, and in weeks', async () => {
    const many = Array.from({ length: 2_500 }, (_none, index) => ({
      ...bought,
      id: index + 1,
      time: NOW - HOUR_MS + index,
    }));
    setup.stub.on(TRADES, listing(many));
    setup.stub.on(ALL, ok([{ ...orderRow, status: 'FILLED', executedQty: '0.050' }]));
    const told = await fills({ sinceMs: NOW - 10 * DAY_MS });
    expect(told.map(({ fillId }) => fillId)).toEqual(many.map(({ id }) => String(id)));
    const pages = sentTo(setup, TRADES).map(({ params }) => params['fromId'] ?? 'by time');
    expect(pages).toEqual(['by time', 'by time', '1001', '2001']);
  });

  it('fail as a whole where one row is not understood', async () => {
    setup.stub.on(TRADES, ok([bought, { ...sold, qty: 'NaN' }]));
    await expect(fills()).rejects.toMatchObject({ kind: 'bad_answer' });
    setup.stub.on(TRADES, ok([{ ...sold, positionSide: undefined }]));
    await expect(fills()).rejects.toMatchObject({ kind: 'bad_answer' });
  });
});
