/** Entries that show a part of themselves, slice after slice. */
import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { checkMarket } from '../../domain/account/open-request.ts';
import { gte, isMultiple, lt, sum } from '../../domain/decimal.ts';
import { view } from '../../domain/position/describe.ts';
import type { PositionStart } from '../../domain/position/position.ts';
import { openQuantity } from '../../domain/position/quantities.ts';
import { nextSlice } from '../../domain/position/slices.ts';
import { BTC, entryFacts } from '../support/builders.ts';
import { fills, reach, restingStops, stopFollows } from '../support/moving.ts';
import { PositionDriver } from '../support/position-driver.ts';

const iceberg = (change: Partial<PositionStart> = {}): PositionDriver =>
  new PositionDriver({
    quantity: '0.05',
    visibleQuantity: '0.02',
    limitPrice: '109000',
    takeProfit: null,
    positionIds: false,
    ...change,
  });

const quantities = (position: PositionDriver): string[] =>
  position.intents('entry').map(({ request }) => request.quantity);

/** The slice that rests fills, and what has filled is covered. */
function sliceFills(position: PositionDriver): PositionDriver {
  fills(position, position.intent('entry'));
  return stopFollows(position);
}

describe('an iceberg entry', () => {
  it('sends one slice after the other until all of it has filled, and covers each', () => {
    const position = iceberg();
    position.accept('entry');
    expect(quantities(position)).toEqual(['0.02']);
    sliceFills(position);
    expect(quantities(position)).toEqual(['0.02', '0.02']);
    position.accept('entry');
    sliceFills(position).accept('entry');
    expect(quantities(position)).toEqual(['0.02', '0.02', '0.01']);
    expect(view(position.state, 'w', position.now).tranches[0]?.toEnter).toBe('0.01');
    sliceFills(position);
    expect(openQuantity(position.state)).toBe('0.05');
    expect(position.intent('stop').request.quantity).toBe('0.05');
    expect(position.state.tranches[0]?.iceberg).toBeUndefined();
    expect(position.wanted()).not.toContain('place entry');
    expect(position.intents('entry').every(({ request }) => request.price === '109000')).toBe(true);
  });

  it('sends no slice while what has filled is not covered', () => {
    const position = iceberg().accept('entry');
    fills(position, position.intent('entry'));
    expect(position.wanted()).toEqual(['place stop']);
    position.refuse('stop', 'other');
    expect(quantities(position)).toEqual(['0.02']);
    position.wait(1_000).accept('stop');
    expect(position.wanted()).toContain('place entry');
  });

  it('waits for a slice that has filled in part', () => {
    const position = iceberg().accept('entry');
    fills(position, position.intent('entry'), '0.015');
    stopFollows(position);
    expect(restingStops(position)).toEqual(['108000']);
    expect(quantities(position)).toEqual(['0.02']);
  });

  it.each(['cancelled', 'expired', 'rejected'] as const)('ends where a slice is %s', (status) => {
    const position = iceberg().accept('entry');
    sliceFills(position).accept('entry');
    position.command({ type: 'entryFill', request: {} });
    position.find('entry', { filled: '0', status });
    expect(position.state.tranches[0]?.iceberg).toBeUndefined();
    expect(quantities(position)).toEqual(['0.02', '0.02']);
    expect(openQuantity(position.state)).toBe('0.02');
    expect(position.stage).toBe('open');
  });

  it('ends where a slice is refused', () => {
    const position = iceberg().accept('entry');
    sliceFills(position).refuse('entry', 'insufficient_funds');
    expect(position.finding('entry_refused')).toContain('insufficient_funds');
    expect(position.recorded).toContainEqual(
      expect.objectContaining({ type: 'IcebergEnded', why: 'a slice of it was refused' }),
    );
    expect(position.stage).toBe('open');
  });

  it('never opened where its first slice does not come about', () => {
    const position = iceberg();
    position.refuse('entry', 'insufficient_funds');
    expect(position.state.exitReason).toBe('NEVER_OPENED');
  });

  it('ends with a close, which takes back the slice that rests', () => {
    const position = iceberg().accept('entry');
    sliceFills(position).accept('entry');
    position.command({ type: 'close', request: {} });
    expect(position.state.tranches[0]?.iceberg).toBeUndefined();
    expect(position.wanted()).toEqual(expect.arrayContaining(['cancel entry', 'place close']));
  });

  it('ends when somebody takes it back; what has filled stays as it is', () => {
    const position = iceberg().accept('entry');
    sliceFills(position).accept('entry');
    position.command({ type: 'cancelOrders', request: { roles: ['entry'] } });
    position.cancel('entry', 'cancelled', { filled: '0', status: 'cancelled' });
    expect(position.state.tranches[0]?.iceberg).toBeUndefined();
    expect(position.stage).toBe('open');
    expect(quantities(position)).toEqual(['0.02', '0.02']);
  });

  it('ends when its stop closes it between two slices', () => {
    const position = iceberg().accept('entry');
    sliceFills(position);
    fills(position, position.intent('stop'));
    expect(position.stage).toBe('settling');
    expect(position.state.tranches[0]?.iceberg).toBeUndefined();
    expect(position.wanted()).toContain('drop entry');
  });

  it('goes on from its state alone: nothing is lost or doubled between two slices', () => {
    const position = iceberg().accept('entry');
    fills(position, position.intent('entry'));
    position.state = JSON.parse(JSON.stringify(position.state));
    position.accept('stop');
    position.state = JSON.parse(JSON.stringify(position.state));
    position.apply([]);
    expect(quantities(position)).toEqual(['0.02', '0.02']);
  });

  it('closes at once where the price is through the stop: no slice follows', () => {
    const position = iceberg().accept('entry');
    fills(position, position.intent('entry'));
    position.refuse('stop', 'would_trigger');
    expect(position.stage).toBe('closing');
    expect(position.wanted()).toEqual(['place close']);
  });

  it('trails with what has filled so far', () => {
    const position = iceberg({ stopLoss: null, trailing: { distance: { percent: '1' } } }).accept('entry');
    sliceFills(position).accept('entry');
    stopFollows(reach(position, 'trail', '110000'));
    sliceFills(position);
    expect(restingStops(position)).toEqual(['108900']);
    expect(position.intent('stop').request.quantity).toBe('0.04');
  });
});

