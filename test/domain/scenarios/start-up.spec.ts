import { describe, expect, it } from 'vitest';
import { reconcile } from '../../../domain/reconcile/reconcile.ts';
import { entryPrice, openQuantity } from '../../../domain/position/quantities.ts';
import { exchangePosition, fill, gateway, POSITION_ID, start } from '../../support/builders.ts';
import { opening, openPosition, PositionDriver, settle } from '../../support/position-driver.ts';
import { at, holding, reading, shows } from './scene.ts';

describe('start-up and operators', () => {
  it('scenario 97: a limit entry in two parts is one position growing, protection following', () => {
    const position = new PositionDriver({
      limitPrice: '2010',
      quantity: '1',
      positionIds: false,
      stopLoss: { percent: '10' },
      takeProfit: null,
    });
    position.accept('entry', { orderId: '1', filled: '0.4', price: '2000', status: 'open' }).accept('stop');
    position
      .apply([{ type: 'LookWanted', number: 1, nowMs: position.now }])
      .find('entry', { filled: '1', price: '2005' });
    expect([openQuantity(position.state), entryPrice(position.state)]).toEqual(['1', '2005']);
    expect(position.intent('stop').request).toMatchObject({ quantity: '1', triggerPrice: '1804.5' });
  });

  it('scenario 98: a limit entry of which only a part came is that part, protected as such', () => {
    const position = new PositionDriver({ limitPrice: '2010', quantity: '1', positionIds: false });
    position.accept('entry', { orderId: '1', filled: '0.4', status: 'open' }).accept('stop').accept('target');
    position.observe({ position: exchangePosition({ quantity: '0.4' }), orders: position.restingOrders() });
    position
      .apply([{ type: 'LookWanted', number: 1, nowMs: position.now }])
      .find('entry', { filled: '0.4', status: 'cancelled' });
    expect([openQuantity(position.state), position.wait(60_000).intents('stop').length]).toEqual(['0.4', 1]);
  });

  it('scenario 99: a close of a stale size goes on until the true size is gone', () => {
    const position = new PositionDriver({
      limitPrice: '109000',
      quantity: '1',
      market: { ...start().market },
      positionIds: false,
    }).accept('entry', { orderId: '1', filled: '0.4', status: 'open' });
    position.accept('stop').accept('target').command({ type: 'close', request: {} });
    position.cancel('entry', 'cancelled', { filled: '1', status: 'filled' });
    position.accept('close', { filled: '0.4' });
    expect(position.intent('close').request.quantity).toBe('0.6');
    expect(position.accept('close', { filled: '0.6' }).stage).toBe('settling');
  });

  it('scenario 100: a close during which somebody added closes what was added, too', () => {
    const position = openPosition({ positionIds: false }).command({ type: 'close', request: {} });
    position.accept('close', { filled: '0.05' });
    position.wait(5_000).observe({ position: exchangePosition({ quantity: '0.02' }) });
    const added = fill({ fillId: 'x', side: 'buy', quantity: '0.02', atMs: at(position, 9_000) });
    for (const role of ['stop', 'target'] as const)
      if (position.wanted().includes(`cancel ${role}`))
        position.cancel(role, 'cancelled', { filled: '0', status: 'cancelled' });
    position.weigh({
      reading: position.reading({ position: exchangePosition({ quantity: '0.02' }), orders: [] }),
      fills: [added],
    });
    expect(position.intent('close').request).toMatchObject({ reduceOnly: true });
    expect(position.state.intents.every(({ role, request }) => role === 'entry' || request.reduceOnly)).toBe(
      true,
    );
  });

  it('scenario 101: an emergency close stays latched until flat', () => {
    const position = new PositionDriver({ positionIds: false })
      .accept('entry', { filled: '0.05' })
      .refuse('stop', 'rule', { retryAfterMs: 60_000 })
      .wait(30_000);
    position.accept('close', { filled: '0.02', status: 'expired' }).refuse('close', 'other').wait(10_000);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'EMERGENCY_CLOSE' });
    expect(position.accept('close', { filled: '0.03' }).state.exitReason).toBe('EMERGENCY_CLOSE');
  });

  it('scenario 102: an emergency close of unknown outcome is settled before another one goes out', () => {
    const position = new PositionDriver({ positionIds: false })
      .accept('entry', { filled: '0.05' })
      .refuse('stop', 'rule', { retryAfterMs: 60_000 })
      .wait(30_000);
    position.lose('close').find('close', 'fault').wait(60_000);
    expect(position.intents('close')).toHaveLength(1);
    position.find('close', { orderId: '5', filled: '0.05' });
    expect([position.stage, position.state.exitReason]).toEqual(['settling', 'EMERGENCY_CLOSE']);
  });

  it('scenario 103: executions of an older life in the window are dropped, working orders kept', () => {
    const position = shows(holding('100'), '60');
    const fills = [
      fill({ fillId: 'old', quantity: '60', atMs: gateway(position.state.startedAtMs) - 500 }),
      fill({
        fillId: 'in',
        orderId: position.intent('entry').orderId ?? '',
        side: 'buy',
        quantity: '100',
        atMs: gateway(position.state.startedAtMs),
      }),
      fill({ fillId: 'x', quantity: '40', atMs: at(position) }),
    ];
    position.weigh({ reading: reading(position, '60'), fills });
    expect(openQuantity(position.state)).toBe('60');
    expect(position.restingOrders()).toHaveLength(2);
  });

  it('scenario 104: own orders that rest are kept when an older list lacks them', () => {
    const position = openPosition();
    const older = position.reading({ orders: [] });
    position.wait(1_000).observe().observe();
    position.apply(reconcile(position.state, older, position.now));
    expect([position.wanted(), position.restingOrders().length]).toEqual([[], 2]);
  });

  it('scenario 105: the same state gives the same decisions, however often and however carried', () => {
    const { state, events } = opening(start(), 5);
    const once = settle(state, events, 5);
    const again = settle(JSON.parse(JSON.stringify(state)), JSON.parse(JSON.stringify(events)), 5);
    expect(again).toEqual(once);
  });

  it('scenario 107: checks that keep failing wipe nothing: the position stays, with an alarm', () => {
    const position = openPosition().observe({ flat: true });
    for (let asks = 0; asks < 30; asks++) {
      position.weigh({ reading: position.reading({ flat: true, complete: false }) }).wait(60_000);
    }
    expect([position.stage, openQuantity(position.state)]).toEqual(['open', '0.05']);
    expect(position.finding('drift')).toBe('the exchange shows 0, the orders known make 0.05');
  });

  it('scenario 108: look-ups that keep failing wipe nothing either: the order stays, with an alarm', () => {
    const position = openPosition();
    position.observe({ orders: position.restingOrders().slice(1) });
    for (let asks = 0; asks < 30; asks++) position.find('stop', 'fault').wait(60_000);
    expect(position.intents('stop')).toMatchObject([{ orderId: '601', status: { name: 'unknown' } }]);
    expect(position.finding('unknown_order')).toContain(position.intent('stop').request.clientOrderId);
  });

  it('an empty list, told again and again while own orders rest, closes nothing', () => {
    const position = openPosition();
    position.observe({ flat: true });
    for (let asks = 0; asks < 30 && position.wanted().includes('readEvidence'); asks++)
      position.weigh({ reading: position.reading({ flat: true }) }).wait(15_000);
    expect([position.stage, position.state.exchangePositionId]).toEqual(['open', POSITION_ID]);
  });
});
