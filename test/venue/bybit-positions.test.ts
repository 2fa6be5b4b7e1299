import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bybitScene, sorted } from './bybit-support.ts';
import type { BybitScene } from './bybit-support.ts';
import { BTC } from './support.ts';

let scene: BybitScene;

describe('positions in one-way mode', () => {
  beforeEach(async () => {
    scene = await bybitScene();
  });
  afterEach(() => scene.venue.dispose());

  it('answers a flat symbol with a row of size 0, and a settle coin with what is held', async () => {
    expect(await scene.list('/v5/position/list')).toMatchObject([
      { positionIdx: 0, side: '', size: '0', avgPrice: '0', positionValue: '', seq: -1 },
    ]);
    const held = { symbol: '', settleCoin: 'USDT' };
    expect(await scene.list('/v5/position/list', held)).toEqual([]);
    await scene.create({ side: 'Sell' });
    await scene.price('64000');
    const [row] = await scene.list('/v5/position/list', held);
    expect(row).toMatchObject({
      ...{ positionIdx: 0, side: 'Sell', size: '0.1', avgPrice: '65000', markPrice: '64000' },
      ...{ unrealisedPnl: '100', curRealisedPnl: '-3.25', leverage: '20', positionStatus: 'Normal' },
    });
    const [fill] = await scene.list('/v5/execution/list');
    expect(row?.['seq']).toBe(fill?.['seq']);
    expect(await scene.call('GET', '/v5/position/list', {})).toMatchObject({ retCode: 10001 });
  });

  it('books one closed-pnl record for each closing order, net of its share of the fees', async () => {
    await scene.create({ side: 'Buy', qty: '0.1' });
    await scene.price('66000');
    await scene.create({ side: 'Buy', qty: '0.1' });
    await scene.create({ side: 'Sell', qty: '0.05', reduceOnly: true });
    await scene.price('67000');
    await scene.create({ side: 'Sell', qty: '0.15', reduceOnly: true });
    const records = await scene.list('/v5/position/closed-pnl');
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
    const [history] = (await scene.venue.control.books('alice')).positionHistory;
    expect(Number(records[0]?.['closedPnl']) + Number(records[1]?.['closedPnl'])).toBeCloseTo(
      Number(history?.netPnl),
      8,
    );
    const [flat] = await scene.list('/v5/position/list');
    expect(flat).toMatchObject({ size: '0', cumRealisedPnl: history?.netPnl });
  });

  it('books only the closing part of an order that flips', async () => {
    await scene.create({ side: 'Buy', qty: '0.1' });
    await scene.price('64000');
    await scene.create({ side: 'Sell', qty: '0.3' });
    expect(await scene.list('/v5/position/closed-pnl')).toMatchObject([{ closedSize: '0.1', qty: '0.3' }]);
    expect(await scene.list('/v5/position/list')).toMatchObject([
      { side: 'Sell', size: '0.2', avgPrice: '64000' },
    ]);
    expect((await scene.list('/v5/execution/list')).map((row) => row['closedSize'])).toEqual([
      '0',
      '0.1',
      '0',
    ]);
  });

  it('sets, moves and takes away the stop and the target of the whole position', async () => {
    expect(await scene.stop({ stopLoss: '64000' })).toMatchObject({ retCode: 10001 });
    await scene.create({ side: 'Buy' });
    expect(await scene.stop({})).toMatchObject({ retCode: 34040 });
    expect(await scene.stop({ stopLoss: '64000', takeProfit: '66000' })).toMatchObject({
      retCode: 0,
      result: {},
    });
    expect(await scene.stop({ stopLoss: '64000', takeProfit: '66000' })).toMatchObject({ retCode: 34040 });
    const before = await scene.list('/v5/order/realtime');
    await scene.stop({ stopLoss: '64500' });
    expect(await scene.open()).toEqual([
      ['StopLoss', '0.1', '64500'],
      ['TakeProfit', '0.1', '66000'],
    ]);
    const ids = (rows: Record<string, unknown>[]) => sorted(rows.map((row) => row['orderId']));
    expect(ids(await scene.list('/v5/order/realtime'))).toEqual(ids(before));
    expect(await scene.list('/v5/position/list')).toMatchObject([
      { stopLoss: '64500.0', takeProfit: '66000.0' },
    ]);
    expect(await scene.stop({ takeProfit: '0' })).toMatchObject({ retCode: 0 });
    await scene.create({ side: 'Buy' });
    expect(await scene.open()).toEqual([['StopLoss', '0.2', '64500']]);
    await scene.price('64400');
    expect(await scene.list('/v5/position/list')).toMatchObject([{ size: '0', stopLoss: '0.0' }]);
    expect((await scene.list('/v5/execution/list'))[0]).toMatchObject({
      ...{ stopOrderType: 'StopLoss', createType: 'CreateByStopLoss', execQty: '0.2', closedSize: '0.2' },
    });
  });

  it('refuses a stop on the wrong side, and sets neither', async () => {
    await scene.create({ side: 'Buy' });
    const refused = await scene.stop({ takeProfit: '66000', stopLoss: '65500' });
    expect(refused).toMatchObject({ retCode: 10001, retMsg: expect.stringContaining('StopLoss:') as string });
    expect(await scene.open()).toEqual([]);
  });

  it('adds stops for parts, which end with the position', async () => {
    await scene.create({ side: 'Buy' });
    const part = { tpslMode: 'Partial', slSize: '0.04' };
    await scene.stop({ ...part, stopLoss: '64000' });
    await scene.stop({ ...part, stopLoss: '64000' });
    await scene.stop({
      tpslMode: 'Partial',
      tpSize: '0.03',
      takeProfit: '66000',
      tpOrderType: 'Limit',
      tpLimitPrice: '66010',
    });
    expect(
      await scene.stop({ ...part, stopLoss: '64000', tpSize: '0.01', takeProfit: '66000' }),
    ).toMatchObject({
      retCode: 10001,
    });
    expect(await scene.open()).toEqual([
      ['PartialStopLoss', '0.04', '64000'],
      ['PartialStopLoss', '0.04', '64000'],
      ['PartialTakeProfit', '0.03', '66000'],
    ]);
    await scene.price('63900');
    expect(await scene.list('/v5/position/list')).toMatchObject([{ size: '0.02' }]);
    await scene.create({ side: 'Sell', reduceOnly: true });
    expect(await scene.open()).toEqual([]);
    const ended = (await scene.list('/v5/order/history', { orderStatus: 'Deactivated' }))[0];
    expect(ended).toMatchObject({ stopOrderType: 'PartialTakeProfit', cancelType: 'CancelByTpSlTsClear' });
  });

  it('trails by a distance from the active price on', async () => {
    await scene.create({ side: 'Buy' });
    expect(await scene.stop({ trailingStop: '500', activePrice: '66000' })).toMatchObject({ retCode: 0 });
    expect(await scene.list('/v5/position/list')).toMatchObject([{ trailingStop: '500.0' }]);
    await scene.price('65300');
    await scene.price('64700');
    expect(await scene.list('/v5/position/list')).toMatchObject([{ size: '0.1' }]);
    await scene.price('66200');
    await scene.price('65690');
    expect(await scene.list('/v5/position/list')).toMatchObject([{ size: '0' }]);
  });

  it('lets an entry bring a stop for the whole position, or for its own part', async () => {
    const entry = { side: 'Buy', orderType: 'Limit', price: '64000', orderLinkId: 'entry' };
    await scene.create({ ...entry, stopLoss: '63000', tpslMode: 'Partial' });
    expect(await scene.list('/v5/order/realtime')).toMatchObject([
      { stopLoss: '63000', tpslMode: 'Partial' },
    ]);
    await scene.price('64000');
    expect(await scene.open()).toEqual([['PartialStopLoss', '0.1', '63000']]);
    expect(await scene.list('/v5/order/realtime')).toMatchObject([
      { parentOrderLinkId: 'entry', reduceOnly: true },
    ]);
    await scene.create({ side: 'Buy', stopLoss: '63500' });
    await scene.create({ side: 'Buy', stopLoss: '63600' });
    expect(await scene.open()).toEqual([
      ['PartialStopLoss', '0.1', '63000'],
      ['StopLoss', '0.3', '63600'],
    ]);
  });

  it('tells trades, liquidation, deleveraging and funding apart', async () => {
    const leg = { account: 'alice', symbol: BTC, leg: 'net' } as const;
    await scene.create({ side: 'Buy' });
    await scene.venue.control.fund({ rate: '0.001' });
    await scene.venue.control.adl({ ...leg, quantity: '0.04' });
    await scene.venue.control.liquidate(leg);
    const rows = await scene.list('/v5/execution/list');
    expect(rows.map((row) => [row['execType'], row['side'], row['execQty'], row['execFee']])).toEqual([
      ['BustTrade', 'Sell', '0.06', '1.95'],
      ['AdlTrade', 'Sell', '0.04', '1.3'],
      ['Funding', 'Buy', '0.1', '6.5'],
      ['Trade', 'Buy', '0.1', '3.25'],
    ]);
    expect((await scene.list('/v5/execution/list', { execType: 'Trade' })).length).toBe(1);
    const log = await scene.list('/v5/account/transaction-log', { symbol: '' });
    expect(log.map((row) => [row['type'], row['change']])).toEqual([
      ['LIQUIDATION', '-1.95'],
      ['ADL', '-1.3'],
      ['SETTLEMENT', '-6.5'],
      ['TRADE', '-3.25'],
    ]);
    expect(log[0]?.['cashBalance']).toBe((await scene.venue.control.books('alice')).balance);
    expect((await scene.list('/v5/position/closed-pnl')).map((row) => row['execType'])).toEqual([
      'BustTrade',
      'AdlTrade',
    ]);
  });
});
