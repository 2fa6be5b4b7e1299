import { fc } from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../activities/observe/deps.ts';
import {
  afterTelling,
  differences,
  LACKING_MS,
  SETTLING_MS,
  SIGHTING_GAP_MS,
  SIGHTINGS,
} from '../../../activities/observe/differences.ts';
import type { Told } from '../../../activities/observe/differences.ts';
import { ABSENT } from '../../../activities/observe/digest.ts';
import { readingsOf } from '../../../activities/observe/legs.ts';
import type { ProjectedLeg } from '../../../activities/observe/projected-leg.ts';
import type { AccountSnapshot, ExchangeOrder, ExchangePosition } from '../../../domain/exchange-truth.ts';
import { aPosition, anOrder } from '../../support/fake-exchange.ts';

const LONG = 'BTC/USDT:USDT long';
/** Of a position that has compared nothing yet. */
const ROW: ProjectedLeg = {
  symbol: 'BTC/USDT:USDT',
  leg: 'long',
  epoch: 'e1',
  rests: [],
  comparedAtMs: null,
  agrees: () => false,
};

/** A memory of tellings, and what a reading makes of it. */
function memory() {
  const told = new Map<string, Told>();
  let sequence = 0;
  let settling = Infinity;
  /** Reads, tells everything new, and answers with what was told: `leg digest-is-absent?`. */
  const read = (
    reading: {
      positions?: ExchangePosition[];
      orders?: ExchangeOrder[];
      rows?: ProjectedLeg[];
      atMs?: number;
    },
    answer: Delivery | 'failed' = 'delivered',
  ): string[] => {
    // One long after the other, if nothing else is said.
    const takenAtMs = reading.atMs ?? ++sequence * SETTLING_MS;
    const snapshot: AccountSnapshot = {
      sequence,
      takenAtMs,
      readAtMs: takenAtMs,
      complete: true,
      problems: [],
      positions: reading.positions ?? [],
      orders: reading.orders ?? [],
    };
    const { news, over, remember, settlingUntilMs } = differences(
      snapshot,
      readingsOf(snapshot) ?? new Map(),
      reading.rows ?? [],
      told,
    );
    settling = settlingUntilMs;
    for (const key of over) told.delete(key);
    for (const { key, told: known } of remember) told.set(key, known);
    if (answer !== 'failed')
      for (const item of news) told.set(item.key, afterTelling(told.get(item.key), item, answer));
    return news.map(({ key, digest }) => (digest === ABSENT ? `${key} absent` : key));
  };
  return { read, told, vain: () => told.get(LONG)?.vain ?? 0, settlingUntilMs: () => settling };
}

describe('after a start', () => {
  it('every leg is told that has a row, a position or an order, and no other', () => {
    const { read } = memory();
    const rows = [{ ...ROW, symbol: 'ROW/USDT:USDT' }];
    expect(
      read({ rows, positions: [aPosition()], orders: [anOrder({ symbol: 'ORDER/USDT:USDT' })] }).sort(),
    ).toEqual([LONG, 'ORDER/USDT:USDT long', 'ROW/USDT:USDT long absent']);
  });

  it('the two legs of one symbol are two', () => {
    const { read } = memory();
    expect(read({ positions: [aPosition(), aPosition({ leg: 'short', side: 'short' })] })).toHaveLength(2);
  });
});

