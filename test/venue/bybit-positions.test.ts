import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bybitClient, sorted } from './bybit-support.ts';
import type { BybitCall } from './bybit-support.ts';
import { BTC, testVenue } from './support.ts';

const SYMBOL = 'BTCUSDT';
let venue: Awaited<ReturnType<typeof testVenue>>;
let call: BybitCall;

async function begin(hedgeMode: boolean): Promise<void> {
  venue = await testVenue({ hedgeMode });
  call = bybitClient(venue.url);
}
afterEach(() => venue.dispose());

const price = (last: string) => venue.control.setPrice({ symbol: BTC, last });
const create = (order: object) =>
  call('POST', '/v5/order/create', { symbol: SYMBOL, orderType: 'Market', qty: '0.1', ...order });
const list = async (path: string, params: object = {}) =>
  (await call('GET', path, { symbol: SYMBOL, ...params })).result.list ?? [];
const stop = (params: object) =>
  call('POST', '/v5/position/trading-stop', { symbol: SYMBOL, tpslMode: 'Full', positionIdx: 0, ...params });
const open = async () =>
  sorted(
    (await list('/v5/order/realtime')).map((row) => [row['stopOrderType'], row['qty'], row['triggerPrice']]),
  );

describe('positions in one-way mode', () => {
  beforeEach(() => begin(false));

  it('answers a flat symbol with a row of size 0, and a settle coin with what is held', async () => {
    expect(await list('/v5/position/list')).toMatchObject([
      { positionIdx: 0, side: '', size: '0', avgPrice: '0', positionValue: '', seq: -1 },
    ]);
    const held = { symbol: '', settleCoin: 'USDT' };
    expect(await list('/v5/position/list', held)).toEqual([]);
    await create({ side: 'Sell' });
    await price('64000');
    const [row] = await list('/v5/position/list', held);
    expect(row).toMatchObject({
      ...{ positionIdx: 0, side: 'Sell', size: '0.1', avgPrice: '65000', markPrice: '64000' },
      ...{ unrealisedPnl: '100', curRealisedPnl: '-3.25', leverage: '20', positionStatus: 'Normal' },
    });
    const [fill] = await list('/v5/execution/list');
    expect(row?.['seq']).toBe(fill?.['seq']);
    expect(await call('GET', '/v5/position/list', {})).toMatchObject({ retCode: 10001 });
  });

  it('books one closed-pnl record for each closing order, net of its share of the fees', async () => {
    await create({ side: 'Buy', qty: '0.1' });
    await price('66000');
    await create({ side: 'Buy', qty: '0.1' });
    await create({ side: 'Sell', qty: '0.05', reduceOnly: true });
    await price('67000');
    await create({ side: 'Sell', qty: '0.15', reduceOnly: true });
    const records = await list('/v5/position/closed-pnl');
    // Opened 0.2 at 65500 for 6.55; a quarter of that belongs to the first close.
    expect(records).toMatchObject([
      {
        side: 'Sell',
        closedSize: '0.15',
        avgEntryPrice: '65500',
        avgExitPrice: '67000',
        openFee: '4.9125',
        closeFee: '5.025',
        closedPnl: '215.0625',
      },
      {
        side: 'Sell',
        closedSize: '0.05',
        avgEntryPrice: '65500',
        avgExitPrice: '66000',
        openFee: '1.6375',
        closeFee: '1.65',
        closedPnl: '21.7125',
      },
    ]);
    const [history] = (await venue.control.books('alice')).positionHistory;
    expect(Number(records[0]?.['closedPnl']) + Number(records[1]?.['closedPnl'])).toBeCloseTo(
      Number(history?.netPnl),
      8,
    );
    const [flat] = await list('/v5/position/list');
    expect(flat).toMatchObject({ size: '0', cumRealisedPnl: history?.netPnl });
  });

  it('books only the closing part of an order that flips', async () => {
    await create({ side: 'Buy', qty: '0.1' });
    await price('64000');
    await create({ side: 'Sell', qty: '0.3' });
    expect(await list('/v5/position/closed-pnl')).toMatchObject([{ closedSize: '0.1', qty: '0.3' }]);
    expect(await list('/v5/position/list')).toMatchObject([{ side: 'Sell', size: '0.2', avgPrice: '64000' }]);
    expect((await list('/v5/execution/list')).map((row) => row['closedSize'])).toEqual(['0', '0.1', '0']);
  });

  it('sets, moves and takes away the stop and the target of the whole position', async () => {
    expect(await stop({ stopLoss: '64000' })).toMatchObject({ retCode: 10001 });
    await create({ side: 'Buy' });
    expect(await stop({})).toMatchObject({ retCode: 34040 });
    expect(await stop({ stopLoss: '64000', takeProfit: '66000' })).toMatchObject({ retCode: 0, result: {} });
    expect(await stop({ stopLoss: '64000', takeProfit: '66000' })).toMatchObject({ retCode: 34040 });
    const before = await list('/v5/order/realtime');
    await stop({ stopLoss: '64500' });
    expect(await open()).toEqual([
      ['StopLoss', '0.1', '64500'],
      ['TakeProfit', '0.1', '66000'],
    ]);
    const ids = (rows: Record<string, unknown>[]) => sorted(rows.map((row) => row['orderId']));
    expect(ids(await list('/v5/order/realtime'))).toEqual(ids(before));
    expect(await list('/v5/position/list')).toMatchObject([{ stopLoss: '64500.0', takeProfit: '66000.0' }]);
    expect(await stop({ takeProfit: '0' })).toMatchObject({ retCode: 0 });
    await create({ side: 'Buy' });
    expect(await open()).toEqual([['StopLoss', '0.2', '64500']]);
    await price('64400');
    expect(await list('/v5/position/list')).toMatchObject([{ size: '0', stopLoss: '0.0' }]);
    expect((await list('/v5/execution/list'))[0]).toMatchObject({
      ...{ stopOrderType: 'StopLoss', createType: 'CreateByStopLoss', execQty: '0.2', closedSize: '0.2' },
    });
  });

  it('refuses a stop on the wrong side, and sets neither', async () => {
    await create({ side: 'Buy' });
    const refused = await stop({ takeProfit: '66000', stopLoss: '65500' });
    expect(refused).toMatchObject({ retCode: 10001, retMsg: expect.stringContaining('StopLoss:') as string });
    expect(await open()).toEqual([]);
  });

  it('adds stops for parts, which end with the position', async () => {
    await create({ side: 'Buy' });
    const part = { tpslMode: 'Partial', slSize: '0.04' };
    await stop({ ...part, stopLoss: '64000' });
    await stop({ ...part, stopLoss: '64000' });
    await stop({
      tpslMode: 'Partial',
      tpSize: '0.03',
      takeProfit: '66000',
      tpOrderType: 'Limit',
      tpLimitPrice: '66010',
    });
    expect(await stop({ ...part, stopLoss: '64000', tpSize: '0.01', takeProfit: '66000' })).toMatchObject({
      retCode: 10001,
    });
    expect(await open()).toEqual([
      ['PartialStopLoss', '0.04', '64000'],
      ['PartialStopLoss', '0.04', '64000'],
      ['PartialTakeProfit', '0.03', '66000'],
    ]);
    await price('63900');
    expect(await list('/v5/position/list')).toMatchObject([{ size: '0.02' }]);
    await create({ side: 'Sell', reduceOnly: true });
    expect(await open()).toEqual([]);
    const ended = (await list('/v5/order/history', { orderStatus: 'Deactivated' }))[0];
    expect(ended).toMatchObject({ stopOrderType: 'PartialTakeProfit', cancelType: 'CancelByTpSlTsClear' });
  });

  it('trails by a distance from the active price on', async () => {
    await create({ side: 'Buy' });
    expect(await stop({ trailingStop: '500', activePrice: '66000' })).toMatchObject({ retCode: 0 });
    expect(await list('/v5/position/list')).toMatchObject([{ trailingStop: '500.0' }]);
    await price('65300');
    await price('64700');
    expect(await list('/v5/position/list')).toMatchObject([{ size: '0.1' }]);
    await price('66200');
    await price('65690');
    expect(await list('/v5/position/list')).toMatchObject([{ size: '0' }]);
  });

  it('lets an entry bring a stop for the whole position, or for its own part', async () => {
    const entry = { side: 'Buy', orderType: 'Limit', price: '64000', orderLinkId: 'entry' };
    await create({ ...entry, stopLoss: '63000', tpslMode: 'Partial' });
    expect(await list('/v5/order/realtime')).toMatchObject([{ stopLoss: '63000', tpslMode: 'Partial' }]);
    await price('64000');
    expect(await open()).toEqual([['PartialStopLoss', '0.1', '63000']]);
    expect(await list('/v5/order/realtime')).toMatchObject([
      { parentOrderLinkId: 'entry', reduceOnly: true },
    ]);
    await create({ side: 'Buy', stopLoss: '63500' });
    await create({ side: 'Buy', stopLoss: '63600' });
    expect(await open()).toEqual([
      ['PartialStopLoss', '0.1', '63000'],
      ['StopLoss', '0.3', '63600'],
    ]);
  });

  it('tells trades, liquidation, deleveraging and funding apart', async () => {
    const leg = { account: 'alice', symbol: BTC, leg: 'net' } as const;
    await create({ side: 'Buy' });
    await venue.control.fund({ rate: '0.001' });
    await venue.control.adl({ ...leg, quantity: '0.04' });
    await venue.control.liquidate(leg);
    const rows = await list('/v5/execution/list');
    expect(rows.map((row) => [row['execType'], row['side'], row['execQty'], row['execFee']])).toEqual([
      ['BustTrade', 'Sell', '0.06', '1.95'],
      ['AdlTrade', 'Sell', '0.04', '1.3'],
      ['Funding', 'Buy', '0.1', '6.5'],
      ['Trade', 'Buy', '0.1', '3.25'],
    ]);
    expect((await list('/v5/execution/list', { execType: 'Trade' })).length).toBe(1);
    const log = await list('/v5/account/transaction-log', { symbol: '' });
    expect(log.map((row) => [row['type'], row['change']])).toEqual([
      ['LIQUIDATION', '-1.95'],
      ['ADL', '-1.3'],
      ['SETTLEMENT', '-6.5'],
      ['TRADE', '-3.25'],
    ]);
    expect(log[0]?.['cashBalance']).toBe((await venue.control.books('alice')).balance);
    expect((await list('/v5/position/closed-pnl')).map((row) => row['execType'])).toEqual([
      'BustTrade',
      'AdlTrade',
    ]);
  });
});

