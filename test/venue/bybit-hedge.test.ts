import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bybitScene } from './bybit-support.ts';
import type { BybitScene } from './bybit-support.ts';

const SYMBOL = 'BTCUSDT';
let scene: BybitScene;

describe('positions in hedge mode', () => {
  beforeEach(async () => {
    scene = await bybitScene(true);
  });
  afterEach(() => scene.venue.dispose());

  it('needs the index, and keeps both legs apart', async () => {
    expect(await scene.create({ side: 'Buy' })).toMatchObject({
      retCode: 10001,
      retMsg: 'position idx not match position mode',
    });
    await scene.create({ side: 'Buy', positionIdx: 1 });
    await scene.create({ side: 'Sell', positionIdx: 2, qty: '0.2' });
    expect(await scene.create({ side: 'Buy', positionIdx: 1, reduceOnly: true })).toMatchObject({
      retCode: 110017,
    });
    expect(await scene.stop({ stopLoss: '66000' })).toMatchObject({ retCode: 10001 });
    await scene.stop({ positionIdx: 2, stopLoss: '66000' });
    expect(await scene.list('/v5/position/list')).toMatchObject([
      { positionIdx: 1, side: 'Buy', size: '0.1', stopLoss: '0.0' },
      { positionIdx: 2, side: 'Sell', size: '0.2', stopLoss: '66000.0' },
    ]);
    const closing = await scene.create({ side: 'Sell', positionIdx: 1, reduceOnly: true });
    const [closed] = await scene.list('/v5/order/history', { orderId: closing.result['orderId'] });
    expect(closed).toMatchObject({ reduceOnly: true, positionIdx: 1, orderStatus: 'Filled' });
    await scene.price('66100');
    expect(await scene.list('/v5/position/list')).toMatchObject([
      { positionIdx: 1, side: '', size: '0' },
      { positionIdx: 2, side: '', size: '0' },
    ]);
    expect((await scene.list('/v5/position/closed-pnl')).map((row) => row['side'])).toEqual(['Buy', 'Sell']);
  });

  it('switches the mode only without positions and orders', async () => {
    const mode = (wanted: number) =>
      scene.call('POST', '/v5/position/switch-mode', { coin: 'USDT', mode: wanted });
    expect(await mode(3)).toMatchObject({ retCode: 110025 });
    const rest = { side: 'Buy', positionIdx: 1, orderType: 'Limit', price: '60000' };
    const { orderId } = (await scene.create(rest)).result;
    expect(await mode(0)).toMatchObject({ retCode: 110028 });
    await scene.call('POST', '/v5/order/cancel', { symbol: SYMBOL, orderId });
    expect(await mode(0)).toMatchObject({ retCode: 0 });
    const leverage = (buyLeverage: string, sellLeverage: string) =>
      scene.call('POST', '/v5/position/set-leverage', { symbol: SYMBOL, buyLeverage, sellLeverage });
    expect(await leverage('5', '6')).toMatchObject({ retCode: 10001 });
    expect(await leverage('500', '500')).toMatchObject({ retCode: 110013 });
    expect(await leverage('5', '5')).toMatchObject({ retCode: 0 });
    expect(await leverage('5', '5')).toMatchObject({ retCode: 110043 });
  });
});