describe('afterwards', () => {
  it('a leg is told when it differs, once', () => {
    const { read } = memory();
    const reading = { rows: [ROW], positions: [aPosition()], orders: [anOrder()] };
    read(reading);
    expect(read({ ...reading, positions: [aPosition({ markPrice: '1' })] })).toEqual([]);
    expect(read({ ...reading, orders: [] })).toEqual([LONG]);
    expect(read({ ...reading, orders: [] })).toEqual([]);
    expect(read(reading)).toEqual([LONG]);
  });

  it('a leg that lacks an order its position counts on is told again, though it looks as when it was told', () => {
    const { read } = memory();
    const position = { positions: [aPosition()], rows: [ROW] };
    const counting = { ...position, rows: [{ ...ROW, rests: ['stop'] }] };
    expect(read({ ...position, atMs: 1 })).toEqual([LONG]);
    expect(read({ ...counting, atMs: 1_000 })).toEqual([]);
    expect(read({ ...counting, orders: [], atMs: 999 + LACKING_MS })).toEqual([]);
    expect(read({ ...counting, atMs: 1_000 + LACKING_MS })).toEqual([LONG]);
    expect(read({ ...counting, atMs: 2_000 + 2 * LACKING_MS })).toEqual([]);
    expect(read({ ...counting, atMs: 100_000 })).toEqual([LONG]);
  });

  it('a leg whose order came late to the list is not told for it', () => {
    const { read } = memory();
    const counting = { positions: [aPosition()], rows: [{ ...ROW, rests: ['stop'] }] };
    const listed = { ...counting, orders: [anOrder({ orderId: 'stop' })] };
    read({ ...listed, atMs: 1 });
    expect(read({ ...counting, orders: [], atMs: 10_000 })).toEqual([LONG]);
    expect(read({ ...listed, atMs: 10_000 + SETTLING_MS })).toEqual([LONG]);
    expect(read({ ...listed, atMs: 100_000 })).toEqual([]);
  });

  describe('of which only the orders changed', () => {
    const first = { rows: [ROW], positions: [aPosition()], atMs: 10_000 };
    const stopped = { ...first, orders: [anOrder()] };
    const saying = (change: Partial<ProjectedLeg>) => ({
      ...stopped,
      rows: [{ ...ROW, agrees: ({ orders }) => orders.length === 1, ...change } satisfies ProjectedLeg],
    });

    it('right after a telling, is given a moment', () => {
      const { read, settlingUntilMs } = memory();
      read(first);
      expect(read({ ...stopped, atMs: 10_500 })).toEqual([]);
      expect(settlingUntilMs()).toBe(10_000 + SETTLING_MS);
      expect(read({ ...stopped, atMs: 10_000 + SETTLING_MS })).toEqual([LONG]);
      expect(settlingUntilMs()).toBe(Infinity);
    });

    it('is not told where its row says the same, nor before the same is otherwise', () => {
      const { read } = memory();
      read(first);
      expect(read({ ...saying({ comparedAtMs: 10_000 }), atMs: 10_500 })).toEqual([]);
      expect(read({ ...stopped, atMs: 60_000 })).toEqual([]);
      expect(read({ ...first, atMs: 70_000 })).toEqual([LONG]);
    });

    it('is told though its row says the same, if that is from before the last telling was heard', () => {
      const { read } = memory();
      read(first);
      expect(read({ ...saying({ comparedAtMs: 9_000 }), atMs: 10_000 + SETTLING_MS })).toEqual([LONG]);
    });

    it('is told at once where the position changed too', () => {
      const { read } = memory();
      read(first);
      const less = { ...saying({ comparedAtMs: 10_000 }), positions: [aPosition({ quantity: '9' })] };
      expect(read({ ...less, atMs: 10_500 })).toEqual([LONG]);
      expect(read({ ...less, positions: [], atMs: 11_000 })).toEqual([LONG]);
    });

    it('is told at once where nobody had heard of it, or another workflow had', () => {
      const unheard = memory();
      unheard.read(first, 'no_workflow');
      expect(unheard.read({ ...stopped, atMs: 10_500 })).toEqual([LONG]);
      const { read } = memory();
      read(first);
      expect(read({ ...saying({ epoch: 'e2', comparedAtMs: 10_000 }), atMs: 10_500 })).toEqual([LONG]);
    });
  });

  it('its absence is told once', () => {
    const { read } = memory();
    read({ rows: [ROW], positions: [aPosition()] });
    expect(read({ rows: [ROW] })).toEqual([`${LONG} absent`]);
    expect(read({ rows: [ROW] })).toEqual([]);
  });

  it('what could not be delivered is news until it is', () => {
    const { read } = memory();
    const reading = { rows: [ROW], positions: [aPosition()] };
    expect(read(reading, 'failed')).toEqual([LONG]);
    expect(read(reading, 'failed')).toEqual([LONG]);
    expect(read(reading)).toEqual([LONG]);
    expect(read(reading)).toEqual([]);
  });

  it('a new epoch is told although the leg looks the same', () => {
    const { read } = memory();
    read({ rows: [ROW] });
    expect(read({ rows: [{ ...ROW, epoch: 'e2' }] })).toEqual([`${LONG} absent`]);
    expect(read({ rows: [{ ...ROW, epoch: 'e2' }] })).toEqual([]);
  });

  it('a workflow that heard before its row was seen is not told again', () => {
    const { read } = memory();
    read({ positions: [aPosition()] });
    expect(read({ rows: [ROW], positions: [aPosition()] })).toEqual([]);
    expect(read({ rows: [{ ...ROW, epoch: 'e2' }], positions: [aPosition()] })).toEqual([LONG]);
  });

  it('a workflow that starts where nobody was is told', () => {
    const { read } = memory();
    read({ orders: [anOrder()] }, 'no_workflow');
    expect(read({ orders: [anOrder()] }, 'no_workflow')).toEqual([]);
    expect(read({ rows: [ROW], orders: [anOrder()] })).toEqual([LONG]);
  });

  it('a finished leg is forgotten', () => {
    const { read, told } = memory();
    read({ rows: [ROW], positions: [aPosition()] });
    read({ rows: [ROW] });
    expect(read({})).toEqual([]);
    expect(told.size).toBe(0);
  });
});

