import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eq, gt, isMultiple, mul, sum } from '../../domain/decimal.ts';
import { sharesOf } from '../../domain/shares.ts';

const LOT = '0.001';
const lots = (count: number): string => mul(LOT, String(count));
const parts = (...counts: number[]) =>
  counts.map((count, index) => ({ id: `t${index + 1}`, quantity: lots(count) }));
const quantities = (quantity: string, ...counts: number[]): string[] =>
  sharesOf(quantity, parts(...counts), LOT).map((share) => share.quantity);

describe('a quantity that was taken out of a position in parts', () => {
  it('scenario 83: is shared in proportion, in whole lots, the last part taking the remainder', () => {
    expect(quantities('0.01', 20, 20, 20)).toEqual(['0.003', '0.003', '0.004']);
  });

  it('never takes more out of a part than it has', () => {
    expect(quantities('0.003', 2, 1, 1)).toEqual(['0.001', '0.001', '0.001']);
  });

  it('empties every part when all is taken', () => {
    expect(quantities('0.06', 33, 17, 10)).toEqual(['0.033', '0.017', '0.01']);
  });

  it('leaves what is more than all parts have to the last one', () => {
    expect(quantities('0.004', 1, 1)).toEqual(['0.001', '0.003']);
  });

  it('always adds up, in lots, within what the parts have', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 4 }), fc.nat(200), (counts, asked) => {
        const held = counts.reduce((total, count) => total + count, 0);
        const quantity = Math.min(asked, held);
        const shares = sharesOf(lots(quantity), parts(...counts), LOT);
        expect(eq(sum(shares.map((share) => share.quantity)), lots(quantity))).toBe(true);
        expect(shares.every((share) => isMultiple(share.quantity, LOT))).toBe(true);
        expect(shares.some((share, index) => gt(share.quantity, lots(counts[index] ?? 0)))).toBe(false);
      }),
    );
  });
});
