import { describe, expect, it } from 'vitest';
import { ExchangeFault } from '../../exchanges/errors.ts';
import { BTC, connect, entry, stop, withStub } from './bingx-setup.ts';
import { coded, json, type StubAnswer } from './stub-server.ts';

const POSITIONS = 'GET /openApi/swap/v2/user/positions';
const OPEN = 'GET /openApi/swap/v2/trade/openOrders';
const ALL = 'GET /openApi/swap/v2/trade/allOrders';
const ORDER = 'GET /openApi/swap/v2/trade/order';
const FILLS = 'GET /openApi/swap/v2/trade/allFillOrders';
const HISTORY = 'GET /openApi/swap/v1/trade/positionHistory';
const MODE = 'GET /openApi/swap/v1/positionSide/dual';
const HOUR_MS = 3_600_000;

const positionRow = {
  positionId: '1792480725958881280', symbol: 'BTC-USDT', positionAmt: '0.0500', positionSide: 'LONG', avgPrice: '50000.5',
  markPrice: '50010', liquidationPrice: '0', unrealizedProfit: '0.475', leverage: 5, onlyOnePosition: true,
};
const orderRow = {
  symbol: 'BTC-USDT', orderId: '1792481956836519936', side: 'SELL', positionSide: 'BOTH', type: 'STOP_MARKET', origQty: '0.05', price: '0',
  executedQty: '0.0', avgPrice: '0.00', stopPrice: '49000.5', status: 'NEW', time: Date.now(), updateTime: Date.now(), clientOrderId: '',
  workingType: 'CONTRACT_PRICE', onlyOnePosition: true, reduceOnly: true, closePosition: '',
};

