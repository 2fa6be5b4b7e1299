import { describe, expect, it } from 'vitest';
import { openQuantity } from '../../domain/position/quantities.ts';
import {
  closedPosition,
  ENTRY_ORDER_ID,
  exchangePosition,
  POSITION_ID,
  settings,
} from '../support/builders.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';

describe('an entry', () => {
  it('is on record with its client id before it is sent', () => {
    const position = new PositionDriver();
    expect(position.types()).toEqual(['PositionStarted', 'IntentPlanned']);
    expect(position.wanted()).toEqual(['place entry']);
    expect(position.intent('entry').request).toMatchObject({
      side: 'buy',
      kind: 'market',
      quantity: '0.05',
      reduceOnly: false,
    });
    expect(position.intent('entry').request.clientOrderId).toMatch(/^hf[0-9a-z]{24}$/);
  });

  it('of a short sells, and its protection buys', () => {
    const position = new PositionDriver({
      side: 'short',
      stopLoss: { price: '110000' },
      takeProfit: { price: '108000' },
    });
    position.accept('entry', { filled: '0.05' }).accept('stop');
    const roles = ['entry', 'stop', 'target'] as const;
    expect(roles.map((role) => position.intent(role).request.side)).toEqual(['sell', 'buy', 'buy']);
  });

  it('at market is asked for until its fill is known', () => {
    const position = new PositionDriver().accept('entry');
    expect(position.wanted()).toEqual(['find entry']);
    position.find('entry', { filled: '0', status: 'open' });
    expect(position.wanted()).toEqual([]);
    position.wait(100).find('entry', { filled: '0.05' });
    expect(position.stage).toBe('open');
  });

  it('at a limit waits for readings, and asks nothing', () => {
    const position = new PositionDriver({ limitPrice: '109000' }).accept('entry');
    expect(position.intent('entry').request).toMatchObject({ kind: 'limit', price: '109000' });
    expect(position.wanted()).toEqual([]);
    expect(position.wait(600_000).stage).toBe('entering');
  });

  it("keeps both ids: the order's and the position's, which differ", () => {
    const position = new PositionDriver().accept('entry', { orderId: ENTRY_ORDER_ID, filled: '0.05' });
    expect(position.wait(1_500).wanted()).toContain('readLeg identify');
    position.readLeg('identify', { flat: true });
    expect(position.state.exchangePositionId).toBeNull();
    position.wait(250).readLeg('identify', { position: exchangePosition() });
    expect(position.state.exchangePositionId).toBe(POSITION_ID);
    expect(position.intent('entry').orderId).toBe(ENTRY_ORDER_ID);
  });

  it("does not take the id of the leg's last life from a rolled-back list", () => {
    const position = new PositionDriver().accept('entry', { filled: '0.05' }).wait(1_500);
    const openedAtMs = (position.state.firstSentAtMs ?? 0) - 3_600_000;
    position.readLeg('identify', { position: exchangePosition({ exchangePositionId: 'old', openedAtMs }) });
    expect(position.state.exchangePositionId).toBeNull();
  });

  it("takes no id from a row of another entry price, as the leg's last life shows in a list that lags", () => {
    const position = new PositionDriver().accept('entry', { filled: '0.05' }).wait(1_500);
    position.readLeg('identify', {
      position: exchangePosition({ exchangePositionId: 'old', entryPrice: '109300' }),
    });
    expect(position.state.exchangePositionId).toBeNull();
    position.wait(250).readLeg('identify', { position: exchangePosition() });
    expect(position.state.exchangePositionId).toBe(POSITION_ID);
  });

  it('corrects an id that it learnt from the last life, once the list keeps showing another', () => {
    const position = openPosition();
    const renamed = {
      position: exchangePosition({ exchangePositionId: 'true one' }),
      orders: position.restingOrders(),
    };
    position.observe(renamed);
    for (let asks = 0; asks < 6 && position.state.suspicion; asks++)
      position.wait(5_000).weigh({ reading: position.reading(renamed) });
    expect(position.state.exchangePositionId).toBe('true one');
    expect(position.state.suspicion).toBeNull();
    expect([position.stage, openQuantity(position.state)]).toEqual(['open', '0.05']);
  });

  it.each([
    ['closed before', { closedAtMs: -10_000 }],
    ['opened before, and closed as this one began', { openedAtMs: -60_000, closedAtMs: -1_000 }],
  ])('is not ended by the row of a position %s, under a wrongly learnt id', (_name, times) => {
    const position = openPosition();
    const renamed = {
      position: exchangePosition({ exchangePositionId: 'true one' }),
      orders: position.restingOrders(),
    };
    const sentAtMs = position.state.firstSentAtMs ?? 0;
    const dated = Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, sentAtMs + ms]));
    position
      .observe(renamed)
      .wait(5_000)
      .weigh({ reading: position.reading(renamed), closed: [closedPosition(dated)] });
    expect([position.stage, openQuantity(position.state)]).toEqual(['open', '0.05']);
  });

  it('that fills bit by bit is protected from the first bit, and protection follows', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false }).accept('entry', {
      orderId: '1',
    });
    const grow = (filled: string) =>
      position.observe({
        orders: [
          position.order(position.intent('entry'), '1', {
            filled,
            status: filled === '0.05' ? 'filled' : 'open',
          }),
          ...position.restingOrders().slice(1),
        ],
        position: exchangePosition({ quantity: filled }),
      });
    grow('0.02');
    expect(position.wanted()).toEqual(['place stop']);
    expect(position.accept('stop', { orderId: '2' }).accept('target', { orderId: '3' }).wanted()).toEqual([]);
    grow('0.05');
    expect(position.intents('stop').map(({ request }) => request.quantity)).toEqual(['0.02', '0.05']);
    position.accept('stop', { orderId: '4' });
    expect(position.wanted()).toEqual(['cancel stop', 'place target']);
    position
      .cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' })
      .accept('target', { orderId: '5' })
      .cancel('target', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(position.restingOrders().map(({ orderId, quantity }) => [orderId, quantity])).toEqual([
      ['4', '0.05'],
      ['5', '0.05'],
    ]);
  });

  it('in percent protects from the average price, rounded to the tick, stops towards the entry', () => {
    const position = new PositionDriver({ stopLoss: { percent: '1' }, takeProfit: { percent: '1' } });
    position.accept('entry', { filled: '0.05', price: '109206.84' }).accept('stop');
    // 108114.7716 and 110298.9084
    expect(position.intent('stop').request.triggerPrice).toBe('108114.8');
    expect(position.intent('target').request.triggerPrice).toBe('110298.9');
  });

  it('that is refused ends without a position, with the reason', () => {
    const position = new PositionDriver().refuse('entry', 'insufficient_funds', { code: '101204' });
    expect(position.stage).toBe('settling');
    expect(position.finding('entry_refused')).toContain('it says insufficient_funds');
    position.journal();
    expect(position.stage).toBe('closed');
    expect(position.rows).toMatchObject([{ exitReason: 'NEVER_OPENED', quantity: '0', netPnl: null }]);
  });

  it('that is rate limited goes out again, the same order, after the time that was named', () => {
    const position = new PositionDriver();
    const { clientOrderId } = position.intent('entry').request;
    position.refuse('entry', 'rate_limited', { retryAfterMs: 2_000 });
    expect(position.wanted()).toEqual([]);
    position.wait(2_000);
    expect(position.intents('entry').map(({ request }) => request.clientOrderId)).toEqual([clientOrderId]);
    expect(position.wanted()).toEqual(['place entry']);
  });

  it('that is rate limited beyond its validity is given up, and says so', () => {
    const position = new PositionDriver().refuse('entry', 'rate_limited', { retryAfterMs: 121_000 });
    expect(position.finding('entry_refused')).toContain('too old');
    expect(position.state.exitReason).toBe('NEVER_OPENED');
  });

  it('that no worker took in time is given up unsent', () => {
    const position = new PositionDriver({ settings: settings({ entryValidMs: 1_000 }) }).workerLost('entry', {
      neverStarted: true,
    });
    expect(position.intent('entry').status).toMatchObject({ name: 'done', how: 'unsent' });
    expect(position.finding('entry_unsent')).toBeDefined();
    expect(position.journal().stage).toBe('closed');
  });

  it('whose worker died while sending is unknown, not unsent', () => {
    const position = new PositionDriver().workerLost('entry', { neverStarted: false });
    expect(position.intent('entry').status).toMatchObject({ name: 'unknown', sentAtMs: 0 });
    expect(position.state.firstSentAtMs).toBeNull();
    expect(position.find('entry', { orderId: '1', filled: '0.05' }).stage).toBe('open');
  });

  it('closed by the user before it filled takes the order back, and a late part of it closes too', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false }).accept('entry', {
      orderId: '1',
    });
    position.command({ type: 'close', request: {} });
    expect(position.wanted()).toEqual(['cancel entry']);
    position.cancel('entry', 'cancelled', { filled: '0.01', status: 'cancelled' });
    expect(openQuantity(position.state)).toBe('0.01');
    expect(position.wanted()).toEqual(['place close']);
    position.accept('close', { filled: '0.01' });
    expect([position.stage, position.state.exitReason]).toEqual(['settling', 'USER_CLOSE']);
  });

  it('taken back before it was sent is dropped', () => {
    const position = new PositionDriver().refuse('entry', 'rate_limited', { retryAfterMs: 500 });
    position.command({ type: 'close', request: {} });
    expect(position.wanted()).toEqual(['drop entry']);
    expect(position.drop('entry').journal().stage).toBe('closed');
  });

  it('given up as never received, found filled later, is closed and told as it was', () => {
    const position = new PositionDriver({ settings: settings({ entryValidMs: 5_000 }) }).lose('entry');
    position.wait(6_000).find('entry', 'none').wait(5_000).find('entry', 'none');
    expect(position.state.exitReason).toBe('NEVER_OPENED');
    // The list shows it after all: it is looked up, and what filled is closed.
    const { request } = position.intent('entry');
    position.wait(1_000).observe({
      orders: [position.order({ ...position.intent('entry'), request: { ...request } }, '77')],
      flat: true,
    });
    expect(position.wanted()).toContain('find entry');
    position.find('entry', { orderId: '77', filled: '0.05' });
    expect(position.wanted()).toEqual(['place close']);
    position.accept('close', { filled: '0.05' });
    expect(position.state.exitReason).toBe('EMERGENCY_CLOSE');
  });
});
