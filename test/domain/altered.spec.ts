/** Own orders that somebody altered on the exchange: same id, other terms. */
import { describe, expect, it } from 'vitest';
import type { ExchangeOrder } from '../../domain/exchange-truth.ts';
import { openQuantity } from '../../domain/position/quantities.ts';
import { coveredQuantity } from '../../domain/position/cover.ts';
import { exchangePosition } from '../support/builders.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';

/** A reading in which the resting orders of a kind have other terms. */
const altered = (position: PositionDriver, kind: ExchangeOrder['kind'], terms: Partial<ExchangeOrder>) =>
  position.observe({
    orders: position.restingOrders().map((order) => (order.kind === kind ? { ...order, ...terms } : order)),
  });
const alterations = (position: PositionDriver) =>
  position.recorded.filter(({ type }) => type === 'IntentAltered');

describe('a stop whose trigger price was moved', () => {
  it('is replaced by the one that is wanted: placed, seen live, then the moved one cancelled', () => {
    const position = altered(openPosition(), 'stop_market', { triggerPrice: '107000' });
    expect(position.wanted()).toEqual(['place stop']);
    expect(position.intent('stop').request).toMatchObject({ triggerPrice: '108000', quantity: '0.05' });
    position.accept('stop', { orderId: '602' });
    expect(position.wanted()).toEqual(['cancel stop']);
    position.cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(position.restingOrders().map(({ orderId }) => orderId)).toEqual(['701', '602']);
    expect(position.state.uncoveredMs).toBe(0);
  });

  it('is in the journal and among the findings', () => {
    const position = altered(openPosition(), 'stop_market', { triggerPrice: '107000' });
    expect(alterations(position)).toMatchObject([{ number: 2, triggerPrice: '107000' }]);
    expect(position.finding('order_altered')).toBe(
      'the stop 601 was altered on the exchange, trigger price 107000 instead of 108000: the stop that is wanted replaces it',
    );
  });

  it('covers until it is replaced, unless it was moved beyond the target', () => {
    const lower = altered(openPosition(), 'stop_market', { triggerPrice: '90000' });
    expect(lower.state.cover.name).toBe('covered');
    const beyond = altered(openPosition(), 'stop_market', { triggerPrice: '110000.1' });
    expect([beyond.state.cover.name, coveredQuantity(beyond.state)]).toEqual(['uncovered', '0']);
    expect(beyond.accept('stop').state.cover.name).toBe('covered');
  });

  it('of a short is beyond the target below it', () => {
    const short = { side: 'short', stopLoss: { price: '110500' }, takeProfit: { price: '108000' } } as const;
    expect(altered(openPosition(short), 'stop_market', { triggerPrice: '111000' }).state.cover.name).toBe(
      'covered',
    );
    expect(altered(openPosition(short), 'stop_market', { triggerPrice: '107999.9' }).state.cover.name).toBe(
      'uncovered',
    );
  });

  it('is left alone where it was moved to what is wanted now', () => {
    const position = openPosition().command({
      type: 'setProtection',
      request: { stopLoss: { price: '107000' } },
    });
    position.refuse('stop', 'rule', { retryAfterMs: 60_000 });
    altered(position, 'stop_market', { triggerPrice: '107000' });
    expect(position.wait(60_000).wanted()).not.toContain('place stop');
    expect(position.finding('order_altered')).toBeUndefined();
  });

  it('is told once, and again when it is back as it was sent', () => {
    const position = altered(openPosition(), 'stop_market', { triggerPrice: '107000' });
    position.observe();
    expect(alterations(position)).toHaveLength(1);
    altered(position, 'stop_market', { triggerPrice: '108000.0' });
    expect(alterations(position)).toMatchObject([{ triggerPrice: '107000' }, { number: 2 }]);
    expect(position.intents('stop')[0]?.rests).toBeUndefined();
  });

  it('is cancelled first where the exchange takes only one', () => {
    const position = openPosition();
    position.apply([{ type: 'SingleProtectionFound' }]);
    altered(position, 'stop_market', { triggerPrice: '107000' });
    expect(position.wanted()).toEqual(['cancel stop']);
    position.cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(position.intent('stop').request.triggerPrice).toBe('108000');
  });

  it('is given time after three rounds, so that two who undo each other send no storm of orders', () => {
    const position = openPosition();
    for (let round = 0; round < 3; round++) {
      altered(position, 'stop_market', { triggerPrice: '107000' });
      position.accept('stop').cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' }).wait(1_000);
    }
    altered(position, 'stop_market', { triggerPrice: '107000' });
    expect(position.wanted()).toEqual([]);
    expect(position.wait(2_000).wanted()).toEqual(['place stop']);
  });
});

