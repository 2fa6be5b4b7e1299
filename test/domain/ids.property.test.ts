import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { clientOrderId, epochAt, legTag, parseClientOrderId } from '../../domain/ids.ts';

const leg = fc.record({
  account: fc.string({ minLength: 1 }),
  symbol: fc.string({ minLength: 1 }),
  leg: fc.constantFrom('long' as const, 'short' as const, 'net' as const),
});
const epoch = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2100, 0) }).map(epochAt);
const role = fc.constantFrom('entry' as const, 'stop' as const, 'target' as const, 'close' as const);
const number = fc.integer({ min: 1, max: 36 ** 4 - 1 });

describe('a client order id', () => {
  it('is 26 characters of a-z and 0-9, which every exchange takes and none changes', () => {
    fc.assert(
      fc.property(
        leg,
        epoch,
        role,
        number,
        (...parts) => void expect(clientOrderId(...parts)).toMatch(/^[a-z0-9]{26}$/),
      ),
    );
  });

  it('reads back as what it was made from, in capitals too', () => {
    fc.assert(
      fc.property(leg, epoch, role, number, (...parts) => {
        const read = { legTag: legTag(parts[0]), epoch: parts[1], role: parts[2], number: parts[3] };
        expect(parseClientOrderId(clientOrderId(...parts))).toEqual(read);
        expect(parseClientOrderId(clientOrderId(...parts).toUpperCase())).toEqual(read);
      }),
    );
  });

  it('is another one for every leg, epoch, role and number', () => {
    const legs = ['long', 'short', 'net'].flatMap((name) =>
      ['BTC', 'ETH', 'SOL'].map((base) => ({
        account: 'a',
        symbol: `${base}/USDT:USDT`,
        leg: name as 'net',
      })),
    ); // a leg name, above
    const ids = legs.flatMap((each) =>
      [1, 2, 36, 1_296].flatMap((count) =>
        (['entry', 'stop', 'target', 'close'] as const).map((name) =>
          clientOrderId(each, epochAt(1e12), name, count),
        ),
      ),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("of anybody else is nobody's", () => {
    fc.assert(fc.property(fc.string(), (text) => void expect(parseClientOrderId(text)).toBeUndefined()));
    expect(parseClientOrderId('hf0000000000000000000x0001')).toBeUndefined();
    expect(
      parseClientOrderId(
        `${clientOrderId({ account: 'a', symbol: 'b', leg: 'net' }, epochAt(1), 'stop', 1)}0`,
      ),
    ).toBeUndefined();
  });

  it('tells legs apart by a tag that does not change between versions', () => {
    expect(legTag({ account: 'paper', symbol: 'BTC/USDT:USDT', leg: 'net' })).toBe('qhm6re2w2k');
  });

  it('of later epochs sorts later', () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), (a, b) => void expect(epochAt(a) < epochAt(b)).toBe(a < b)));
  });
});