describe('a position without a workflow', () => {
  const reading = (atMs: number) => ({ positions: [aPosition()], atMs });

  it('is asked about again before it counts as unmanaged', () => {
    const { read, vain } = memory();
    read(reading(0), 'no_workflow');
    expect(vain()).toBeLessThan(SIGHTINGS);
    expect(read(reading(SIGHTING_GAP_MS - 1), 'no_workflow')).toEqual([]);
    expect(read(reading(SIGHTING_GAP_MS), 'no_workflow')).toEqual([LONG]);
    expect(vain()).toBe(SIGHTINGS);
    expect(read(reading(2 * SIGHTING_GAP_MS), 'no_workflow')).toEqual([]);
  });

  it('is not confirmed by a change a moment later', () => {
    const { read, vain } = memory();
    read(reading(0), 'no_workflow');
    read({ positions: [aPosition({ quantity: '9' })], atMs: 100 }, 'no_workflow');
    expect(vain()).toBe(1);
  });

  it('starts anew after it was gone, or looked after', () => {
    for (const between of [
      { atMs: SIGHTING_GAP_MS },
      { positions: [aPosition({ quantity: '9' })], atMs: SIGHTING_GAP_MS },
    ]) {
      const { read, vain } = memory();
      read(reading(0), 'no_workflow');
      read(between, 'delivered');
      read(reading(2 * SIGHTING_GAP_MS), 'no_workflow');
      expect(vain()).toBe(1);
    }
  });

  it('whose workflow was ended by force counts, whatever its row says', () => {
    const { read, vain } = memory();
    read({ ...reading(0), rows: [ROW] }, 'no_workflow');
    read({ ...reading(SIGHTING_GAP_MS), rows: [ROW] }, 'no_workflow');
    expect(vain()).toBe(SIGHTINGS);
  });
});

describe('a reading that contradicts itself', () => {
  it('is none: two rows cannot both be the position of a leg', () => {
    const snapshot = {
      sequence: 1,
      takenAtMs: 1,
      readAtMs: 1,
      complete: true,
      problems: [],
      positions: [aPosition(), aPosition({ quantity: '1' })],
      orders: [],
    };
    expect(readingsOf(snapshot)).toBeUndefined();
  });
});

describe('for any series of readings and failures', () => {
  const leg = fc.record({
    has: fc.boolean(),
    quantity: fc.constantFrom('1', '2'),
    order: fc.boolean(),
    row: fc.boolean(),
  });
  const step = fc.record({
    long: leg,
    short: leg,
    answer: fc.constantFrom('delivered' as const, 'failed' as const),
  });

  it('every leg ends up told of the last state, and a quiet account is told nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const { read, told } = memory();
        const inputs = steps.map((one) => ({
          positions: (['long', 'short'] as const).flatMap((name) =>
            one[name].has ? [aPosition({ leg: name, quantity: one[name].quantity })] : [],
          ),
          orders: (['long', 'short'] as const).flatMap((name) =>
            one[name].order ? [anOrder({ leg: name })] : [],
          ),
          rows: (['long', 'short'] as const).flatMap((name) =>
            one[name].row ? [{ ...ROW, leg: name }] : [],
          ),
        }));
        for (const [i, input] of inputs.entries()) read(input, steps[i]?.answer);
        const last = { ...inputs.at(-1), atMs: (steps.length + 2) * SETTLING_MS };
        read(last);
        expect(read(last)).toEqual([]);
        const fresh = memory();
        fresh.read(last);
        const digests = (memo: typeof told) =>
          [...memo]
            .filter(([, { digest }]) => digest !== ABSENT)
            .map(([key, { digest }]) => `${key} ${digest}`);
        expect(digests(told).sort()).toEqual(digests(fresh.told).sort());
      }),
      { numRuns: 300 },
    );
  });
});
