import { describe, expect, it } from 'vitest';
import { ExchangeFault } from '../../exchanges/errors.ts';
import { POSITIONS, OPEN, FILLS, MODE, positionRow, orderRow } from './bingx-rows.ts';
import { connect, withStub } from './bingx-setup.ts';
import { BTC } from './stub-setup.ts';
import { coded, json, type StubAnswer } from './stub-server.ts';

describe('reading the account from BingX', () => {
  const setup = withStub();

  it('reads positions and orders as one complete reading', async () => {
    setup.stub.on(POSITIONS, json([positionRow]));
    setup.stub.on(OPEN, json({ orders: [orderRow] }));
    const reading = await setup.exchange.snapshot();
    expect(reading).toMatchObject({ complete: true, problems: [] });
    expect(reading.positions).toEqual([
      {
        symbol: BTC,
        leg: 'net',
        side: 'long',
        quantity: '0.05',
        entryPrice: '50000.5',
        exchangePositionId: '1792480725958881280',
        markPrice: '50010',
        unrealizedPnl: '0.475',
        leverage: '5',
      },
    ]);
    expect(reading.orders).toMatchObject([
      {
        orderId: '1792481956836519936',
        leg: 'net',
        kind: 'stop_market',
        triggerPrice: '49000.5',
        reduceOnly: true,
        closePosition: false,
        filledQuantity: '0',
      },
    ]);
    expect(reading.readAtMs).toBeGreaterThanOrEqual(reading.takenAtMs);
  });

  it('tells the legs of hedge mode apart, and both signs of one-way mode', async () => {
    setup.stub.on(
      POSITIONS,
      json([
        { ...positionRow, onlyOnePosition: false },
        { ...positionRow, positionSide: 'SHORT', onlyOnePosition: false, positionId: '2' },
        { ...positionRow, symbol: 'ETH-USDT', positionSide: 'BOTH', positionAmt: '-2', positionId: '3' },
      ]),
    );
    const { positions } = await setup.exchange.snapshot().then((reading) => reading);
    // The stub's account is in one-way mode, so a row of another mode is still counted where the account is.
    expect(positions.map(({ leg, side, quantity }) => [leg, side, quantity])).toEqual([
      ['net', 'long', '0.05'],
      ['net', 'short', '0.05'],
      ['net', 'short', '2'],
    ]);
    setup.stub.on(MODE, json({ dualSidePosition: 'true' }));
    const hedged = await connect(setup.stub);
    expect((await hedged.snapshot()).positions.map(({ leg }) => leg)).toEqual(['long', 'short', 'net']);
    await hedged.close();
  });

  it.each<[string, StubAnswer]>([
    ['a failure', { kind: 'cut' }],
    ['a hang', { kind: 'hang' }],
    ['HTML with status 200', { kind: 'text', body: '<html></html>' }],
    ['data that is an object of something else', json({ balance: [] })],
    ['data that is a word', json('none')],
    ['no data', { kind: 'text', body: '{"code":0,"msg":""}' }],
    ['a coded error', coded(100500, 'busy')],
    ['a position without an amount', json([{ ...positionRow, positionAmt: null }])],
    ['a position whose amount is a word', json([{ ...positionRow, positionAmt: 'NaN' }])],
    ['a position whose amount is empty', json([{ ...positionRow, positionAmt: '' }])],
    ['a position without a side', json([{ ...positionRow, positionSide: 'SIDEWAYS' }])],
    ['a long of a negative amount', json([{ ...positionRow, positionAmt: '-1' }])],
    ['a malformed entry price', json([{ ...positionRow, avgPrice: 'many' }])],
    ['a row that is no row', json([null])],
    ['two positions on one leg', json([positionRow, positionRow])],
  ])('is incomplete, with the reason, after %s in the positions', async (_name, answer) => {
    setup.stub.on(POSITIONS, answer);
    const reading = await setup.exchange.snapshot();
    expect(reading.complete).toBe(false);
    expect(reading.problems).not.toEqual([]);
  });

  it('believes the configured mode where the exchange has no endpoint that tells it', async () => {
    setup.stub.on(MODE, coded(100400, 'this api is not exist'));
    const told = await connect(setup.stub, { positionMode: 'hedge' });
    expect(await told.positionMode()).toBe('hedge');
    await told.close();
    await expect(setup.exchange.positionMode()).rejects.toMatchObject({ kind: 'refused' });
  });

  it.each<[string, unknown, unknown]>([
    ['null', null, null],
    ['an empty object', {}, {}],
    ['a list that is null', { positions: null }, { orders: null }],
    ['plain lists', [], []],
  ])('reads %s as none: servers that drop what is empty say it so', async (_name, positions, orders) => {
    setup.stub.on(POSITIONS, json(positions));
    setup.stub.on(OPEN, json(orders));
    expect(await setup.exchange.snapshot()).toMatchObject({ complete: true, positions: [], orders: [] });
  });

  it.each<[string, object]>([
    ['more filled than ordered', { origQty: '0.05', executedQty: '0.06', status: 'PARTIALLY_FILLED' }],
    ['FILLED with a part open', { type: 'LIMIT', reduceOnly: false, executedQty: '0.02', status: 'FILLED' }],
    ['partly filled with nothing', { executedQty: '0', status: 'PARTIALLY_FILLED' }],
    ['new with something filled', { executedQty: '0.01', status: 'NEW' }],
    ['executed null', { executedQty: null }],
    ['an unknown status', { status: 'ASLEEP' }],
    ['no id', { orderId: '' }],
    ['no side', { side: null }],
  ])('is incomplete when an order row contradicts itself: %s', async (_name, change) => {
    setup.stub.on(OPEN, json({ orders: [{ ...orderRow, ...change }] }));
    expect(await setup.exchange.snapshot()).toMatchObject({
      complete: false,
      problems: [expect.any(String)],
    });
  });

  it("is not blinded by somebody's exotic order: what is listed as open is open", async () => {
    setup.stub.on(OPEN, json({ orders: [{ ...orderRow, type: 'TWAP', status: 'WORKING_HARD' }] }));
    const { complete, orders } = await setup.exchange.snapshot();
    expect(complete).toBe(true);
    expect(orders).toMatchObject([{ kind: 'other', status: 'open' }]);
  });

  it('keeps what it understood beside what it did not', async () => {
    setup.stub.on(POSITIONS, json([positionRow]));
    setup.stub.on(OPEN, coded(100500, 'busy'));
    expect(await setup.exchange.snapshot()).toMatchObject({
      complete: false,
      positions: [{ symbol: BTC }],
      orders: [],
    });
  });

  it('does not invent an entry price', async () => {
    setup.stub.on(POSITIONS, json([{ ...positionRow, avgPrice: null }]));
    const { complete, positions } = await setup.exchange.snapshot();
    expect(complete).toBe(true);
    expect(positions[0]).not.toHaveProperty('entryPrice');
  });

  it('counts readings upwards and shares one that has not left yet', async () => {
    const shared = await Promise.all([
      setup.exchange.snapshot(),
      setup.exchange.legSnapshot({ symbol: BTC, leg: 'net' }),
    ]);
    expect(shared[0].sequence).toBe(shared[1].sequence);
    expect((await setup.exchange.snapshot()).sequence).toBeGreaterThan(shared[0].sequence);
  });

  it('never shares a reading that left before the caller asked', async () => {
    const first = await setup.exchange.snapshot();
    const askedAtMs = Date.now();
    const second = await setup.exchange.legSnapshot({ symbol: BTC, leg: 'net' });
    expect(second.takenAtMs).toBeGreaterThanOrEqual(askedAtMs);
    expect(second.sequence).toBeGreaterThan(first.sequence);
  });

  it('throws a fault of a kind for reads that fail as a whole', async () => {
    setup.stub.on('GET /openApi/swap/v3/user/balance', coded(100413, 'Incorrect apiKey'));
    await expect(setup.exchange.balance()).rejects.toMatchObject({
      name: 'ExchangeFault',
      kind: 'auth',
      code: '100413',
    });
    setup.stub.on('GET /openApi/swap/v3/user/balance', { kind: 'hang' });
    await expect(setup.exchange.balance()).rejects.toMatchObject({ kind: 'timeout' });
    await expect(setup.exchange.marketRules('NOPE/USDT:USDT')).rejects.toMatchObject({
      kind: 'unknown_symbol',
    });
    setup.stub.on(FILLS, { kind: 'text', body: '<html></html>', status: 503 });
    await expect(
      setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: Date.now() }),
    ).rejects.toBeInstanceOf(ExchangeFault);
  });

  it('takes the equity from the answer, not from free plus used', async () => {
    setup.stub.on(
      'GET /openApi/swap/v3/user/balance',
      json([
        {
          asset: 'USDT',
          balance: '194.8212',
          equity: '196.7431',
          availableMargin: '193.7609',
          usedMargin: '1.0602',
        },
      ]),
    );
    expect(await setup.exchange.balance()).toMatchObject({
      asset: 'USDT',
      equity: '196.7431',
      available: '193.7609',
    });
  });
});

