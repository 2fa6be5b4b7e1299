import { describe, expect, it } from 'vitest';
import { coveredQuantity, entryPrice, openQuantity } from '../../../domain/quantities.ts';
import { fill } from '../../support/builders.ts';
import { openPosition, PositionDriver } from '../../support/position-driver.ts';
import { at, holding, MARKET, reading, shows } from './scene.ts';

describe('orders in flight, duplicates, ordering', () => {
  it('scenario 39: a cancel without an answer is unresolved, not done', () => {
    const position = openPosition()
      .command({ type: 'setProtection', request: { takeProfit: null } })
      .cancel('target', 'unknown');
    expect(position.intent('target').status.name).toBe('live');
    expect(position.wait(500).wanted()).toEqual(['cancel target']);
  });

  it('scenario 41: expired after a part filled is that part, then terminal', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false })
      .accept('entry', { orderId: '1' })
      .wait(1_000);
    position.observe({ flat: true, orders: [] }).find('entry', { filled: '0.02', status: 'expired' });
    expect(openQuantity(position.state)).toBe('0.02');
    expect(position.intent('entry').status).toMatchObject({ name: 'done', how: 'expired' });
  });

  it('scenario 43: filled 100 stays 100 when something says 75', () => {
    const position = holding('100');
    const { number, orderId } = position.intent('entry');
    position.apply([
      {
        type: 'IntentEnded',
        number,
        how: 'filled',
        reason: null,
        orderId,
        filledQuantity: '75',
        averagePrice: '1',
        atMs: 1,
        nowMs: position.now,
      },
    ]);
    expect([openQuantity(position.state), entryPrice(position.state)]).toEqual(['100', '109206.8']);
  });

  it('scenario 45: the same execution at another price counts once, at the first', () => {
    const position = shows(holding('100'), '60');
    const first = fill({ fillId: 'x', quantity: '40', atMs: at(position) });
    position
      .weigh({ reading: reading(position, '60'), fills: [first] })
      .accept('stop')
      .accept('target')
      .wait(10_000);
    shows(position, '50').weigh({
      reading: reading(position, '50'),
      fills: [{ ...first, price: '1' }, fill({ fillId: 'y', quantity: '10', atMs: at(position) })],
    });
    expect(position.state.externals.map(({ quantity, price }) => [quantity, price])).toEqual([
      ['-40', '109000'],
      ['-10', '109000'],
    ]);
  });

  it('scenario 47: cancelled after a part filled is a position of that part', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false }).accept('entry', {
      filled: '0.02',
      status: 'cancelled',
    });
    expect([position.stage, position.intent('stop').request.quantity]).toEqual(['open', '0.02']);
  });

  it('scenario 49: an intent with two matches is not guessed: an alarm, and nothing sent', () => {
    const position = new PositionDriver().lose('entry').find('entry', 'many');
    expect(position.state.findings).toMatchObject([{ kind: 'alarm', code: 'ambiguous_order' }]);
    expect(position.wait(300_000).wanted()).toEqual(['find entry']);
  });

  it('scenario 51: cancelled with 1 of 2 filled is 1, its stop 1, the same on a repeat', () => {
    const position = new PositionDriver({
      limitPrice: '109000',
      quantity: '2',
      market: MARKET,
      positionIds: false,
    })
      .accept('entry', { orderId: '1' })
      .wait(1_000);
    position.observe({ flat: true, orders: [] }).find('entry', { filled: '1', status: 'cancelled' });
    const ended = position.recorded.findLast(({ type }) => type === 'IntentEnded');
    position.accept('stop').apply(ended ? [ended] : []);
    expect([
      openQuantity(position.state),
      coveredQuantity(position.state),
      position.intents('stop').length,
    ]).toEqual(['1', '1', 1]);
  });
});
