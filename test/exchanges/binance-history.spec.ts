import { describe, expect, it } from 'vitest';
import { clientOrderId, epochAt } from '../../domain/ids.ts';
import {
  ALGO,
  algoRow,
  ALL,
  ALL_ALGO,
  BTC,
  childRow,
  DAY_MS,
  FORCED,
  HOUR_MS,
  INCOME,
  ok,
  ORDER,
  orderRow,
  positionRow,
  POSITIONS,
  refused,
  sentTo,
  tradeRow,
  TRADES,
  withStub,
} from './binance-setup.ts';
import type { StubRequest } from './stub-server.ts';

const NOW = Date.now();
const bought = { ...tradeRow, id: 1, time: NOW - HOUR_MS };
const sold = {
  ...tradeRow,
  id: 2,
  orderId: childRow.orderId,
  side: 'SELL',
  price: '50500.00',
  commission: '1.26250000',
  realizedPnl: '25.00000000',
  time: NOW - HOUR_MS / 2,
};
const sinceMs = NOW - 2 * HOUR_MS;

/** Answers executions as Binance does: of the window that was asked for, or from an id on. */
const listing =
  (rows: readonly ({ id: number; time: number } & Record<string, unknown>)[]) =>
  ({ params }: StubRequest) =>
    ok(
      rows
        .filter(({ id }) => id >= Number(params['fromId'] ?? 0))
        .filter(({ time }) => time >= Number(params['startTime'] ?? 0))
        .filter(({ time }) => time <= Number(params['endTime'] ?? Infinity))
        .slice(0, Number(params['limit'])),
    );

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

describe('finished positions on Binance, which keeps none', () => {
  const setup = withStub();
  const closed = (more: { sinceMs?: number; untilMs?: number } = {}) =>
    setup.exchange.closedPositions({ symbol: BTC, sinceMs, ...more });
  const funding = (amount: string, time: number) => ({
    symbol: 'BTCUSDT',
    incomeType: 'FUNDING_FEE',
    income: amount,
    asset: 'USDT',
    time,
    tranId: time,
  });

  it('are rebuilt from executions and funding, exact to the last digit', async () => {
    setup.stub.on(TRADES, listing([bought, sold]));
    setup.stub.on(INCOME, ok([funding('-0.12345678', NOW - 2_000_000)]));
    expect(await closed()).toEqual([
      {
        symbol: BTC,
        leg: 'net',
        side: 'long',
        quantity: '0.05',
        entryPrice: '50000',
        closePrice: '50500',
        realizedPnl: '25',
        fees: '2.5125',
        funding: '-0.12345678',
        netPnl: '22.36404322',
        openedAtMs: bought.time,
        closedAtMs: sold.time,
        whole: true,
      },
    ]);
    expect(sentTo(setup, INCOME)[0]?.params).toMatchObject({ incomeType: 'FUNDING_FEE', symbol: 'BTCUSDT' });
  });

  it('are none while the position is open, and then no funding is asked for', async () => {
    setup.stub.on(TRADES, listing([bought]));
    setup.stub.on(POSITIONS, ok([positionRow]));
    expect(await closed()).toEqual([]);
    expect(sentTo(setup, INCOME)).toEqual([]);
  });

  it('are told whole although they were opened before the time that was asked for', async () => {
    setup.stub.on(TRADES, listing([{ ...bought, time: NOW - 20 * DAY_MS }, sold]));
    expect(await closed()).toMatchObject([
      { entryPrice: '50000', openedAtMs: NOW - 20 * DAY_MS, realizedPnl: '25' },
    ]);
  });

  it('have no entry where they were opened before anything that Binance keeps', async () => {
    setup.stub.on(TRADES, listing([sold]));
    const [row] = await closed();
    expect(row).toMatchObject({ quantity: '0.05', closePrice: '50500', side: 'long', whole: true });
    for (const unknown of ['entryPrice', 'openedAtMs', 'realizedPnl', 'fees', 'netPnl', 'funding'])
      expect(row).not.toHaveProperty(unknown);
  });

  it('wait for a list of positions that lags behind the executions', async () => {
    setup.stub.on(TRADES, listing([bought, { ...sold, time: Date.now() - 100 }]));
    setup.stub.on(POSITIONS, [ok([positionRow]), ok([])]);
    expect(await closed()).toMatchObject([{ side: 'long', quantity: '0.05' }]);
  });

  it('keep the legs of hedge mode apart; a funding that both were open for is told of neither', async () => {
    const long = [
      { ...bought, positionSide: 'LONG' },
      { ...sold, positionSide: 'LONG' },
    ];
    const short = [
      { ...sold, id: 3, positionSide: 'SHORT', realizedPnl: '0', time: NOW - 1_900_000 },
      { ...bought, id: 4, positionSide: 'SHORT', realizedPnl: '25', time: NOW - 1_700_000 },
    ];
    setup.stub.on(TRADES, listing([...long, ...short].sort((a, b) => a.time - b.time)));
    setup.stub.on(INCOME, ok([funding('-1', NOW - 3_000_000)]));
    expect(await closed()).toMatchObject([
      { leg: 'long', side: 'long', funding: '-1' },
      { leg: 'short', side: 'short', funding: '0', realizedPnl: '25' },
    ]);
    setup.stub.on(INCOME, ok([funding('-1', NOW - 1_850_000)]));
    for (const row of await closed()) {
      expect(row).not.toHaveProperty('funding');
      expect(row).not.toHaveProperty('netPnl');
      expect(row).toHaveProperty('realizedPnl');
    }
  });

  it('say what forced their end', async () => {
    setup.stub.on(TRADES, listing([bought, sold]));
    setup.stub.on(ORDER, ok({ ...childRow, clientOrderId: 'autoclose-1' }));
    expect(await closed()).toMatchObject([{ forced: 'liquidation' }]);
  });

  it('are no answer at all where a part of them failed', async () => {
    setup.stub.on(TRADES, listing([bought, sold]));
    for (const route of [POSITIONS, INCOME, TRADES]) {
      setup.stub.on(route, refused(-1001, 'Internal error', 503));
      await expect(closed()).rejects.toMatchObject({ name: 'ExchangeFault' });
      setup.stub.on(route, route === TRADES ? listing([bought, sold]) : ok([]));
    }
  });
});
