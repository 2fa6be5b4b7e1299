import { describe, expect, it } from 'vitest';
import { clientOrderId, epochAt } from '../../domain/ids.ts';
import {
  algoRow,
  childRow,
  ok,
  OPEN,
  OPEN_ALGO,
  orderRow,
  positionRow,
  POSITIONS,
  refused,
  withStub,
} from './binance-setup.ts';
import { BTC, sentTo } from './stub-setup.ts';
import type { StubAnswer } from './stub-server.ts';

describe('reading an account of Binance', () => {
  const setup = withStub();
  const snapshot = () => setup.exchange.snapshot();

  it('reads positions, orders and algo orders as one reading', async () => {
    setup.stub.on(POSITIONS, ok([positionRow]));
    setup.stub.on(OPEN, ok([orderRow]));
    setup.stub.on(OPEN_ALGO, ok([algoRow]));
    expect(await snapshot()).toMatchObject({
      complete: true,
      positions: [{ symbol: BTC, leg: 'net', side: 'long', quantity: '0.05', entryPrice: '50000.5' }],
      orders: [
        { orderId: '8886774', kind: 'limit', price: '49000', status: 'open' },
        { orderId: 'algo:2146760', kind: 'stop_market', triggerPrice: '49000.5', status: 'open' },
      ],
    });
  });

  it('trap: algo orders are in no list of orders; without their own list nothing is complete', async () => {
    for (const route of [POSITIONS, OPEN, OPEN_ALGO]) {
      for (const answer of BROKEN) {
        setup.stub.on(route, answer);
        expect(await snapshot()).toMatchObject({ complete: false, problems: [expect.any(String)] });
      }
      setup.stub.on(route, ok([]));
    }
    expect(await snapshot()).toMatchObject({ complete: true });
  });

  it.each([
    ['a position without a side', POSITIONS, { ...positionRow, positionSide: null }],
    ['a position whose amount is no number', POSITIONS, { ...positionRow, positionAmt: 'NaN' }],
    ['a long of a negative amount', POSITIONS, { ...positionRow, positionSide: 'LONG', positionAmt: '-1' }],
    ['a short of a positive amount', POSITIONS, { ...positionRow, positionSide: 'SHORT' }],
    ['an order of an unknown status', OPEN, { ...orderRow, status: 'WHATEVER' }],
    ['an order that filled more than it has', OPEN, { ...orderRow, executedQty: '0.060' }],
    ['an order without a side of the position', OPEN, { ...orderRow, positionSide: undefined }],
    ['an algo order of an unknown status', OPEN_ALGO, { ...algoRow, algoStatus: 'WHATEVER' }],
    ['an algo order without a quantity', OPEN_ALGO, { ...algoRow, quantity: '' }],
    ['an algo order without a number', OPEN_ALGO, { ...algoRow, algoId: 0 }],
  ])('is incomplete with %s', async (_name, route, row) => {
    setup.stub.on(route, ok([row]));
    expect(await snapshot()).toMatchObject({ complete: false, problems: [expect.any(String)] });
  });

  it('trap: a flat row is no position, and both legs of hedge mode are two', async () => {
    setup.stub.on(
      POSITIONS,
      ok([
        { ...positionRow, positionSide: 'LONG' },
        { ...positionRow, positionSide: 'SHORT', positionAmt: '-0.030' },
        { ...positionRow, symbol: 'ETHUSDT', positionAmt: '0.000', entryPrice: '0' },
      ]),
    );
    expect((await snapshot()).positions).toMatchObject([
      { leg: 'long', side: 'long', quantity: '0.05' },
      { leg: 'short', side: 'short', quantity: '0.03' },
    ]);
  });

  it('trap: a stop that closes whatever is there has no quantity, and covers all of it', async () => {
    setup.stub.on(
      OPEN_ALGO,
      ok([{ ...algoRow, clientAlgoId: 'web_1', quantity: '0', closePosition: true, reduceOnly: false }]),
    );
    expect(await snapshot()).toMatchObject({
      complete: true,
      orders: [{ quantity: '0', closePosition: true, reduceOnly: true, kind: 'stop_market' }],
    });
  });

  it('trap: NEW_ADL and NEW_INSURANCE are open orders of the exchange itself, not unknown ones', async () => {
    setup.stub.on(
      OPEN,
      ok([
        { ...orderRow, orderId: 1, status: 'NEW_ADL' },
        { ...orderRow, orderId: 2, status: 'NEW_INSURANCE' },
      ]),
    );
    expect(await snapshot()).toMatchObject({
      complete: true,
      orders: [{ status: 'open' }, { status: 'open' }],
    });
  });

  it("understands somebody's trailing stop as an order of another kind", async () => {
    setup.stub.on(OPEN_ALGO, ok([{ ...algoRow, orderType: 'TRAILING_STOP_MARKET', triggerPrice: '' }]));
    expect(await snapshot()).toMatchObject({ complete: true, orders: [{ kind: 'other' }] });
  });

  it('leaves out what ended between the lists, and a stop that got stuck', async () => {
    setup.stub.on(OPEN, ok([childRow]));
    setup.stub.on(
      OPEN_ALGO,
      ok([{ ...algoRow, algoStatus: 'TRIGGERING', triggerTime: Date.now() - 60_000 }]),
    );
    expect(await snapshot()).toMatchObject({ complete: true, orders: [] });
  });

  it('trap: the order that carries an own stop out has its client id; it is not shown as the stop', async () => {
    const leg = { account: 'test', symbol: BTC, leg: 'net' } as const;
    const clientAlgoId = clientOrderId(leg, epochAt(Date.now()), 'stop', 2);
    const child = { ...childRow, status: 'PARTIALLY_FILLED', executedQty: '0.020' };
    setup.stub.on(OPEN, ok([{ ...child, clientOrderId: clientAlgoId }]));
    setup.stub.on(
      OPEN_ALGO,
      ok([{ ...algoRow, clientAlgoId, algoStatus: 'TRIGGERED', triggerTime: Date.now() }]),
    );
    expect(await snapshot()).toMatchObject({ complete: true, orders: [{ orderId: 'algo:2146760' }] });
  });

  it('trap: the whole account weighs 85 of 2,400 a minute; a leg is read by its symbol, for 7', async () => {
    setup.stub.on(POSITIONS, ok([positionRow]));
    const leg = await setup.exchange.legSnapshot({ symbol: BTC, leg: 'net' });
    expect(leg).toMatchObject({ complete: true, position: { quantity: '0.05' } });
    for (const route of [POSITIONS, OPEN, OPEN_ALGO])
      expect(sentTo(setup, route).map(({ params }) => params['symbol'])).toEqual(['BTCUSDT']);
    const whole = await snapshot();
    expect(sentTo(setup, OPEN_ALGO).at(-1)?.params).not.toHaveProperty('symbol');
    expect(whole.sequence).toBeGreaterThan(leg.sequence);
  });

  it('shares a reading between callers of one symbol, and keeps symbols apart', async () => {
    setup.stub.on(OPEN, ok([{ ...orderRow, positionSide: 'LONG' }]));
    const legs = await Promise.all(
      (['long', 'short'] as const).map((leg) => setup.exchange.legSnapshot({ symbol: BTC, leg })),
    );
    expect(legs.map(({ orders }) => orders.length)).toEqual([1, 0]);
    expect(sentTo(setup, OPEN)).toHaveLength(1);
  });
});