describe('reading the account from BingX', () => {
  const setup = withStub();

  it('reads positions and orders as one complete reading', async () => {
    setup.stub.on(POSITIONS, json([positionRow]));
    setup.stub.on(OPEN, json({ orders: [orderRow] }));
    const reading = await setup.exchange.snapshot();
    expect(reading).toMatchObject({ complete: true, problems: [] });
    expect(reading.positions).toEqual([{
      symbol: BTC, leg: 'net', side: 'long', quantity: '0.05', entryPrice: '50000.5', exchangePositionId: '1792480725958881280',
      markPrice: '50010', unrealizedPnl: '0.475', leverage: '5',
    }]);
    expect(reading.orders).toMatchObject([{ orderId: '1792481956836519936', leg: 'net', kind: 'stop_market', triggerPrice: '49000.5', reduceOnly: true, closePosition: false, filledQuantity: '0' }]);
    expect(reading.readAtMs).toBeGreaterThanOrEqual(reading.takenAtMs);
  });

  it('tells the legs of hedge mode apart, and both signs of one-way mode', async () => {
    setup.stub.on(POSITIONS, json([
      { ...positionRow, onlyOnePosition: false },
      { ...positionRow, positionSide: 'SHORT', onlyOnePosition: false, positionId: '2' },
      { ...positionRow, symbol: 'ETH-USDT', positionSide: 'BOTH', positionAmt: '-2', positionId: '3' },
    ]));
    const { positions } = await setup.exchange.snapshot().then((reading) => reading);
    // The stub's account is in one-way mode, so a row of another mode is still counted where the account is.
    expect(positions.map(({ leg, side, quantity }) => [leg, side, quantity])).toEqual([['net', 'long', '0.05'], ['net', 'short', '0.05'], ['net', 'short', '2']]);
    setup.stub.on(MODE, json({ dualSidePosition: 'true' }));
    const hedged = await connect(setup.stub);
    expect((await hedged.snapshot()).positions.map(({ leg }) => leg)).toEqual(['long', 'short', 'net']);
    await hedged.close();
  });

  it.each<[string, StubAnswer]>([
    ['a failure', { kind: 'cut' }],
    ['a hang', { kind: 'hang' }],
    ['HTML with status 200', { kind: 'text', body: '<html></html>' }],
    ['data that is null', json(null)],
    ['data that is an object', json({})],
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

  it.each<[string, object]>([
    ['more filled than ordered', { origQty: '0.05', executedQty: '0.06', status: 'PARTIALLY_FILLED' }],
    ['FILLED with a part open', { executedQty: '0.02', status: 'FILLED' }],
    ['partly filled with nothing', { executedQty: '0', status: 'PARTIALLY_FILLED' }],
    ['new with something filled', { executedQty: '0.01', status: 'NEW' }],
    ['executed null', { executedQty: null }],
    ['an unknown status', { status: 'ASLEEP' }],
    ['no id', { orderId: '' }],
    ['no side', { side: null }],
  ])('is incomplete when an order row contradicts itself: %s', async (_name, change) => {
    setup.stub.on(OPEN, json({ orders: [{ ...orderRow, ...change }] }));
    expect(await setup.exchange.snapshot()).toMatchObject({ complete: false, problems: [expect.any(String)] });
  });

  it('keeps what it understood beside what it did not', async () => {
    setup.stub.on(POSITIONS, json([positionRow]));
    setup.stub.on(OPEN, coded(100500, 'busy'));
    expect(await setup.exchange.snapshot()).toMatchObject({ complete: false, positions: [{ symbol: BTC }], orders: [] });
  });

  it('does not invent an entry price', async () => {
    setup.stub.on(POSITIONS, json([{ ...positionRow, avgPrice: null }]));
    const { complete, positions } = await setup.exchange.snapshot();
    expect(complete).toBe(true);
    expect(positions[0]).not.toHaveProperty('entryPrice');
  });

  it('counts readings upwards and shares one that has not left yet', async () => {
    const shared = await Promise.all([setup.exchange.snapshot(), setup.exchange.legSnapshot({ symbol: BTC, leg: 'net' })]);
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
    await expect(setup.exchange.balance()).rejects.toMatchObject({ name: 'ExchangeFault', kind: 'auth', code: '100413' });
    setup.stub.on('GET /openApi/swap/v3/user/balance', { kind: 'hang' });
    await expect(setup.exchange.balance()).rejects.toMatchObject({ kind: 'timeout' });
    await expect(setup.exchange.marketRules('NOPE/USDT:USDT')).rejects.toMatchObject({ kind: 'unknown_symbol' });
    setup.stub.on(FILLS, { kind: 'text', body: '<html></html>', status: 503 });
    await expect(setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: Date.now() })).rejects.toBeInstanceOf(ExchangeFault);
  });

  it('takes the equity from the answer, not from free plus used', async () => {
    setup.stub.on('GET /openApi/swap/v3/user/balance', json([{ asset: 'USDT', balance: '194.8212', equity: '196.7431', availableMargin: '193.7609', usedMargin: '1.0602' }]));
    expect(await setup.exchange.balance()).toMatchObject({ asset: 'USDT', equity: '196.7431', available: '193.7609' });
  });
});

