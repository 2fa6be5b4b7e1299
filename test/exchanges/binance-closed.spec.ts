import { describe, expect, it } from 'vitest';
import {
  algoRow,
  ALL_ALGO,
  bought,
  childRow,
  DAY_MS,
  HOUR_MS,
  INCOME,
  listing,
  NOW,
  ok,
  ORDER,
  positionRow,
  POSITIONS,
  refused,
  sold,
  TRADES,
  withStub,
} from './binance-setup.ts';
import { BTC, sentTo } from './stub-setup.ts';

const sinceMs = NOW - 2 * HOUR_MS;

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
    setup.stub.on(ORDER, ({ params }) =>
      ok({ ...childRow, orderId: params['orderId'], clientOrderId: 'web_1' }),
    );
    setup.stub.on(
      ALL_ALGO,
      ok([{ ...algoRow, algoStatus: 'FINISHED', actualOrderId: String(sold.orderId) }]),
    );
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
        orderIds: [String(bought.orderId), 'algo:2146760'],
        openedAtMs: bought.time,
        closedAtMs: sold.time,
        whole: true,
      },
    ]);
    expect(sentTo(setup, INCOME)[0]?.params).toMatchObject({ incomeType: 'FUNDING_FEE', symbol: 'BTCUSDT' });
  });

  it('show averages with eight decimals, like Binance', async () => {
    const more = { ...bought, id: 3, price: '50100.00', qty: '0.020', time: bought.time + 1 };
    setup.stub.on(TRADES, listing([bought, more, { ...sold, qty: '0.070' }]));
    expect(await closed()).toMatchObject([{ quantity: '0.07', entryPrice: '50028.57142857' }]);
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
    const askedAtMs = Date.now();
    expect(await closed()).toMatchObject([{ side: 'long', quantity: '0.05' }]);
    expect(Date.now() - askedAtMs).toBeGreaterThan(1_000);
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
