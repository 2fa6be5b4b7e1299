import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import {
  abs,
  add,
  compare,
  div,
  eq,
  gte,
  isDecimal,
  isMultiple,
  lte,
  mul,
  parseDecimal,
  roundToStep,
  sub,
  sum,
  toPlaces,
} from '../../domain/decimal.ts';

/** What exchanges send: up to 12 digits before the point and 10 after it, either sign. */
const decimal = fc
  .tuple(fc.boolean(), fc.bigInt(0n, 10n ** 12n), fc.nat(10), fc.bigInt(0n, 10n ** 10n - 1n))
  .map(([negative, whole, places, part]) => {
    const text =
      places === 0 ? `${whole}` : `${whole}.${String(part).padStart(places, '0').slice(0, places)}`;
    return add(negative ? `-${text}` : text, '0');
  });
const step = fc.constantFrom('1', '0.1', '0.5', '0.0001', '0.03', '10', '0.00000001');

describe('decimals', () => {
  it('are plain strings again after every operation, and lose nothing', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        expect([add(a, b), sub(a, b), mul(a, b), abs(a)].every(isDecimal)).toBe(true);
        expect(sub(add(a, b), b)).toBe(a);
        expect(sum([a, b])).toBe(add(b, a));
        expect(compare(a, b)).toBe(-compare(b, a) + 0);
      }),
    );
  });

  it('never write an exponent, a minus zero or a trailing zero', () => {
    expect(mul('0.00000001', '0.00000001')).toBe('0.0000000000000001');
    expect(mul('-1', '0')).toBe('0');
    expect(add('0.10', '0.20')).toBe('0.3');
    expect(mul('100000000000', '100000000000')).toBe('10000000000000000000000');
  });

  it('divide to thirty places and not by zero', () => {
    expect(div('1', '3')).toBe(`0.${'3'.repeat(30)}`);
    expect(() => div('1', '0')).toThrow();
  });

  it('round to a step: on the step, less than one away, and in the direction that was named', () => {
    fc.assert(
      fc.property(decimal, step, (value, size) => {
        const [down, up, nearest] = (['down', 'up', 'nearest'] as const).map((rounding) =>
          roundToStep(value, size, rounding),
        );
        if (down === undefined || up === undefined || nearest === undefined)
          throw new Error('three roundings');
        for (const rounded of [down, up, nearest]) {
          expect(isMultiple(rounded, size)).toBe(true);
          expect(compare(abs(sub(rounded, value)), size)).toBe(-1);
        }
        expect(lte(abs(down), abs(value)) && gte(abs(up), abs(value))).toBe(true);
        expect([down, up]).toContain(nearest);
        if (isMultiple(value, size)) expect([down, up, nearest].every((each) => eq(each, value))).toBe(true);
      }),
    );
  });

  it("round half away from zero, for people's eyes", () => {
    expect([toPlaces('1.005', 2), toPlaces('-1.005', 2), toPlaces('2', 2)]).toEqual(['1.01', '-1.01', '2']);
  });

  it('refuse floats, so that none slips into a sum', () => {
    // Not a decimal on purpose.
    expect(() => add(0.1 as unknown as string, '1')).toThrow();
  });
});

describe('reading what a wire delivered', () => {
  it.each([
    ['109206.8', '109206.8'],
    ['1e-7', '0.0000001'],
    ['1E3', '1000'],
    ['+5', '5'],
    [' 7 ', '7'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['007', '7'],
    ['5.', '5'],
    [0.1, '0.1'],
    [1e21, '1000000000000000000000'],
    [-0, '0'],
    ['-0', '0'],
  ])('%j is %s', (wire, read) => expect(parseDecimal(wire)).toBe(read));

  it.each([
    '',
    ' ',
    'abc',
    '1,000',
    '0x10',
    '1e9999',
    'NaN',
    'Infinity',
    null,
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    {},
    [],
    '1 2',
    '--1',
  ])('%j is no number', (wire) => expect(parseDecimal(wire)).toBeUndefined());

  it('never throws, and gives only what the rest of this file takes', () => {
    fc.assert(
      fc.property(fc.anything(), (wire) => {
        const read = parseDecimal(wire);
        expect(read === undefined || isDecimal(read)).toBe(true);
      }),
    );
    fc.assert(fc.property(fc.string(), (wire) => void parseDecimal(wire)));
  });
});
