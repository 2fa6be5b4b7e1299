import { describe, expect, it } from 'vitest';
import { clientOrderId, epochAt } from '../../../domain/ids.ts';
import { entryPrice, openQuantity } from '../../../domain/position/quantities.ts';
import { coveredQuantity } from '../../../domain/position/cover.ts';
import { fill, foreignOrder, gateway, start, T0 } from '../../support/builders.ts';
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

  it('scenario 40: an unanswered cancel that came too late is a fill, attributed to its order', () => {
    const position = openPosition()
      .command({ type: 'setProtection', request: { takeProfit: null } })
      .cancel('target', 'unknown')
      .wait(500);
    position.cancel('target', 'gone', { filled: '0.05', status: 'filled' });
    expect([position.stage, position.state.exitReason]).toEqual(['settling', 'TAKE_PROFIT']);
  });

  it('scenario 41: expired after a part filled is that part, then terminal', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false })
      .accept('entry', { orderId: '1' })
      .wait(1_000);
    position.observe({ flat: true, orders: [] }).find('entry', { filled: '0.02', status: 'expired' });
    expect(openQuantity(position.state)).toBe('0.02');
    expect(position.intent('entry').status).toMatchObject({ name: 'done', how: 'expired' });
  });

  it('scenario 42: expired with nothing filled never opened', () => {
    const position = new PositionDriver({ limitPrice: '109000' })
      .accept('entry', { orderId: '1' })
      .wait(1_000);
    position.observe({ flat: true, orders: [] }).find('entry', { filled: '0', status: 'expired' });
    expect(position.state.exitReason).toBe('NEVER_OPENED');
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

  it('scenario 44: filled 75 becomes 100 when something says 100', () => {
    const entry = { limitPrice: '109000', quantity: '100', market: MARKET, positionIds: false };
    const position = new PositionDriver(entry).accept('entry', { filled: '75', status: 'open' });
    position
      .apply([{ type: 'LookWanted', number: 1, nowMs: position.now }])
      .accept('stop')
      .find('entry', { filled: '100' });
    expect([openQuantity(position.state), position.intent('stop').request.quantity]).toEqual(['100', '100']);
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

  it('scenario 46: two executions alike but for their ids are two', () => {
    const position = shows(holding('100'), '80');
    const twin = (fillId: string) => fill({ fillId, quantity: '10', atMs: at(position) });
    position.weigh({ reading: reading(position, '80'), fills: [twin('x'), twin('y'), twin('x')] });
    expect(openQuantity(position.state)).toBe('80');
  });

  it('scenario 47: cancelled after a part filled is a position of that part', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false }).accept('entry', {
      filled: '0.02',
      status: 'cancelled',
    });
    expect([position.stage, position.intent('stop').request.quantity]).toEqual(['open', '0.02']);
  });

  it('scenario 48: cancelled with nothing filled is no position, and nothing is protected', () => {
    const position = new PositionDriver({ limitPrice: '109000' }).accept('entry', {
      filled: '0',
      status: 'cancelled',
    });
    expect([position.state.exitReason, position.intents('stop')]).toEqual(['NEVER_OPENED', []]);
  });

  it('scenario 49: an intent with two matches is not guessed: an alarm, and nothing sent', () => {
    const position = new PositionDriver().lose('entry').find('entry', 'many');
    expect(position.state.findings).toMatchObject([{ kind: 'alarm', code: 'ambiguous_order' }]);
    expect(position.wait(300_000).wanted()).toEqual(['find entry']);
  });

  it('scenario 50: an order that two intents could be is given to neither by its looks', () => {
    const position = openPosition({ positionIds: false });
    position.command({ type: 'setProtection', request: { stopLoss: { price: '108500' } } }).lose('stop');
    const lost = position.intent('stop');
    const alike = [position.order(lost, '801'), position.order(lost, '802')];
    position.observe({ orders: [...position.restingOrders(), ...alike] });
    expect([position.intent('stop').orderId, position.wanted()]).toEqual([null, ['find stop']]);
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

  it('scenario 52: a cancel that lost against the whole fill is a position, and is closed as was wished', () => {
    const position = new PositionDriver({ limitPrice: '109000', positionIds: false })
      .accept('entry', { orderId: '1' })
      .command({ type: 'close', request: {} });
    position.cancel('entry', 'gone', { filled: '0.05', status: 'filled' });
    expect(position.wanted()).toContain('place close');
    expect(position.accept('close', { filled: '0.05' }).state.exitReason).toBe('USER_CLOSE');
  });

  const leg = { account: 'paper', symbol: start().symbol, leg: 'net' } as const;
  const named = (orderId: string, epochMs: number, number: number) =>
    foreignOrder({
      orderId,
      clientOrderId: clientOrderId(leg, epochAt(epochMs), 'stop', number),
      createdAtMs: gateway(epochMs) + 1_000,
    });

  it('scenario 53: several own-style orders that nobody placed are a second writer: the account is told, nothing else', () => {
    const position = openPosition();
    const orders = [...position.restingOrders(), named('91', T0, 77), named('92', T0, 78)];
    position.observe({ orders });
    expect(position.effects()).toMatchObject([{ type: 'warnAccount', orderIds: ['91', '92'] }]);
    expect(position.finding('second_writer')).toContain('91, 92');
    position.tellAccount('reached').observe({ orders });
    expect([position.wanted(), position.intents('stop').length]).toEqual([[], 1]);
  });

  it('scenario 54: several that were there before are left over: shown, and no second writer', () => {
    const position = openPosition();
    const before = T0 - 86_400_000;
    position.observe({
      orders: [...position.restingOrders(), named('91', before, 2), named('92', before, 3)],
    });
    expect([position.wanted(), position.finding('second_writer')]).toEqual([[], undefined]);
    expect(position.finding('foreign_order')).toContain('91, 92');
  });
});
