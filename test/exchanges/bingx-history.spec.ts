import { describe, expect, it } from 'vitest';
import { ExchangeFault } from '../../exchanges/errors.ts';
import { ALL, ORDER, FILLS, HISTORY, HOUR_MS, orderRow } from './bingx-rows.ts';
import { withStub } from './bingx-setup.ts';
import { BTC } from './stub-setup.ts';
import { coded, json, type StubAnswer } from './stub-server.ts';

describe('fills and history of BingX', () => {
  const setup = withStub({ rateLimits: 'off' });
  const at = new Date(Date.now() - 60_000);
  const china = new Date(at.getTime() + 8 * HOUR_MS).toISOString().replace('Z', '+0800');
  const fillRow = {
    symbol: 'BTC-USDT',
    volume: '0.05',
    price: '50000.5',
    amount: '2500',
    commission: '-1.25',
    currency: 'USDT',
    orderId: '77',
    filledTime: china,
  };

  const filledOrder = (orderId: number): object => ({
    ...orderRow,
    orderId: String(orderId),
    type: 'MARKET',
    status: 'FILLED',
    executedQty: '0.05',
  });

  it('completes a recorded row by its order, and reads the time in its own zone', async () => {
    setup.stub.on(FILLS, json({ fill_orders: [fillRow] }));
    setup.stub.on(ORDER, json({ order: filledOrder(77) }));
    expect(await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: at.getTime() })).toEqual([
      {
        fillId: `77/${at.getTime()}/50000.5/0.05`,
        orderId: '77',
        symbol: BTC,
        leg: 'net',
        side: 'sell',
        price: '50000.5',
        quantity: '0.05',
        fee: '1.25',
        atMs: at.getTime(),
      },
    ]);
  });

  it('tells the execution of a triggered stop under the stop that it carries out', async () => {
    const named = { ...fillRow, side: 'SELL', positionSide: 'BOTH', tradeId: '5' };
    setup.stub.on(FILLS, json({ fill_orders: [named] }));
    setup.stub.on(ORDER, json({ order: { ...filledOrder(77), triggerOrderId: orderRow.orderId } }));
    const [fill] = await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: at.getTime() });
    expect(fill).toMatchObject({ fillId: '5', orderId: '1792481956836519936' });
  });

  it('takes finished orders for executions where the exchange has no endpoint for fills', async () => {
    const done = { status: 'FILLED', executedQty: '0.05', avgPrice: '50000.5', updateTime: at.getTime() };
    const stop = { ...orderRow, orderId: '70', ...done };
    const market = { ...orderRow, orderId: '71', ...done, type: 'MARKET', triggerOrderId: '70' };
    const resting = {
      ...orderRow,
      orderId: '72',
      type: 'LIMIT',
      status: 'PARTIALLY_FILLED',
      executedQty: '0.01',
    };
    setup.stub.on(FILLS, coded(100404, 'the api path does not exist'));
    setup.stub.on(ALL, json({ orders: [stop, market, resting] }));
    const fills = await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: at.getTime() });
    expect(fills).toMatchObject([{ fillId: 'order/71', orderId: '70', side: 'sell', quantity: '0.05' }]);
  });

  it('keeps two executions of equal figures apart', async () => {
    const named = { ...fillRow, side: 'BUY', positionSide: 'BOTH' };
    setup.stub.on(FILLS, json({ fill_orders: [named, named, { ...named, tradeId: '5' }] }));
    const fills = await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: at.getTime() });
    expect(new Set(fills.map(({ fillId }) => fillId)).size).toBe(3);
  });

  it('completes many rows from the history around them', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => 100 + index);
    setup.stub.on(FILLS, json({ fill_orders: ids.map((id) => ({ ...fillRow, orderId: String(id) })) }));
    setup.stub.on(ALL, json({ orders: ids.map(filledOrder) }));
    expect(await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: at.getTime() })).toHaveLength(25);
    expect(setup.stub.requests.filter(({ path }) => path.endsWith('trade/order'))).toEqual([]);
  });

  it('reads a position that has been open for a year, and asks for the beginning of time in bounded parts', async () => {
    setup.stub.on(FILLS, json({ fill_orders: [] }));
    await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: 0 });
    const asked = setup.stub.requests.filter(({ path }) => path.endsWith('allFillOrders'));
    expect(asked).toHaveLength(26);
    expect(Number(asked[0]?.params['startTs'])).toBeLessThan(Date.now() - 365 * 24 * HOUR_MS);
  });

  it('asks again in halves where an answer may have been cut off, and loses nothing', async () => {
    const fromMs = at.getTime() - HOUR_MS;
    const rows = Array.from({ length: 700 }, (_, index) => ({
      ...fillRow,
      side: 'BUY',
      positionSide: 'BOTH',
      tradeId: String(index + 1),
      filledTime: new Date(fromMs + index * 1_000).toISOString(),
    }));
    setup.stub.on(FILLS, ({ params }) => {
      const inside = rows.filter(
        ({ filledTime }) =>
          Date.parse(filledTime) >= Number(params['startTs']) &&
          Date.parse(filledTime) <= Number(params['endTs']),
      );
      return json({ fill_orders: inside.slice(0, 500) });
    });
    expect(await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: fromMs })).toHaveLength(700);
  });

  it('throws where a fill belongs to no listed order: no leg is guessed', async () => {
    setup.stub.on(FILLS, json({ fill_orders: [fillRow] }));
    await expect(
      setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: at.getTime() }),
    ).rejects.toMatchObject({ kind: 'bad_answer' });
  });

  it('says which fills were forced', async () => {
    setup.stub.on(FILLS, json({ fill_orders: [{ ...fillRow, side: 'SELL', positionSide: 'BOTH' }] }));
    setup.stub.on(
      'GET /openApi/swap/v2/trade/forceOrders',
      json({ orders: [{ orderId: '77', autoCloseType: 'LIQUIDATION' }] }),
    );
    expect(await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: at.getTime() })).toMatchObject([
      { forced: 'liquidation' },
    ]);
  });

  it.each<[string, StubAnswer, boolean]>([
    ['fails', { kind: 'cut' }, false],
    ['is busy', coded(100500, 'busy'), false],
    ['has no such endpoint', { kind: 'text', body: 'not found', status: 404 }, true],
    ['refuses', coded(100004, 'no permission'), true],
  ])(
    'asks again who forced a fill where the exchange %s, unless that is its answer',
    async (_name, answer, told) => {
      setup.stub.on(FILLS, json({ fill_orders: [{ ...fillRow, side: 'SELL', positionSide: 'BOTH' }] }));
      setup.stub.on(ORDER, json({ order: filledOrder(77) }));
      setup.stub.on('GET /openApi/swap/v2/trade/forceOrders', answer);
      const fills = setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: at.getTime() });
      const answered = await fills.then(
        ({ length }) => length === 1,
        (fault: unknown) => !(fault instanceof ExchangeFault),
      );
      expect(answered).toBe(told);
    },
  );

  const closedRow = {
    positionId: '1861675561156571136',
    symbol: 'BTC-USDT',
    positionSide: 'LONG',
    openTime: Date.now() - 30 * 24 * HOUR_MS,
    updateTime: Date.now() - HOUR_MS,
    avgPrice: '95.18',
    avgClosePrice: '129.48',
    realisedProfit: '102.89',
    netProfit: '99.63',
    positionAmt: '30.0',
    closePositionAmt: '30.0',
    closeAllPositions: true,
    positionCommission: '-0.33699650000000003',
    totalFunding: '-2.921461693902908',
  };

  it.each(['positionHistory', 'list'])('reads closed positions under the key %s', async (key) => {
    setup.stub.on(HISTORY, json({ [key]: [closedRow], total: 1 }));
    expect(
      await setup.exchange.closedPositions({
        symbol: BTC,
        exchangePositionId: closedRow.positionId,
        sinceMs: 0,
      }),
    ).toMatchObject([
      {
        exchangePositionId: closedRow.positionId,
        side: 'long',
        leg: 'net',
        quantity: '30',
        entryPrice: '95.18',
        closePrice: '129.48',
        realizedPnl: '102.89',
        netPnl: '99.63',
        fees: '0.33699650000000003',
        funding: '-2.921461693902908',
        whole: true,
      },
    ]);
  });

  it('trap: ccxt drops a position that was opened before `since`; what counts is when it closed', async () => {
    setup.stub.on(
      HISTORY,
      json({
        positionHistory: [
          closedRow,
          { ...closedRow, positionId: '2', updateTime: Date.now() - 20 * HOUR_MS },
        ],
      }),
    );
    const recent = await setup.exchange.closedPositions({ symbol: BTC, sinceMs: Date.now() - 2 * HOUR_MS });
    expect(recent.map(({ exchangePositionId }) => exchangePositionId)).toEqual([closedRow.positionId]);
  });

  it('trap: the newer documentation demands both ends of a range of at most three months', async () => {
    setup.stub.on(HISTORY, json({ list: [] }));
    await setup.exchange.closedPositions({ symbol: BTC, sinceMs: 0 });
    const { startTs, endTs } = setup.stub.requests.at(-1)?.params ?? {};
    expect(Number(endTs) - Number(startTs)).toBeLessThan(90 * 24 * HOUR_MS);
    expect(Number(endTs)).toBeGreaterThanOrEqual(Date.now() - 10_000);
  });

  it('takes a row without the flag for whole where as much was closed as was held', async () => {
    const { closeAllPositions: _, ...bare } = closedRow;
    setup.stub.on(HISTORY, json({ list: [bare, { ...bare, positionId: '2', closePositionAmt: '10' }] }));
    const rows = await setup.exchange.closedPositions({ symbol: BTC, sinceMs: 0 });
    expect(rows.map(({ whole }) => whole)).toEqual([true, false]);
  });

  it('says that a part is still open', async () => {
    setup.stub.on(
      HISTORY,
      json({ list: [{ ...closedRow, closeAllPositions: false, closePositionAmt: '10' }] }),
    );
    expect(await setup.exchange.closedPositions({ symbol: BTC, sinceMs: 0 })).toMatchObject([
      { whole: false, quantity: '10' },
    ]);
  });

  it('turns pages until one brings nothing new', async () => {
    const row = (id: number): object => ({ ...closedRow, positionId: String(id) });
    setup.stub.on(HISTORY, (request) => {
      const first = (Number(request.params['pageIndex']) - 1) * 100;
      return json({
        list: Array.from({ length: first === 200 ? 5 : 100 }, (_, index) => row(first + index + 1)),
      });
    });
    expect(await setup.exchange.closedPositions({ symbol: BTC, sinceMs: 0 })).toHaveLength(205);
  });
});

