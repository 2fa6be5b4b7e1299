import { describe, expect, it } from 'vitest';
import { openQuantity } from '../../../domain/position/quantities.ts';
import { exchangePosition, fill, foreignOrder } from '../../support/builders.ts';
import { openPosition, PositionDriver } from '../../support/position-driver.ts';
import { at, holding, MARKET, stopGone } from './scene.ts';

describe('stop loss and take profit on the exchange', () => {
  it('scenario 55: no stop is placed, one that rests is left alone, one cancelled by hand comes back the same', () => {
    const position = openPosition();
    expect(position.effects()).toEqual([]);
    position.observe({ orders: stopGone(position) }).find('stop', { filled: '0', status: 'cancelled' });
    expect(position.intents('stop').map(({ request }) => [request.triggerPrice, request.quantity])).toEqual([
      ['108000', '0.05'],
      ['108000', '0.05'],
    ]);
  });

  it('scenario 56: the same of a target: none is placed twice, one cancelled by hand comes back the same', () => {
    const position = openPosition();
    const orders = position.restingOrders().filter(({ kind }) => kind !== 'take_profit_market');
    position.observe({ orders }).find('target', { filled: '0', status: 'cancelled' });
    expect(position.intents('target').map(({ request }) => [request.triggerPrice, request.quantity])).toEqual(
      [
        ['110000', '0.05'],
        ['110000', '0.05'],
      ],
    );
    expect(position.accept('target').wanted()).toEqual([]);
  });

  it('scenario 57: a stop cancelled after half of it filled leaves that half, under a new stop', () => {
    const position = holding('30').observe({ orders: [], position: exchangePosition({ quantity: '15' }) });
    position
      .find('stop', { filled: '15', price: '108000', status: 'cancelled' })
      .find('target', { filled: '0', status: 'open' });
    expect([openQuantity(position.state), position.intent('stop').request.quantity]).toEqual(['15', '15']);
  });

  it('scenario 58: a target cancelled after half of it filled leaves that half, stop and target made anew', () => {
    const position = holding('30');
    const orders = position.restingOrders().filter(({ kind }) => kind !== 'take_profit_market');
    position.observe({ orders, position: exchangePosition({ quantity: '15' }) });
    position.find('target', { filled: '15', price: '110000', status: 'cancelled' });
    expect([openQuantity(position.state), position.intent('stop').request.quantity]).toEqual(['15', '15']);
    position.accept('stop');
    expect(position.intent('target').request.quantity).toBe('15');
  });

  it('scenario 59: an old stop that cannot be cancelled stays known, and is asked to go until it does', () => {
    const position = openPosition()
      .command({ type: 'setProtection', request: { stopLoss: { price: '108500' } } })
      .accept('stop');
    for (let attempt = 0; attempt < 4; attempt++) position.cancel('stop', 'unknown').wait(15_000);
    expect(position.intents('stop')).toHaveLength(2);
    expect(position.wanted()).toContain('cancel stop');
  });

  it('scenario 61: an exit that is wanted after the stop filled is no second close', () => {
    const position = openPosition().command({ type: 'close', request: {} });
    position.refuse('close', 'no_position');
    position.weigh({ fills: [fill({ fillId: 'x', orderId: '601', atMs: at(position) })] });
    expect([position.stage, position.state.exitReason]).toEqual(['settling', 'STOP_LOSS']);
    expect(position.wait(60_000).intents('close')).toHaveLength(1);
  });

  it('scenario 62: an exit that is wanted after the target filled is no second close', () => {
    const position = openPosition().command({ type: 'close', request: {} });
    position.refuse('close', 'no_position');
    position.weigh({ fills: [fill({ fillId: 'x', orderId: '701', atMs: at(position) })] });
    expect([position.stage, position.state.exitReason]).toEqual(['settling', 'TAKE_PROFIT']);
  });

  it('scenario 63: a stop whose first placement was lost ends as exactly one, under one client id', () => {
    const position = new PositionDriver({ positionIds: false, takeProfit: null })
      .accept('entry', { filled: '0.05' })
      .lose('stop');
    position.wait(6_000).find('stop', 'none').wait(500).find('stop', 'none').accept('stop', { orderId: '9' });
    expect(position.intents('stop')).toHaveLength(1);
    expect(position.restingOrders().map(({ orderId }) => orderId)).toEqual(['9']);
  });

  it('scenario 64: a target whose first placement was lost ends as exactly one, under one client id', () => {
    const position = new PositionDriver({ positionIds: false })
      .accept('entry', { filled: '0.05' })
      .accept('stop')
      .lose('target');
    position.wait(6_000).find('target', 'none').wait(500).find('target', 'none').accept('target');
    expect(position.intents('target')).toHaveLength(1);
  });

  it('scenario 65: a stop that rests at another price than ours is not trusted, not doubled: flagged, replaced', () => {
    const position = openPosition({ stopLoss: { price: '90000' } });
    const moved = { kind: 'stop_market', triggerPrice: '80000' };
    const orders = position
      .restingOrders()
      .map((order) => (order.kind === moved.kind ? { ...order, triggerPrice: moved.triggerPrice } : order));
    position.observe({ orders });
    expect(position.finding('order_altered')).toContain('trigger price 80000 instead of 90000');
    position.accept('stop', { orderId: '7' });
    expect(position.wanted()).toEqual(['cancel stop']);
    position.cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' });
    const stops = position.restingOrders().filter(({ kind }) => kind === 'stop_market');
    expect(stops.map(({ orderId, triggerPrice }) => [orderId, triggerPrice])).toEqual([['7', '90000']]);
    expect(position.state.uncoveredMs).toBe(0);
  });

  it("scenario 66: somebody else's stop at another price is left alone, and ours rests beside it", () => {
    const position = openPosition({ stopLoss: { price: '90000' } });
    position.observe({ orders: [...position.restingOrders(), foreignOrder({ triggerPrice: '80000' })] });
    expect([position.wanted(), position.intents('stop').length]).toEqual([[], 1]);
    expect(position.state.foreignOrders).toMatchObject([{ triggerPrice: '80000', covers: true }]);
  });

  it('scenario 67: only the stop lives: the target is made, the stop left', () => {
    const position = openPosition();
    position
      .observe({ orders: position.restingOrders().slice(0, 1) })
      .find('target', { filled: '0', status: 'cancelled' });
    expect(position.wanted()).toEqual(['place target']);
    expect(position.intents('stop')).toHaveLength(1);
  });

  it('scenario 68: only the target lives: the stop is made first, the target left', () => {
    const position = openPosition();
    position.observe({ orders: stopGone(position) }).find('stop', { filled: '0', status: 'cancelled' });
    expect([position.wanted(), position.intents('target').length]).toEqual([['place stop'], 1]);
    expect(position.accept('stop').wanted()).toEqual([]);
  });

  it('scenario 69: an entry that filled on while nobody looked is protected in full', () => {
    const position = new PositionDriver({
      limitPrice: '109000',
      quantity: '2',
      market: MARKET,
      positionIds: false,
    }).accept('entry', { orderId: '1', filled: '1', status: 'open' });
    position.accept('stop').accept('target').wait(86_400_000);
    position.observe({
      position: exchangePosition({ quantity: '2' }),
      orders: position.restingOrders().slice(1),
    });
    expect(position.wanted()).toContain('find entry');
    position.find('entry', { filled: '2' });
    expect(position.intent('stop').request.quantity).toBe('2');
    expect(position.accept('stop').intent('target').request.quantity).toBe('2');
  });

  it('scenario 70: an entry that was cancelled in part while nobody looked is protected for that part', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false })
      .accept('entry', { orderId: '1' })
      .wait(86_400_000);
    position.observe({ position: exchangePosition({ quantity: '0.02' }), orders: [] });
    position.find('entry', { filled: '0.02', status: 'cancelled' });
    expect([position.stage, position.intent('stop').request.quantity]).toEqual(['open', '0.02']);
  });

  it('scenario 71: a stop that is in no list, and did not fill, is placed again', () => {
    const position = openPosition();
    position
      .observe({ orders: stopGone(position) })
      .wait(6_000)
      .find('stop', 'none')
      .wait(500)
      .find('stop', 'none');
    expect(position.wanted()).toEqual(['place stop']);
  });

  it('scenario 71: a stop that vanished before any reading showed it is looked up by itself', () => {
    const position = new PositionDriver({ positionIds: false, takeProfit: null }).accept('entry', {
      filled: '0.05',
    });
    position.observe({ orders: [] });
    position.accept('stop').wait(12_000);
    expect(position.wanted()).toEqual(['find stop']);
    position.find('stop', 'none').wait(6_500).find('stop', 'none').wait(500).find('stop', 'none');
    expect(position.wanted()).toEqual(['place stop']);
  });

  it('scenario 73: two reasons to close at once are one close order', () => {
    const position = openPosition().command({ type: 'close', request: {} });
    position.apply([
      { type: 'CloseRequested', reason: 'LAST_RESORT_STOP', why: 'at the same time', nowMs: position.now },
    ]);
    expect(position.intents('close')).toHaveLength(1);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'USER_CLOSE' });
  });

  it('scenario 74: an emergency and a wish to close are one close order, for the reason that came first', () => {
    const position = new PositionDriver({ positionIds: false })
      .accept('entry', { filled: '0.05' })
      .refuse('stop', 'rule', { retryAfterMs: 60_000 })
      .wait(30_000);
    expect(position.decide({ type: 'close', request: {} })).toMatchObject({ refused: { code: 'closing' } });
    expect(position.intents('close')).toHaveLength(1);
    expect(position.accept('close', { filled: '0.05' }).state.exitReason).toBe('EMERGENCY_CLOSE');
  });
});