describe('finding an order on BingX', () => {
  const setup = withStub();
  const limit = { ...orderRow, type: 'LIMIT', side: 'BUY', price: '50000', stopPrice: '', clientOrderId: 'hfe1n1', status: 'PENDING' };
  const sinceMs = Date.now() - HOUR_MS;

  it('finds it by client id, whatever the case it was sent in', async () => {
    setup.stub.on(ORDER, json({ order: limit }));
    expect(await setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'HFe1N1' })).toMatchObject({ found: 'one', order: { orderId: limit.orderId, clientOrderId: 'hfe1n1', status: 'open' } });
  });

  it('trap: an answer that is some other order is not taken for this one', async () => {
    setup.stub.on(ORDER, json({ order: { ...limit, clientOrderId: 'someoneelse' } }));
    expect(await setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1', sinceMs })).toMatchObject({ found: 'none' });
  });

  it('does not say none when the answer leaves open which order it is', async () => {
    setup.stub.on(ORDER, json({ order: { ...limit, clientOrderId: '' } }));
    await expect(setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1' })).rejects.toMatchObject({ kind: 'bad_answer' });
  });

  it('finds in the history what the order endpoint forgot after two hours', async () => {
    setup.stub.on(ALL, json({ orders: [{ ...limit, status: 'FILLED', executedQty: '0.05', avgPrice: '50000' }] }));
    expect(await setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1', sinceMs })).toMatchObject({ found: 'one', order: { status: 'filled' } });
  });

  it('says none only when the endpoint, the open orders and the history all lack it', async () => {
    expect(await setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1', sinceMs })).toMatchObject({ found: 'none' });
    expect(setup.stub.requests.map(({ path }) => path.split('/').at(-1))).toEqual(expect.arrayContaining(['order', 'openOrders', 'allOrders']));
  });

  it.each([ORDER, OPEN, ALL])('throws rather than say none when %s fails', async (route) => {
    for (const answer of [{ kind: 'cut' }, coded(100500, 'busy'), json(null), { kind: 'text', body: '<html></html>' }] satisfies StubAnswer[]) {
      setup.stub.on(route, answer);
      await expect(setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1', sinceMs })).rejects.toBeInstanceOf(ExchangeFault);
    }
  });

  it('trap: 100404 for a path is not "order not found"', async () => {
    setup.stub.on(ORDER, coded(100404, 'the api path does not exist'));
    await expect(setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1' })).rejects.toBeInstanceOf(ExchangeFault);
  });

  it('matches a stop by its shape, as BingX keeps no client id on it', async () => {
    setup.stub.on(OPEN, json({ orders: [orderRow, { ...orderRow, orderId: '9', stopPrice: '48000' }] }));
    const query = { symbol: BTC, clientOrderId: stop.clientOrderId, shape: stop, sinceMs };
    expect(await setup.exchange.findOrder(query)).toMatchObject({ found: 'one', order: { orderId: orderRow.orderId } });
    expect(await setup.exchange.findOrder({ ...query, excludeOrderIds: [orderRow.orderId] })).toMatchObject({ found: 'none' });
    expect(await setup.exchange.findOrder({ ...query, shape: { ...stop, quantity: '0.04' } })).toMatchObject({ found: 'none' });
    expect(await setup.exchange.findOrder({ ...query, sinceMs: Date.now() + HOUR_MS })).toMatchObject({ found: 'none' });
  });

  it('does not guess between two of the same shape', async () => {
    setup.stub.on(OPEN, json({ orders: [orderRow, { ...orderRow, orderId: '9' }] }));
    expect(await setup.exchange.findOrder({ symbol: BTC, shape: stop, sinceMs })).toMatchObject({ found: 'many', orders: [{}, {}] });
  });

  it('finds a stop that triggered meanwhile in the history', async () => {
    setup.stub.on(ALL, json({ orders: [{ ...orderRow, status: 'FILLED', executedQty: '0.05' }] }));
    expect(await setup.exchange.findOrder({ symbol: BTC, shape: stop, sinceMs })).toMatchObject({ found: 'one', order: { status: 'filled' } });
  });

  it('trap: ccxt leaves the time range out of the history; it is sent, in parts of a week', async () => {
    await setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'x', sinceMs: Date.now() - 10 * 24 * HOUR_MS });
    const windows = setup.stub.requests.filter(({ path }) => path.endsWith('allOrders')).map(({ params }) => Number(params['endTime']) - Number(params['startTime']));
    expect(windows).toHaveLength(2);
    for (const width of windows) expect(width).toBeLessThan(7 * 24 * HOUR_MS);
  });

  it('does not match an entry by shape', async () => {
    setup.stub.on(OPEN, json({ orders: [{ ...limit, clientOrderId: '', type: 'MARKET' }] }));
    expect(await setup.exchange.findOrder({ symbol: BTC, clientOrderId: 'hfe1n1', shape: entry, sinceMs })).toMatchObject({ found: 'none' });
  });
});

describe('fills and history of BingX', () => {
  const setup = withStub();
  const at = new Date(Date.now() - 60_000);
  const china = new Date(at.getTime() + 8 * HOUR_MS).toISOString().replace('Z', '+0800');
  const fillRow = { symbol: 'BTC-USDT', volume: '0.05', price: '50000.5', amount: '2500', commission: '-1.25', currency: 'USDT', orderId: '77', filledTime: china };

  it('completes a recorded row by its order, and reads the time in its own zone', async () => {
    setup.stub.on(FILLS, json({ fill_orders: [fillRow] }));
    setup.stub.on(ALL, json({ orders: [{ ...orderRow, orderId: '77', type: 'MARKET', status: 'FILLED', executedQty: '0.05' }] }));
    expect(await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: at.getTime() })).toEqual([
      { fillId: `77/${at.getTime()}/50000.5/0.05`, orderId: '77', symbol: BTC, leg: 'net', side: 'sell', price: '50000.5', quantity: '0.05', fee: '1.25', atMs: at.getTime() },
    ]);
  });

  it('keeps two executions of equal figures apart', async () => {
    const named = { ...fillRow, side: 'BUY', positionSide: 'BOTH' };
    setup.stub.on(FILLS, json({ fill_orders: [named, named, { ...named, tradeId: '5' }] }));
    const fills = await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: at.getTime() });
    expect(new Set(fills.map(({ fillId }) => fillId)).size).toBe(3);
  });

  it('throws where a fill belongs to no listed order: no leg is guessed', async () => {
    setup.stub.on(FILLS, json({ fill_orders: [fillRow] }));
    await expect(setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: at.getTime() })).rejects.toMatchObject({ kind: 'bad_answer' });
  });

  it('says which fills were forced', async () => {
    setup.stub.on(FILLS, json({ fill_orders: [{ ...fillRow, side: 'SELL', positionSide: 'BOTH' }] }));
    setup.stub.on('GET /openApi/swap/v2/trade/forceOrders', json({ orders: [{ orderId: '77', autoCloseType: 'LIQUIDATION' }] }));
    expect(await setup.exchange.fills({ symbol: BTC, leg: 'net', sinceMs: at.getTime() })).toMatchObject([{ forced: 'liquidation' }]);
  });

  const closedRow = {
    positionId: '1861675561156571136', symbol: 'BTC-USDT', positionSide: 'LONG', openTime: Date.now() - 30 * 24 * HOUR_MS, updateTime: Date.now() - HOUR_MS,
    avgPrice: '95.18', avgClosePrice: '129.48', realisedProfit: '102.89', netProfit: '99.63', positionAmt: '30.0', closePositionAmt: '30.0',
    closeAllPositions: true, positionCommission: '-0.33699650000000003', totalFunding: '-2.921461693902908',
  };

  it.each(['positionHistory', 'list'])('reads closed positions under the key %s', async (key) => {
    setup.stub.on(HISTORY, json({ [key]: [closedRow], total: 1 }));
    expect(await setup.exchange.closedPositions({ symbol: BTC, exchangePositionId: closedRow.positionId, sinceMs: 0 })).toMatchObject([{
      exchangePositionId: closedRow.positionId, side: 'long', leg: 'net', quantity: '30', entryPrice: '95.18', closePrice: '129.48',
      realizedPnl: '102.89', netPnl: '99.63', fees: '0.33699650000000003', funding: '-2.921461693902908', whole: true,
    }]);
  });

  it('trap: ccxt drops a position that was opened before `since`; what counts is when it closed', async () => {
    setup.stub.on(HISTORY, json({ positionHistory: [closedRow, { ...closedRow, positionId: '2', updateTime: Date.now() - 20 * HOUR_MS }] }));
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

  it('says that a part is still open', async () => {
    setup.stub.on(HISTORY, json({ list: [{ ...closedRow, closeAllPositions: false, closePositionAmt: '10' }] }));
    expect(await setup.exchange.closedPositions({ symbol: BTC, sinceMs: 0 })).toMatchObject([{ whole: false, quantity: '10' }]);
  });

  it('turns pages until one brings nothing new', async () => {
    const row = (id: number): object => ({ ...closedRow, positionId: String(id) });
    setup.stub.on(HISTORY, (request) => {
      const first = (Number(request.params['pageIndex']) - 1) * 100;
      return json({ list: Array.from({ length: first === 200 ? 5 : 100 }, (_, index) => row(first + index + 1)) });
    });
    expect(await setup.exchange.closedPositions({ symbol: BTC, sinceMs: 0 })).toHaveLength(205);
  });
});

describe('a BingX clock that is off', () => {
  const SKEW_MS = 600_000;
  const setup = withStub();

  it('tells the exchange\'s times in our own clock, and asks in the exchange\'s', async () => {
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
