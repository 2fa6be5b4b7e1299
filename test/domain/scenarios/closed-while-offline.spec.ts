import { describe, expect, it } from 'vitest';
import { openQuantity } from '../../../domain/position/quantities.ts';
import { tradeRow } from '../../../domain/position/trade.ts';
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

  it('scenario 80: the same size, forced by the exchange, is what the exchange calls it', () => {
    const forced = (how: 'liquidation' | 'adl') => {
      const position = openPosition().observe({ flat: true });
      const last = fill({ fillId: 'x', orderId: '8888', atMs: at(position), forced: how });
      return position.weigh({ fills: [last] }).state.exitReason;
    };
    expect([forced('liquidation'), forced('adl')]).toEqual(['LIQUIDATION', 'ADL']);
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

  it('scenario 82: the target closed a part, the exchange deleveraged the rest: each is booked as what it is', () => {
    const position = openPosition({ quantity: '0.422' }).observe({ flat: true });
    const [took, left] = [at(position, 3_000), at(position)];
    position.weigh({
      fills: [
        fill({ fillId: 'x', orderId: '701', quantity: '0.2', price: '110000', atMs: took }),
        fill({ fillId: 'y', quantity: '0.222', price: '109000', atMs: left, forced: 'adl' }),
      ],
    });
    expect(position.intents('target')[0]?.filledQuantity).toBe('0.2');
    expect([position.state.exitReason, openQuantity(position.state)]).toEqual(['ADL', '0']);
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

  it('scenario 86: a closed row of an earlier life under the same id closes nothing', () => {
    const position = openPosition().observe({ flat: true });
    const earlier = at(position, 3_600_000);
    position.weigh({ closed: [closedPosition({ openedAtMs: earlier, closedAtMs: earlier + 60_000 })] });
    expect([position.stage, openQuantity(position.state)]).toEqual(['open', '0.05']);
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

  it('scenario 88: a close whose price nobody knows is written without one, never with a guess', () => {
    const position = openPosition({ positionIds: false }).observe({ flat: true, orders: [] });
    for (let asks = 0; asks < 40 && position.state.exitReason === null; asks++) {
      for (const role of ['stop', 'target'] as const)
        if (position.wanted().includes(`find ${role}`))
          position.find(role, { filled: '0', status: 'cancelled' });
      if (position.wanted().includes('place stop')) position.refuse('stop', 'no_position');
      if (position.wanted().includes('place close')) position.refuse('close', 'no_position');
      if (position.wanted().includes('readEvidence'))
        position.weigh({ reading: position.reading({ flat: true, orders: [] }) });
      position.wait(4_000);
    }
    expect(tradeRow(position.state)).toMatchObject({
      exitReason: 'EXCHANGE_CLOSED_RECONCILIATION',
      closePrice: null,
      realizedPnl: null,
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

  it('scenario 90: nothing but a refused entry is closed as never opened, with its row', () => {
    const position = new PositionDriver().refuse('entry', 'insufficient_funds');
    if (position.wanted().includes('readLeg flat')) position.readLeg('flat', { flat: true });
    position.journal();
    expect([position.stage, position.rows.length]).toEqual(['closed', 1]);
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

  it('scenario 92: an exit of unknown outcome that never arrived goes out again, the very same', () => {
    const position = openPosition()
      .command({ type: 'close', request: { quantity: '0.02' } })
      .lose('close');
    position.wait(6_000).find('close', 'none').wait(500).find('close', 'none');
    expect(position.wanted()).toEqual(['place close']);
    expect(position.accept('close', { filled: '0.02' }).intents('close')).toHaveLength(1);
  });
});
