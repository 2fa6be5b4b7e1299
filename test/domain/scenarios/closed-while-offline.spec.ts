import { describe, expect, it } from 'vitest';
import { openQuantity } from '../../../domain/quantities.ts';
import { tradeRow } from '../../../domain/trade.ts';
import { closedPosition, exchangePosition, fill } from '../../support/builders.ts';
import { openPosition, PositionDriver } from '../../support/position-driver.ts';
import { at, holding, reading, shows } from './scene.ts';

describe('closed while offline', () => {
  it('scenario 79: the same size filled by another order is external, not the stop', () => {
    const position = openPosition().observe({ flat: true });
    position.weigh({ fills: [fill({ fillId: 'x', orderId: '8888', atMs: at(position) })] });
    expect(position.state.exitReason).toBe('EXCHANGE_CLOSED_RECONCILIATION');
    expect(tradeRow(position.state)).toMatchObject({ exitOrderId: '8888', closePrice: '109000' });
  });

  it('scenario 81: the stop closed half, by hand the other half: each is booked as what it is', () => {
    const position = openPosition({ quantity: '0.422' }).observe({ flat: true });
    position.weigh({
      fills: [
        fill({ fillId: 'x', orderId: '601', quantity: '0.211', price: '108000', atMs: at(position, 3_000) }),
        fill({ fillId: 'y', quantity: '0.211', price: '107000', atMs: at(position) }),
      ],
    });
    expect(position.intents('stop')[0]?.filledQuantity).toBe('0.211');
    expect(position.state.externals).toMatchObject([{ quantity: '-0.211', cause: 'manual' }]);
    expect(tradeRow(position.state)).toMatchObject({
      closePrice: '107500',
      exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
    });
  });

  it('scenario 85: the exit of an older position in the history changes nothing, however often it is shown', () => {
    const position = shows(holding('100'), '90');
    const old = fill({ fillId: 'old', quantity: '100', atMs: (position.state.firstSentAtMs ?? 0) - 1_500 });
    const history = [old, old, fill({ fillId: 'x', quantity: '10', atMs: at(position) })];
    position.weigh({
      reading: reading(position, '90'),
      fills: history,
      closed: [closedPosition({ exchangePositionId: 'older', quantity: '100' })],
    });
    expect([position.stage, openQuantity(position.state)]).toEqual(['open', '90']);
  });

  it('scenario 87: an unknown exit order is an external close at its real price', () => {
    const position = openPosition().observe({ flat: true });
    position.weigh({
      fills: [fill({ fillId: 'x', orderId: '4711', price: '109953.4', atMs: at(position) })],
    });
    expect(tradeRow(position.state)).toMatchObject({
      exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
      closePrice: '109953.4',
      figuresSource: 'fills',
    });
  });

  it('scenario 89: nothing but a cancelled entry is closed as never opened, with its row', () => {
    const position = new PositionDriver({ limitPrice: '109000' }).accept('entry', {
      filled: '0',
      status: 'cancelled',
    });
    expect(position.wanted()).toEqual(['readLeg flat']);
    position.readLeg('flat', { flat: true }).journal();
    expect(position.stage).toBe('closed');
    expect(position.rows).toMatchObject([{ exitReason: 'NEVER_OPENED', quantity: '0' }]);
  });

  it('scenario 91: an exit of unknown outcome is settled by its id before a smaller size means anything', () => {
    const position = openPosition()
      .command({ type: 'close', request: { quantity: '0.02' } })
      .lose('close');
    position.observe({ position: exchangePosition({ quantity: '0.03' }) });
    expect(position.wanted()).toEqual(['find close']);
    position.find('close', { orderId: '5', filled: '0.02' });
    expect([openQuantity(position.state), position.state.externals, position.state.suspicion]).toEqual([
      '0.03',
      [],
      null,
    ]);
  });
});