const units = (count: number): string => (count / 10_000).toFixed(4);

it('slices add up to the whole, each a multiple of the lot and none under the minimum', () => {
  const amounts = fc.integer({ min: 10, max: 5_000 });
  fc.assert(
    fc.property(amounts, amounts, fc.integer({ min: 1, max: 10 }), (a, b, minimum) => {
      const [visible, total] = [units(Math.min(a, b)), units(Math.max(a, b))];
      const rules = { ...BTC, minQuantity: units(minimum), minNotional: '5' };
      const slices: string[] = [];
      while (lt(sum(slices), total))
        slices.push(nextSlice({ total, visible, limitPrice: '100000' }, sum(slices), rules));
      expect(sum(slices)).toBe(sum([total]));
      expect(slices.every((slice) => isMultiple(slice, BTC.lotSize) && gte(slice, rules.minQuantity))).toBe(
        true,
      );
      expect(slices.slice(0, -1).every((slice) => sum([slice]) === sum([visible]))).toBe(true);
    }),
  );
});

describe('what an entry may show', () => {
  const entry = { symbol: BTC.symbol, side: 'long', quantity: '0.05', limitPrice: '109000' } as const;
  const check = (change: object) => checkMarket({ ...entry, ...change }, entryFacts());

  it.each([
    [{ visibleQuantity: '0.06' }, 'over_maximum', 'visibleQuantity 0.06 is over the quantity 0.05'],
    [
      { visibleQuantity: '0.00001' },
      'under_minimum',
      'visibleQuantity 0.00001 is under the minimum of BTC/USDT:USDT: 0.0001',
    ],
    [
      { visibleQuantity: '0.02005' },
      'off_lot',
      'visibleQuantity 0.02005 is not a multiple of the lot 0.0001: nearest is 0.0201',
    ],
    [
      { visibleQuantity: '0' },
      'bad_request',
      'visibleQuantity must be a positive decimal string such as "0.05", not "0"',
    ],
  ])('%j is refused', (change, code, text) => expect(check(change)).toEqual({ code, text }));

  it('nothing of an entry at market', () => {
    const { limitPrice: _none, ...market } = entry;
    expect(checkMarket({ ...market, visibleQuantity: '0.01' }, entryFacts())).toEqual({
      code: 'bad_request',
      text: 'visibleQuantity needs a limitPrice: an entry at market shows nothing',
    });
  });

  it('a part, or all of it', () => {
    expect(check({ visibleQuantity: '0.01' })).toBeNull();
    expect(check({ visibleQuantity: '0.05' })).toBeNull();
  });
});