describe('the range of a price that nobody watched, from BingX', () => {
  const setup = withStub();
  const untilMs = Date.now();
  const minute = Math.floor(untilMs / 60_000) * 60_000;
  const query = { symbol: BTC, sinceMs: untilMs - 5 * 60_000, untilMs };
  const candle = (openTime: number, high: string, low: string) => ({
    open: '1',
    close: '1',
    high,
    low,
    volume: '1',
    time: openTime,
  });

  it('counts trades and whole candles inside the gap, and nothing of before', async () => {
    setup.stub.on(
      'GET /openApi/swap/v2/quote/trades',
      json([
        { time: untilMs - 1_000, price: '101', qty: '1' },
        { time: query.sinceMs - 1, price: '500', qty: '1' },
      ]),
    );
    setup.stub.on(
      'GET /openApi/swap/v3/quote/klines',
      json([
        candle(minute - 120_000, '103', '97'),
        candle(minute, '900', '1'),
        candle(minute - 10 * 60_000, '800', '2'),
      ]),
    );
    expect(await setup.exchange.priceRange?.({ ...query, workingType: 'CONTRACT_PRICE' })).toEqual({
      high: '103',
      low: '97',
    });
  });

  it('reads the mark price from its own candles', async () => {
    setup.stub.on(
      'GET /openApi/swap/v1/market/markPriceKlines',
      json([
        {
          open: '99',
          high: '105',
          low: '95',
          close: '101',
          openTime: minute - 120_000,
          closeTime: minute - 60_001,
        },
      ]),
    );
    expect(await setup.exchange.priceRange?.({ ...query, workingType: 'MARK_PRICE' })).toEqual({
      high: '105',
      low: '95',
    });
  });

  it('knows nothing of a gap without a trade, and says so of an exchange that does not answer', async () => {
    setup.stub.on('GET /openApi/swap/v2/quote/trades', json([]));
    setup.stub.on('GET /openApi/swap/v3/quote/klines', json([]));
    expect(await setup.exchange.priceRange?.({ ...query, workingType: 'CONTRACT_PRICE' })).toBeUndefined();
    await expect(setup.exchange.priceRange?.({ ...query, workingType: 'MARK_PRICE' })).rejects.toBeInstanceOf(
      ExchangeFault,
    );
  });
});