describe('a protective order whose quantity was changed', () => {
  it('covers what rests of it, and is replaced', () => {
    const position = altered(openPosition(), 'stop_market', { quantity: '0.02' });
    expect(coveredQuantity(position.state)).toBe('0.02');
    expect(position.state.cover.name).toBe('uncovered');
    expect(position.accept('stop').state.cover.name).toBe('covered');
    expect(position.wanted()).toEqual(['cancel stop']);
  });

  it('by the exchange, to what is open by now, is no reason to replace or to warn', () => {
    const position = openPosition().command({ type: 'close', request: { quantity: '0.02' } });
    position.accept('close', { filled: '0.02' }).refuse('stop', 'other', { retryAfterMs: 60_000 });
    altered(position, 'stop_market', { quantity: '0.03' });
    expect([position.finding('order_altered'), position.state.cover.name]).toEqual([undefined, 'covered']);
    expect(position.wait(60_000).intents('stop')).toHaveLength(2);
    expect(alterations(position)).toMatchObject([{ quantity: '0.03' }]);
  });

  it('is replaced as a target too, the stop untouched', () => {
    const position = altered(openPosition(), 'take_profit_market', { quantity: '0.02' });
    expect(position.wanted()).toEqual(['place target']);
    position.accept('target');
    expect(position.wanted()).toEqual(['cancel target']);
    expect(position.intents('stop')).toHaveLength(1);
  });

  it('is not altered by less than a lot or a tick, by the zero of one that closes all, or in its writing', () => {
    const position = openPosition();
    altered(position, 'stop_market', { quantity: '0.05000001' });
    altered(position, 'stop_market', { quantity: '0.0500', triggerPrice: '108000.00' });
    altered(position, 'stop_market', { triggerPrice: '108000.04' });
    altered(position, 'stop_market', { quantity: '0', closePosition: true });
    altered(position, 'stop_market', { quantity: '0' });
    expect(alterations(position)).toEqual([]);
    expect(position.wanted()).toEqual([]);
  });
});

describe('an entry that was altered while it rested', () => {
  const resting = () =>
    new PositionDriver({ limitPrice: '109000', positionIds: false }).accept('entry', { orderId: '1' });
  const seenAs = (position: PositionDriver, terms: Partial<ExchangeOrder>) =>
    position.wait(1_000).observe({
      flat: true,
      orders: [{ ...position.order(position.intent('entry'), '1'), ...terms }],
    });

  it('is taken as it rests, and never sent again', () => {
    const position = seenAs(resting(), { quantity: '0.08', price: '108900' });
    expect(alterations(position)).toMatchObject([{ quantity: '0.08', price: '108900' }]);
    expect(position.finding('order_altered')).toContain('it is taken as it rests');
    expect(position.wait(86_400_000).intents('entry')).toHaveLength(1);
    expect(position.wanted()).toEqual([]);
  });

  it('grows the position by what fills of it', () => {
    const position = seenAs(resting(), { quantity: '0.08' });
    position.observe({ position: exchangePosition({ quantity: '0.08' }), orders: [] });
    position.find('entry', { orderId: '1', filled: '0.08', status: 'filled' });
    expect(openQuantity(position.state)).toBe('0.08');
    expect(position.intent('stop').request.quantity).toBe('0.08');
  });

  it('is not done for having filled what it was sent with', () => {
    const position = seenAs(resting(), { quantity: '0.08', filledQuantity: '0.01' });
    expect(position.accept('stop').intent('entry').status.name).toBe('live');
    const rests = { ...position.order(position.intent('entry'), '1'), filledQuantity: '0.05' };
    position.wait(4_000).observe({
      position: exchangePosition({ quantity: '0.05' }),
      orders: [rests, ...position.restingOrders().filter(({ kind }) => kind !== 'limit')],
    });
    expect([openQuantity(position.state), position.intent('entry').status.name]).toEqual(['0.05', 'live']);
  });

  it('is known to have been altered even where it filled before anybody looked', () => {
    const position = resting().wait(1_000);
    position.observe({ position: exchangePosition({ quantity: '0.08' }), orders: [] });
    const filled = position.order(position.intent('entry'), '1', { filled: '0.08', status: 'filled' });
    position.foundAs('entry', { ...filled, quantity: '0.08' });
    expect(alterations(position)).toMatchObject([{ quantity: '0.08' }]);
    expect(openQuantity(position.state)).toBe('0.08');
  });
});
