import { describe, expect, it } from 'vitest';
import { coveredQuantity } from '../../domain/position/cover.ts';
import { exchangePosition, foreignOrder, settings } from '../support/builders.ts';
import { openPosition, PositionDriver } from '../support/position-driver.ts';

const filled = () => new PositionDriver({ positionIds: false }).accept('entry', { filled: '0.05' });

describe('protection', () => {
  it('places the stop first, the target once the stop rests, both reduce-only', () => {
    const position = filled();
    expect(position.wanted()).toEqual(['place stop']);
    expect(position.intent('stop').request).toMatchObject({
      kind: 'stop_market',
      triggerPrice: '108000',
      quantity: '0.05',
      reduceOnly: true,
      side: 'sell',
    });
    position.accept('stop');
    expect(position.wanted()).toEqual(['place target']);
    expect(position.intent('target').request).toMatchObject({
      kind: 'take_profit_market',
      triggerPrice: '110000',
      reduceOnly: true,
    });
  });

  it('sends stop and target together where orders can go in one request', () => {
    const together = { positionIds: false, settings: settings({ batchProtection: true }) };
    const position = new PositionDriver(together).accept('entry', { filled: '0.05' });
    expect(position.wanted()).toEqual(['place stop', 'place target']);
    position.accept('target', { orderId: '701' });
    expect(position.state.cover.name).toBe('uncovered');
    expect(position.accept('stop').state.cover.name).toBe('covered');
  });

  it('sends no target along with a stop that was refused before', () => {
    const together = { positionIds: false, settings: settings({ batchProtection: true }), takeProfit: null };
    const position = new PositionDriver(together).accept('entry', { filled: '0.05' });
    position.refuse('stop', 'rate_limited', { retryAfterMs: 400 });
    position.command({ type: 'setProtection', request: { takeProfit: { price: '110000' } } });
    expect(position.wait(500).wanted()).toEqual(['place stop']);
  });

  it('places the target alone where no stop is wanted, and warns', () => {
    const position = new PositionDriver({ stopLoss: null }).accept('entry', { filled: '0.05' });
    expect(position.wanted()).toContain('place target');
    expect(position.finding('no_stop')).toBeDefined();
  });

  it('replaces a stop by placing the new one, seeing it live, then cancelling the old one', () => {
    const position = openPosition().command({
      type: 'setProtection',
      request: { stopLoss: { price: '108500' } },
    });
    expect(position.wanted()).toEqual(['place stop']);
    position.lose('stop');
    expect(position.wanted()).toEqual(['find stop']);
    position.find('stop', { orderId: '602', filled: '0', status: 'open' });
    expect(position.wanted()).toEqual(['cancel stop']);
    expect(position.intents('stop')[0]).toMatchObject({ cancelWanted: true, orderId: '601' });
    position.cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(position.state.uncoveredMs).toBe(0);
  });

  it('does not cancel the old stop while the new one is in doubt', () => {
    const position = openPosition()
      .command({ type: 'setProtection', request: { stopLoss: { price: '108500' } } })
      .accept('stop', { orderId: '602' });
    position
      .wait(1_000)
      .observe({ orders: position.restingOrders().filter(({ orderId }) => orderId !== '602') });
    expect(position.wanted()).toEqual(['find stop']);
    expect(position.find('stop', { filled: '0', status: 'open' }).wanted()).toEqual(['cancel stop']);
  });

  it('changes its mind twice without stacking orders: one placement at a time', () => {
    const position = openPosition().command({
      type: 'setProtection',
      request: { stopLoss: { price: '108500' } },
    });
    position.command({ type: 'setProtection', request: { stopLoss: { price: '108600' } } });
    expect(position.intents('stop')).toHaveLength(2);
    position.accept('stop');
    expect(position.intents('stop').map(({ request }) => request.triggerPrice)).toEqual([
      '108000',
      '108500',
      '108600',
    ]);
    position.accept('stop');
    expect(position.wanted()).toEqual(['cancel stop', 'cancel stop']);
  });

  it('cancels first where the exchange takes a single one', () => {
    const position = openPosition().command({
      type: 'setProtection',
      request: { stopLoss: { price: '108500' } },
    });
    position.refuse('stop', 'protection_exists');
    expect(position.state.singleProtection).toBe(true);
    expect(position.wanted()).toEqual(['cancel stop']);
    position.cancel('stop', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(position.wanted()).toEqual(['place stop']);
    expect(position.accept('stop').intent('stop').request.triggerPrice).toBe('108500');
    position.wait(700);
    expect(position.state.cover.name).toBe('covered');
  });

  it('takes away what is no longer wanted', () => {
    const position = openPosition().command({ type: 'setProtection', request: { takeProfit: null } });
    expect(position.wanted()).toEqual(['cancel target']);
  });

  it('looks a vanished stop up before it is replaced', () => {
    const position = openPosition().observe({ orders: [] });
    expect(position.wanted()).toEqual(['find stop', 'find target']);
    position.find('stop', { filled: '0', status: 'cancelled' });
    expect(position.intents('stop')).toHaveLength(2);
    expect(position.wanted()).toContain('place stop');
  });

  it('keeps a vanished stop that the look-up finds resting', () => {
    const position = openPosition()
      .observe({ orders: [] })
      .find('stop', { filled: '0', status: 'open' })
      .find('target', { filled: '0', status: 'open' });
    expect(position.wanted()).toEqual([]);
    expect(position.intents('stop')).toHaveLength(1);
  });

  it('replaces a stop that no list shows twice, a receive window apart', () => {
    const position = openPosition().observe({ orders: position0().slice(1) });
    position.find('stop', 'none').wait(500).find('stop', 'none');
    expect(position.intents('stop')).toHaveLength(1);
    position.wait(6_000).find('stop', 'none');
    expect(position.intents('stop')).toHaveLength(2);
  });

  it('does not miss an order accepted after the reading began', () => {
    const position = filled();
    const reading = position.reading({ orders: [] });
    position.wait(10).accept('stop').apply([]);
    position.observe({ ...reading, position: exchangePosition() });
    expect(position.intent('stop').status.name).toBe('live');
  });

  it('counts a foreign full-size stop as cover, a partial one not', () => {
    const position = filled().observe({ orders: [foreignOrder()] });
    expect(coveredQuantity(position.state)).toBe('0.05');
    expect(position.finding('foreign_order')).toContain('7777');
    position.wait(10).observe({ orders: [foreignOrder({ quantity: '0.02' })] });
    expect(coveredQuantity(position.state)).toBe('0');
  });

  it('does not count a foreign order of the wrong side, nor one that may open', () => {
    const position = filled().observe({
      orders: [foreignOrder({ side: 'buy' }), foreignOrder({ orderId: '2', reduceOnly: false })],
    });
    expect(coveredQuantity(position.state)).toBe('0');
  });

  it('asks the exchange again for a cancel that it says is gone while it shows it, but not without pause', () => {
    const position = openPosition().command({ type: 'setProtection', request: { takeProfit: null } });
    position.cancel('target', 'gone', { filled: '0', status: 'open' });
    expect(position.wanted()).toEqual([]);
    expect(position.wait(500).wanted()).toEqual(['cancel target']);
    position.cancel('target', 'cancelled', { filled: '0', status: 'open' });
    expect(position.wanted()).toEqual(['find target']);
    position.find('target', { filled: '0', status: 'open' });
    expect(position.wanted()).toEqual([]);
    expect(position.wait(1_000).wanted()).toEqual(['cancel target']);
  });

  it('repeats a cancel without an answer, with back-off', () => {
    const position = openPosition().command({ type: 'setProtection', request: { takeProfit: null } });
    position.cancel('target', 'unknown');
    expect(position.wanted()).toEqual([]);
    position.wait(500).cancel('target', 'unknown');
    expect(position.wait(500).wanted()).toEqual([]);
    expect(position.wait(500).wanted()).toEqual(['cancel target']);
  });

  it('does not believe a list that still shows what was just cancelled', () => {
    const position = openPosition().command({ type: 'setProtection', request: { takeProfit: null } });
    position.cancel('target', 'cancelled');
    position.observe({
      orders: [...position.restingOrders(), position.order(position.intent('target'), '701')],
    });
    expect(position.wanted()).toEqual(['find target']);
    expect(position.find('target', { filled: '0', status: 'cancelled' }).wanted()).toEqual([]);
  });
});

const position0 = () => openPosition().restingOrders();

describe('a refused stop', () => {
  it('that would trigger closes at market where no older one rests', () => {
    const position = filled().refuse('stop', 'would_trigger');
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'LAST_RESORT_STOP' });
    expect(position.wanted()).toEqual(['place close']);
  });

  it('that would trigger leaves the older one in place, and says so', () => {
    const position = openPosition().command({
      type: 'setProtection',
      request: { stopLoss: { price: '108500' } },
    });
    position.refuse('stop', 'would_trigger');
    expect(position.stage).toBe('open');
    expect(position.wanted()).toEqual([]);
    expect(position.state.tranches[0]?.stopLoss).toEqual({ price: '108000' });
    expect(position.finding('stop_refused')).toBe('108500 was refused, 108000 stays: it says would_trigger');
  });

  it('that would trigger at the level that rests already, for more, closes: no endless attempts', () => {
    const position = openPosition();
    position.apply([
      {
        type: 'ExternallyChanged',
        change: {
          fillId: 'x',
          orderId: '9',
          trancheId: 't1',
          quantity: '0.05',
          price: '109000',
          fee: null,
          atMs: 1,
          cause: 'manual',
        },
      },
    ]);
    position.refuse('stop', 'would_trigger');
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'LAST_RESORT_STOP' });
  });

  it('for no position yet is tried again soon, quietly', () => {
    const position = filled().refuse('stop', 'no_position');
    expect(position.wanted()).toEqual([]);
    expect(position.finding('stop_refused')).toBeUndefined();
    expect(position.wait(200).wanted()).toEqual(['place stop']);
  });

  it.each(['rule', 'insufficient_funds', 'position_mode', 'credentials', 'other'] as const)(
    'for %s raises an alarm, and is tried again',
    (kind) => {
      const position = filled().refuse('stop', kind);
      expect(position.finding('stop_refused')).toBe(`the exchange refused a stop for 0.05: it says ${kind}`);
      expect(position.wait(1_000).wanted()).toEqual(['place stop']);
    },
  );

  it('holds the next off for longer each time, and starts afresh once one was accepted', () => {
    const position = filled()
      .refuse('stop', 'rule')
      .wait(1_000)
      .refuse('stop', 'rule')
      .wait(2_000)
      .refuse('stop', 'rule');
    expect(position.state.holdOffs).toMatchObject([{ key: 'stop/t1', attempts: 3 }]);
    position.wait(4_000).accept('stop');
    expect(position.state.holdOffs).toEqual([]);
  });

  it('does not hold a new wish back', () => {
    const position = filled().refuse('stop', 'rule').wait(1_000).refuse('stop', 'rule');
    expect(position.wanted()).toEqual([]);
    position.command({ type: 'setProtection', request: { stopLoss: { price: '107000' } } });
    expect(position.wanted()).toEqual(['place stop']);
  });

  it('for a foreign protection in the way is tried again', () => {
    const position = filled().refuse('stop', 'protection_exists');
    expect(position.state.singleProtection).toBe(true);
    expect(position.wait(1_000).wanted()).toEqual(['place stop']);
  });
});

