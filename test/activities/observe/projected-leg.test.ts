/** When the row of a position and a reading of its leg leave nothing open. */
import { describe, expect, it } from 'vitest';
import { projectedLeg } from '../../../activities/observe/projected-leg.ts';
import { view } from '../../../domain/position/describe.ts';
import type { ExchangeOrder } from '../../../domain/exchange-truth.ts';
import { exchangePosition, foreignOrder } from '../../support/builders.ts';
import { openPosition } from '../../support/position-driver.ts';

const LEVELS = [
  { id: '1', at: { price: '110500' }, share: '40' },
  { id: '2', at: { price: '111000' }, share: '60' },
];

/** Open, with stop and target resting, and everything as the exchange shows it. */
function agreed(start: Parameters<typeof openPosition>[0] = {}) {
  const position = openPosition(start);
  while (position.wanted().includes('place target')) position.accept('target');
  const orders = [...position.intents('stop'), ...position.intents('target')].map((intent) =>
    position.order(intent, intent.orderId ?? ''),
  );
  const row = projectedLeg(view(position.state, 'w', position.now));
  return { position, row, truth: { position: exchangePosition(), orders } };
}

describe('the row of a position agrees', () => {
  it('with a reading that says the same of its position, its stop and its target', () => {
    const { row, truth, position } = agreed();
    expect(truth.orders).toHaveLength(2);
    expect(row.agrees(truth)).toBe(true);
    expect(row.rests).toEqual(truth.orders.map(({ orderId }) => orderId));
    expect(row.comparedAtMs).toBe(position.state.lastSnapshotAtMs);
  });

  it('with each of several targets', () => {
    const { row, truth } = agreed({ takeProfit: null, targets: LEVELS });
    expect(truth.orders).toHaveLength(3);
    expect(row.agrees(truth)).toBe(true);
  });

  it.each([
    ['less', { quantity: '0.04' }],
    ['another average', { entryPrice: '109206.9' }],
    ['the other side', { side: 'short' as const }],
    ['another position', { exchangePositionId: '1' }],
  ])('not with %s', (_name, change) => {
    const { row, truth } = agreed();
    expect(row.agrees({ ...truth, position: exchangePosition(change) })).toBe(false);
  });

  const altered: [string, (order: ExchangeOrder) => ExchangeOrder[]][] = [
    ['that is gone', () => []],
    ['of another size', (order) => [{ ...order, quantity: '0.01' }]],
    ['at another price', (order) => [{ ...order, triggerPrice: '100000' }]],
    ['that has filled in part', (order) => [{ ...order, filledQuantity: '0.01' }]],
    ['beside another', (order) => [order, foreignOrder()]],
    ['in place of another', (order) => [{ ...order, orderId: 'another' }]],
  ];
  it.each(altered)('not with an order %s', (_name, change) => {
    const { row, truth } = agreed();
    for (const chosen of truth.orders) {
      const orders = truth.orders.flatMap((order) => (order === chosen ? change(order) : [order]));
      expect(row.agrees({ ...truth, orders })).toBe(false);
    }
  });

  it('not with nothing', () => {
    expect(agreed().row.agrees({ orders: [] })).toBe(false);
  });

  it('not while an order of its own is on its way', () => {
    const { position, truth } = agreed();
    position.command({ type: 'setProtection', request: { stopLoss: { price: '108500' } } });
    expect(projectedLeg(view(position.state, 'w', position.now)).agrees(truth)).toBe(false);
  });
});