describe('settings, money and permissions of an account of Binance', () => {
  const setup = withStub();
  const RIGHTS = 'GET /sapi/v1/account/apiRestrictions';

  it('tells mode, equity and what may be traded', async () => {
    setup.stub.on(
      'GET /fapi/v3/account',
      ok({ totalMarginBalance: '126.72469206', availableBalance: '120.5' }),
    );
    expect(await setup.exchange.positionMode()).toBe('one-way');
    expect(await setup.exchange.balance()).toMatchObject({
      asset: 'USDT',
      equity: '126.72469206',
      available: '120.5',
    });
    expect(await setup.exchange.symbols()).toEqual([BTC]);
    expect(await setup.exchange.marketRules(BTC)).toEqual({
      symbol: BTC,
      tickSize: '0.1',
      lotSize: '0.001',
      minQuantity: '0.001',
      minNotional: '50',
      maxQuantity: '120',
    });
  });

  it('sets one leverage for the symbol', async () => {
    setup.stub.on('POST /fapi/v1/leverage', ok({ leverage: 7, symbol: 'BTCUSDT', maxNotionalValue: '1' }));
    await setup.exchange.setLeverage(BTC, '7', 'long');
    expect(sentTo(setup, 'POST /fapi/v1/leverage')[0]?.params).toMatchObject({
      symbol: 'BTCUSDT',
      leverage: '7',
    });
    setup.stub.on('POST /fapi/v1/leverage', refused(-4028, 'Leverage 200 is not valid'));
    await expect(setup.exchange.setLeverage(BTC, '200', 'long')).rejects.toMatchObject({
      kind: 'refused',
      code: '-4028',
    });
  });

  it.each([
    [
      { enableFutures: true, enableWithdrawals: false },
      { trade: true, withdraw: false },
    ],
    [
      { enableFutures: true, enableWithdrawals: true },
      { trade: true, withdraw: true },
    ],
    [{ enableReading: true }, { trade: 'unknown', withdraw: 'unknown' }],
  ])('reads the rights %j of a key as %j', async (body, permissions) => {
    setup.stub.on(RIGHTS, ok(body));
    expect((await setup.exchange.health()).permissions).toEqual(permissions);
  });

  it('says unknown where there is no such endpoint, and leaves them out where it failed', async () => {
    setup.stub.on(RIGHTS, refused(-5000, 'Path is invalid', 404));
    expect((await setup.exchange.health()).permissions).toEqual({ trade: 'unknown', withdraw: 'unknown' });
    setup.stub.on(RIGHTS, refused(-1001, 'Internal error', 503));
    const health = await setup.exchange.health();
    expect(health).not.toHaveProperty('permissions');
    expect(health.problems).toEqual([expect.stringMatching(/^key permissions/)]);
  });
});

const BROKEN: StubAnswer[] = [
  { kind: 'cut' },
  refused(-1001, 'Internal error', 503),
  ok({}),
  { kind: 'text', body: 'null' },
  { kind: 'text', body: '<html></html>' },
];