describe('positions in hedge mode', () => {
  beforeEach(() => begin(true));

  it('needs the index, and keeps both legs apart', async () => {
    expect(await create({ side: 'Buy' })).toMatchObject({
      retCode: 10001,
      retMsg: 'position idx not match position mode',
    });
    await create({ side: 'Buy', positionIdx: 1 });
    await create({ side: 'Sell', positionIdx: 2, qty: '0.2' });
    expect(await create({ side: 'Buy', positionIdx: 1, reduceOnly: true })).toMatchObject({
      retCode: 110017,
    });
    expect(await stop({ stopLoss: '66000' })).toMatchObject({ retCode: 10001 });
    await stop({ positionIdx: 2, stopLoss: '66000' });
    expect(await list('/v5/position/list')).toMatchObject([
      { positionIdx: 1, side: 'Buy', size: '0.1', stopLoss: '0.0' },
      { positionIdx: 2, side: 'Sell', size: '0.2', stopLoss: '66000.0' },
    ]);
    const closing = await create({ side: 'Sell', positionIdx: 1, reduceOnly: true });
    const [closed] = await list('/v5/order/history', { orderId: closing.result['orderId'] });
    expect(closed).toMatchObject({ reduceOnly: true, positionIdx: 1, orderStatus: 'Filled' });
    await price('66100');
    expect(await list('/v5/position/list')).toMatchObject([
      { positionIdx: 1, side: '', size: '0' },
      { positionIdx: 2, side: '', size: '0' },
    ]);
    expect((await list('/v5/position/closed-pnl')).map((row) => row['side'])).toEqual(['Buy', 'Sell']);
  });

  it('switches the mode only without positions and orders', async () => {
    const mode = (wanted: number) => call('POST', '/v5/position/switch-mode', { coin: 'USDT', mode: wanted });
    expect(await mode(3)).toMatchObject({ retCode: 110025 });
    const rest = { side: 'Buy', positionIdx: 1, orderType: 'Limit', price: '60000' };
    const { orderId } = (await create(rest)).result;
    expect(await mode(0)).toMatchObject({ retCode: 110028 });
    await call('POST', '/v5/order/cancel', { symbol: SYMBOL, orderId });
    expect(await mode(0)).toMatchObject({ retCode: 0 });
    const leverage = (buyLeverage: string, sellLeverage: string) =>
      call('POST', '/v5/position/set-leverage', { symbol: SYMBOL, buyLeverage, sellLeverage });
    expect(await leverage('5', '6')).toMatchObject({ retCode: 10001 });
    expect(await leverage('500', '500')).toMatchObject({ retCode: 110013 });
    expect(await leverage('5', '5')).toMatchObject({ retCode: 0 });
    expect(await leverage('5', '5')).toMatchObject({ retCode: 110043 });
  });
});