describe('a BingX clock that is off', () => {
  const SKEW_MS = 600_000;
  const setup = withStub();

  it("tells the exchange's times in our own clock, and asks in the exchange's", async () => {
    setup.stub.on('GET /openApi/swap/v2/server/time', () => json({ serverTime: Date.now() + SKEW_MS }));
    const skewed = await connect(setup.stub);
    const createdAtMs = Date.now();
    setup.stub.on(OPEN, json({ orders: [{ ...orderRow, time: createdAtMs + SKEW_MS }] }));
    const { orders } = await skewed.snapshot();
    expect(Math.abs((orders[0]?.createdAtMs ?? 0) - createdAtMs)).toBeLessThan(1_000);
    await skewed.fills({ symbol: BTC, leg: 'net', sinceMs: createdAtMs });
    const asked = setup.stub.requests.find(({ path }) => path.endsWith('allFillOrders'));
    expect(Math.abs(Number(asked?.params['startTs']) - (createdAtMs + SKEW_MS))).toBeLessThan(3_000);
    await skewed.close();
  });

  it('leaves times alone when the clocks agree as well as clocks do', async () => {
    setup.stub.on(OPEN, json({ orders: [orderRow] }));
    expect((await setup.exchange.snapshot()).orders[0]?.createdAtMs).toBe(orderRow.time);
  });

  it('asks a read again after measuring the clock anew', async () => {
    setup.stub.on(POSITIONS, [coded(100421, 'timestamp mismatch'), json([])]);
    expect(await setup.exchange.snapshot()).toMatchObject({ complete: true });
  });
});
