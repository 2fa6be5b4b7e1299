import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../activities/observe/deps.ts';
import { afterTelling, differences, SIGHTINGS, type Told } from '../../../activities/observe/differences.ts';
import { readingsOf } from '../../../activities/observe/legs.ts';
import { beginningOf } from '../../../domain/position/beginning.ts';
import { clientOrderId, epochAt } from '../../../domain/ids.ts';
import { entryPrice, openQuantity } from '../../../domain/position/quantities.ts';
import { tradeRow } from '../../../domain/position/trade.ts';
import { adopted, takenUp } from '../../support/adopted.ts';
import { BTC, exchangePosition, fill, foreignOrder, gateway, T0 } from '../../support/builders.ts';
import { PositionDriver } from '../../support/position-driver.ts';
import { account, at, holding, MARKET, reading, shows } from './scene.ts';

const rules = { rules: MARKET };

describe('positions that the exchange holds and nobody keeps', () => {
  it('scenario 13: 100, later 150, is one position: 100 that was there, then 50', () => {
    const position = adopted({ quantity: '100' }, rules).accept('stop').wait(10_000);
    shows(position, '150', { entryPrice: '109300' }).weigh({
      reading: reading(position, '150', { entryPrice: '109300' }),
      fills: [fill({ fillId: 'x', side: 'buy', quantity: '50', price: '109486.4', atMs: at(position) })],
    });
    expect(position.state.externals.map(({ quantity, cause }) => [quantity, cause])).toEqual([
      ['100', 'adopted'],
      ['50', 'manual'],
    ]);
    expect([openQuantity(position.state), entryPrice(position.state)]).toEqual(['150', '109300']);
  });

  it('scenario 14: 100, later 60, is one position, smaller', () => {
    const position = adopted({ quantity: '100' }, rules).accept('stop').wait(10_000);
    shows(position, '60').weigh({
      reading: reading(position, '60'),
      fills: [fill({ fillId: 'x', quantity: '40', atMs: at(position) })],
    });
    expect([openQuantity(position.state), position.intent('stop').request.quantity]).toEqual(['60', '60']);
  });

  it('scenario 17: it is taken up by the very execution that opened it', () => {
    const position = exchangePosition({ quantity: '75000', side: 'long', entryPrice: '1.25' });
    const opened = fill({
      fillId: 'real',
      orderId: '4711',
      side: 'buy',
      quantity: '75000',
      price: '1.25',
      atMs: gateway(T0) - 3_600_000,
    });
    const began = beginningOf(position, [opened]);
    const driver = takenUp(position, { ...rules, price: '1.25', ...began });
    expect(driver.state.externals).toMatchObject([
      { quantity: '75000', price: '1.25', orderId: '4711', atMs: opened.atMs, cause: 'adopted' },
    ]);
    expect(tradeRow(driver.state)).toMatchObject({ entryOrderId: '4711', entryPrice: '1.25', adopted: true });
  });

  it('scenario 18: without its execution nothing about its beginning is invented', () => {
    const { entryPrice: _, ...nameless } = exchangePosition({ quantity: '75000' });
    const driver = takenUp(nameless, rules);
    expect(entryPrice(driver.state)).toBeNull();
    expect(tradeRow(driver.state)).toMatchObject({ entryOrderId: null, entryPrice: null, entryAt: null });
  });

  it('scenario 67: of stop and target only an own stop rests: it is taken over, the target is made', () => {
    const leg = { account: 'paper', symbol: BTC.symbol, leg: 'net' } as const;
    const stop = foreignOrder({
      orderId: '8',
      triggerPrice: '108000',
      clientOrderId: clientOrderId(leg, epochAt(T0 - 86_400_000), 'stop', 2),
    });
    const position = adopted({}, { orders: [stop] }, { takeProfit: { price: '112000' } });
    expect(position.intents('stop')).toMatchObject([{ orderId: '8', status: { name: 'live' } }]);
    expect([position.wanted(), position.state.cover.name]).toEqual([['place target'], 'covered']);
    expect(position.accept('target').wanted()).toEqual([]);
  });

  it("scenario 68: only somebody's target rests: the stop is made first, that target left", () => {
    const target = foreignOrder({ orderId: '9', kind: 'take_profit_market', triggerPrice: '112000' });
    const position = adopted({}, { orders: [target] }, { stopLoss: { price: '108000' } });
    expect(position.wanted()).toEqual(['place stop']);
    expect(position.accept('stop').wanted()).toEqual([]);
    expect(position.state.foreignOrders).toMatchObject([{ orderId: '9', targets: true }]);
  });
});

describe('sightings', () => {
  const KEY = 'BTC/USDT:USDT net';
  /** Readings at these times, each told in vain; how often the leg was then told in vain. */
  const sighted = (atMs: number[], shown = [exchangePosition()], answer: Delivery = 'no_workflow') => {
    const told = new Map<string, Told>();
    for (const takenAtMs of atMs) {
      const snapshot = account(shown, takenAtMs);
      const { news } = differences(snapshot, readingsOf(snapshot) ?? new Map(), [], told);
      for (const item of news) told.set(item.key, afterTelling(told.get(item.key), item, answer));
    }
    return told.get(KEY)?.vain ?? 0;
  };

  it('scenario 93: what nobody keeps counts only when it was seen twice, some seconds apart', () => {
    expect(sighted([0])).toBeLessThan(SIGHTINGS);
    expect(sighted([0, 500, 1_000])).toBeLessThan(SIGHTINGS);
    expect(sighted([0, 5_000])).toBe(SIGHTINGS);
  });

  it('scenario 94: what somebody keeps never counts', () => {
    expect(sighted([0, 5_000, 10_000], [exchangePosition()], 'delivered')).toBe(0);
  });
});

describe('dust, locked and stale', () => {
  const coarse = { ...MARKET, minQuantity: '5' };

  it('scenario 95: dust that no stop can protect is closed, with its reason', () => {
    const position = new PositionDriver({
      limitPrice: '109000',
      quantity: '100',
      market: coarse,
      positionIds: false,
    });
    position.accept('entry', { filled: '3', status: 'cancelled' });
    expect(position.wanted()).toEqual([]);
    position.wait(30_000);
    expect(position.intent('close').request).toMatchObject({ quantity: '3', reduceOnly: true });
    expect(position.accept('close', { filled: '3' }).state.exitReason).toBe('EMERGENCY_CLOSE');
  });

  it('scenario 95: what other orders lock is open all the same', () => {
    const position = holding('100').command({ type: 'close', request: { quantity: '40' } });
    position.refuse('close', 'quantity_locked');
    expect([openQuantity(position.state), position.state.cover.name]).toEqual(['100', 'covered']);
    expect(position.wanted()).toEqual(['cancel target']);
  });

  it('scenario 95: a fresh entry that the list does not show yet is not flattened', () => {
    const position = new PositionDriver({ quantity: '100', market: MARKET }).accept('entry', {
      filled: '100',
    });
    position.accept('stop').accept('target').wait(500).observe({ flat: true });
    position.wait(2_000).observe({ flat: true });
    expect([position.stage, openQuantity(position.state), position.intents('close')]).toEqual([
      'open',
      '100',
      [],
    ]);
  });
});
