import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { eq, gt, isMultiple, mul, sum } from '../../domain/decimal.ts';
import { initialState } from '../../domain/position/initial-state.ts';
import type { PositionState } from '../../domain/position/position.ts';
import { sharesOf } from '../../domain/position/shares.ts';
import { BTC, start, T0 } from '../support/builders.ts';

const lots = (count: number): string => mul(BTC.lotSize, String(count));

/** A position whose parts hold so many lots. */
function holding(...counts: number[]): PositionState {
  const state = initialState(start(), T0);
  return {
    ...state,
    tranches: counts.map((_, index) => ({ id: `t${index + 1}`, stopLoss: null, takeProfit: null })),
    externals: counts.map((count, index) => ({
      fillId: `f${index}`,
      orderId: null,
      trancheId: `t${index + 1}`,
      quantity: lots(count),
      price: null,
      fee: null,
      atMs: 1,
      cause: 'manual',
    })),
  };
}

const sharedOut = (count: number, ...counts: number[]): string[] =>
  sharesOf(holding(...counts), lots(count), null).map(
    ({ trancheId, quantity }) => `${trancheId} ${quantity}`,
  );

describe('a quantity that was taken out of a position in parts', () => {
  it('scenario 83: is shared in proportion, in whole lots that add up', () => {
    const shares = sharesOf(holding(20, 20, 20), lots(10), null);
    expect(sum(shares.map(({ quantity }) => quantity))).toBe(lots(10));
    expect(shares.every(({ quantity }) => isMultiple(quantity, BTC.lotSize))).toBe(true);
  });

  it('never takes more out of a part than it has', () => {
    expect(sharedOut(3, 1, 1, 1)).toEqual(['t1 0.0001', 't2 0.0001', 't3 0.0001']);
  });

  it('empties every part when all is taken', () => {
    expect(sharedOut(60, 33, 17, 10)).toEqual(['t1 0.0033', 't2 0.0017', 't3 0.001']);
  });

  it('always adds up, in lots, within what the parts have', () => {
    const counts = fc.array(fc.nat(50), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(counts, fc.nat(200), (held, asked) => {
        const count = Math.min(
          asked,
          held.reduce((total, each) => total + each, 0),
        );
        const shares = sharesOf(holding(...held), lots(count), null);
        expect(eq(sum(shares.map(({ quantity }) => quantity)), lots(count))).toBe(true);
        for (const { trancheId, quantity } of shares) {
          expect(isMultiple(quantity, BTC.lotSize)).toBe(true);
          expect(gt(quantity, lots(held[Number(trancheId.slice(1)) - 1] ?? 0))).toBe(false);
        }
      }),
    );
  });
});
