/** Somebody's next position on the leg, where positions have no ids: never taken for ours, never closed. */
import { describe, expect, it } from 'vitest';
import { isSuccessor } from '../../domain/reconcile/successor.ts';
import type { Fill } from '../../domain/exchange-truth.ts';
import { exchangePosition, fill, gateway, T0 } from '../support/builders.ts';
import { PositionDriver } from '../support/position-driver.ts';

const ENTRY = '1981288264506753024';

/** A long of 0.05 that somebody closed by hand. */
function closedByHand(): { position: PositionDriver; fills: Fill[] } {
  const position = new PositionDriver({ positionIds: false });
  position.accept('entry', { orderId: ENTRY, filled: '0.05' });
  position.accept('stop', { orderId: '601' }).accept('target', { orderId: '701' });
  const at = (seconds: number) => gateway(T0) + seconds * 1_000;
  const fills = [
    fill({ fillId: 'f1', orderId: ENTRY, side: 'buy', atMs: at(0) }),
    fill({ fillId: 'f2', orderId: 'hand1', side: 'sell', atMs: at(1) }),
  ];
  return { position, fills };
}

const reopened = (fills: Fill[], quantity: string, orderId = 'hand2'): Fill[] => [
  ...fills,
  fill({ fillId: 'f3', orderId, side: 'buy', quantity, atMs: gateway(T0) + 2_000 }),
];

const listed = (quantity: string) => exchangePosition({ quantity, entryPrice: '109000' });

describe("somebody's next position on the leg", () => {
  const { position, fills } = closedByHand();
  position.wait(6_000).observe({ flat: true }).weigh({ fills });

  it('is what executions leave after ours had closed', () => {
    expect(position.stage).toBe('settling');
    expect(isSuccessor(position.state, reopened(fills, '0.02'), listed('0.02'))).toBe(true);
  });

  it('is not what the executions do not add up to', () => {
    expect(isSuccessor(position.state, reopened(fills, '0.02'), listed('0.03'))).toBe(false);
  });

  it('is not what an own order had a part in', () => {
    expect(isSuccessor(position.state, reopened(fills, '0.02', ENTRY), listed('0.02'))).toBe(false);
  });

  it('is not looked for while ours is open', () => {
    const open = closedByHand();
    expect(isSuccessor(open.position.state, reopened(open.fills, '0.02'), listed('0.02'))).toBe(false);
  });

  it('is left alone, however long the list shows it', () => {
    for (let reading = 0; reading < 12; reading += 1) {
      const seen = { position: listed('0.02') };
      position.wait(5_000).observe(seen);
      if (position.wanted().includes('readEvidence'))
        position.weigh({ reading: position.reading(seen), fills: reopened(fills, '0.02') });
    }
    expect(position.intents('close')).toEqual([]);
    expect(position.state.externals.map(({ cause }) => cause)).toEqual(['manual']);
  });
});