describe('a refused target', () => {
  it('that would trigger is profit taken at once', () => {
    const position = filled().accept('stop').refuse('target', 'would_trigger');
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'INSTANT_TAKE_PROFIT' });
  });

  it('that would trigger waits where instant profit is off', () => {
    const position = new PositionDriver({
      positionIds: false,
      settings: settings({ instantTpEnabled: false }),
    });
    position.accept('entry', { filled: '0.05' }).accept('stop').refuse('target', 'would_trigger');
    expect(position.stage).toBe('open');
    expect(position.wait(2_000).wanted()).toEqual(['place target']);
  });

  it('warns, for no money is at risk', () => {
    const position = filled().accept('stop').refuse('target', 'rule');
    expect(position.state.findings).toMatchObject([{ kind: 'warning', code: 'target_refused' }]);
  });
});

describe('cover', () => {
  it('is measured from the first fill until the stop is seen', () => {
    const position = filled();
    expect(position.state.cover).toEqual({ name: 'uncovered', sinceMs: position.now });
    position.wait(420).accept('stop');
    expect(position.state).toMatchObject({ cover: { name: 'covered' }, uncoveredMs: 420 });
  });

  it('missing for 5 s raises an alarm, which clears by itself', () => {
    const position = filled().lose('stop').find('stop', 'fault');
    expect(position.wait(4_999).finding('uncovered')).toBeUndefined();
    expect(position.wait(1).finding('uncovered')).toBe('the open quantity is not covered by a live stop');
    position.find('stop', { filled: '0', status: 'open' });
    expect(position.finding('uncovered')).toBeUndefined();
    expect(position.state.uncoveredMs).toBe(5_000);
  });

  it('missing for 30 s closes the position', () => {
    const position = filled().refuse('stop', 'rule', { retryAfterMs: 60_000 });
    expect(position.wait(29_999).stage).toBe('open');
    position.wait(1);
    expect(position.state.stage).toEqual({ name: 'closing', reason: 'EMERGENCY_CLOSE' });
    expect(position.wanted()).toEqual(['place close']);
  });

  it('missing closes nothing where that is switched off, or where no stop was wanted', () => {
    const off = new PositionDriver({ positionIds: false, settings: settings({ emergencyCloseMs: null }) });
    off.accept('entry', { filled: '0.05' }).refuse('stop', 'rule', { retryAfterMs: 600_000 });
    expect(off.wait(300_000).stage).toBe('open');
    const unwanted = new PositionDriver({ positionIds: false, stopLoss: null }).accept('entry', {
      filled: '0.05',
    });
    expect(unwanted.wait(300_000).stage).toBe('open');
    expect(unwanted.state.cover.name).toBe('uncovered');
  });

  it('gives the first stop that is wanted its time, however long there was none', () => {
    const position = new PositionDriver({ positionIds: false, stopLoss: null });
    position.accept('entry', { filled: '0.05' }).wait(3_600_000);
    position.command({ type: 'setProtection', request: { stopLoss: { price: '108000' } } });
    expect(position.stage).toBe('open');
    expect(position.wanted()).toContain('place stop');
    position.refuse('stop', 'rule', { retryAfterMs: 600_000 });
    expect(position.wait(29_999).stage).toBe('open');
    expect(position.wait(1).stage).toBe('closing');
  });

  it('is lost again when an addition outgrows the stop', () => {
    const position = openPosition();
    position.apply([
      {
        type: 'ExternallyChanged',
        change: {
          fillId: 'x',
          orderId: '9',
          trancheId: 't1',
          quantity: '0.01',
          price: '109000',
          fee: null,
          atMs: 1,
          cause: 'manual',
        },
      },
    ]);
    expect(position.state.cover.name).toBe('uncovered');
    expect(position.wanted()).toEqual(['place stop']);
  });
});
