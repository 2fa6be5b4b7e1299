import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { numberOf, uuidOf } from '../../venue/protocols/bybit/ids.ts';
import { bybitScene, sorted } from './bybit-support.ts';
import type { BybitScene } from './bybit-support.ts';

const SYMBOL = 'BTCUSDT';
let scene: BybitScene;

describe('ids', () => {
  const numbers = ['1', '42', '1991234567890123456', '9223372036854775807'];

  it.each(numbers)('carry the number %s back, for orders and executions apart', (number) => {
    const order = uuidOf('order', number);
    expect(numberOf('order', order)).toBe(number);
    expect(numberOf('fill', uuidOf('fill', number))).toBe(number);
    expect(numberOf('fill', order)).toBeUndefined();
  });

  it('are told from ids that nobody made', () => {
    for (const made of [
      '',
      'no-id',
      '12345678-1234-4123-8123-123456789012',
      uuidOf('order', '7').replace(/.$/, 'x'),
    ])
      expect(numberOf('order', made)).toBeUndefined();
  });
});

describe('lists', () => {
  beforeEach(async () => {
    scene = await bybitScene();
  });
  afterEach(() => scene.venue.dispose());

  it('pages by cursor without losing or repeating a row', async () => {
    const request = Array.from({ length: 10 }, (_, n) => ({
      symbol: SYMBOL,
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.01',
      price: String(60_000 + n),
    }));
    await scene.call('POST', '/v5/order/create-batch', { request });
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const { result } = await scene.call('GET', '/v5/order/realtime', { symbol: SYMBOL, limit: 4, cursor });
      seen.push(...(result.list ?? []).map((row) => row['price']));
      cursor = String(result['nextPageCursor']);
    } while (cursor !== '');
    expect(sorted(seen)).toEqual(request.map((row) => row.price));
  });

  it('answers the week before now, and refuses longer ranges', async () => {
    await scene.create({ side: 'Buy' });
    const day = 86_400_000;
    const range = { startTime: Date.now() - 8 * day, endTime: Date.now() };
    for (const path of ['/v5/order/history', '/v5/execution/list', '/v5/position/closed-pnl'])
      expect(await scene.call('GET', path, range)).toMatchObject({ retCode: 10001 });
    expect(await scene.list('/v5/execution/list', { startTime: Date.now() - day })).toHaveLength(1);
    expect(await scene.list('/v5/execution/list', { endTime: Date.now() - day })).toEqual([]);
    expect(await scene.call('GET', '/v5/order/realtime')).toMatchObject({ retCode: 10001 });
    expect(await scene.call('GET', '/v5/order/realtime', { category: 'inverse' })).toMatchObject({
      retCode: 0,
      result: { list: [] },
    });
  });
});
