import { fc } from '../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { gte, lte } from '../../domain/decimal.ts';
import type { PriceLevel } from '../../domain/view.ts';
import { createPriceTriggers } from '../../exchanges/price-triggers.ts';
import type { Crossing, PriceTriggers } from '../../exchanges/price-triggers.ts';

const BTC = 'BTC/USDT:USDT';
const aLevel = (over: Partial<PriceLevel> = {}): PriceLevel => ({
  workflowId: 'position/main/BTC/USDT:USDT/long',
  symbol: BTC,
  levelId: 'stop-1',
  kind: 'stop',
  direction: 'down',
  price: '49000',
  workingType: 'CONTRACT_PRICE',
  generation: 1,
  ...over,
});
const GAP = { symbol: BTC, workingType: 'CONTRACT_PRICE', sinceMs: 5, atMs: 7 } as const;
const target = aLevel({ levelId: 'target-1', kind: 'target', direction: 'up', price: '51000' });
const ids = (crossings: readonly Crossing[]) => crossings.map(({ level }) => level.levelId);

function armed(...levels: PriceLevel[]): {
  index: PriceTriggers;
  last: (price: string, symbol?: string) => string[];
  mark: (price: string) => string[];
} {
  const index = createPriceTriggers();
  index.load(levels);
  return {
    index,
    last: (price, symbol = BTC) => ids(index.tick({ symbol, last: price, atMs: 7 })),
    mark: (price) => ids(index.tick({ symbol: BTC, mark: price, atMs: 7 })),
  };
}

describe('price triggers', () => {
  it('cross at the level itself, downwards and upwards', () => {
    const { last } = armed(aLevel(), target);
    expect(last('49000.1')).toEqual([]);
    expect(last('50999.9')).toEqual([]);
    expect(last('51000.0')).toEqual(['target-1']);
    expect(last('49000')).toEqual(['stop-1']);
  });

  it('tell the level, the price that reached it and its time', () => {
    const { index } = armed(aLevel());
    expect(index.tick({ symbol: BTC, last: '48000', atMs: 7 })).toEqual([
      { level: aLevel(), price: '48000', atMs: 7 },
    ]);
  });

  it('decide by every digit, where numbers would see no difference', () => {
    const { last } = armed(aLevel({ price: '49000.00000000000000000001' }), target);
    expect(last('49000.00000000000000000002')).toEqual([]);
    expect(last('49000.00000000000000000001')).toEqual(['stop-1']);
  });

  it('order levels by every digit, too: the nearest one is never hidden by one that looks the same', () => {
    const digits = ['3', '1', '2'];
    const { last } = armed(
      ...digits.map((digit) => aLevel({ levelId: digit, price: `49000.0000000000000000000${digit}` })),
    );
    expect(last('49000.00000000000000000002')).toEqual(['3', '2']);
  });

  it('tell a crossing once, until the level is armed anew', () => {
    const { index, last } = armed(aLevel());
    expect(last('48000')).toEqual(['stop-1']);
    expect(last('47000')).toEqual([]);
    index.load([aLevel()]);
    expect(last('47000')).toEqual([]);
    index.replace(aLevel().workflowId, [aLevel({ generation: 2 })]);
    expect(last('47000')).toEqual(['stop-1']);
  });

  it('are armed by another price, and not by an older generation that comes late', () => {
    const { index, last } = armed(aLevel({ generation: 2 }));
    index.replace(aLevel().workflowId, [aLevel({ price: '50000', generation: 1 })]);
    expect(last('49500')).toEqual([]);
    index.replace(aLevel().workflowId, [aLevel({ price: '49600', generation: 3 })]);
    expect(last('49500')).toEqual(['stop-1']);
  });

  it('forget what is not among the levels any more', () => {
    const { index, last } = armed(aLevel(), target, aLevel({ workflowId: 'other', levelId: 'other' }));
    index.replace(aLevel().workflowId, [target]);
    expect(last('1')).toEqual(['other']);
    index.load([]);
    expect(last('60000')).toEqual([]);
    expect([index.size(), index.symbols()]).toEqual([0, []]);
  });

  it('keep contract and mark price apart, and symbols', () => {
    const { last, mark } = armed(aLevel(), aLevel({ levelId: 'by mark', workingType: 'MARK_PRICE' }));
    expect(last('48000', 'ETH/USDT:USDT')).toEqual([]);
    expect(mark('48000')).toEqual(['by mark']);
    expect(last('48000')).toEqual(['stop-1']);
  });

  it('take both prices from one tick', () => {
    const { index } = armed(aLevel(), aLevel({ levelId: 'by mark', workingType: 'MARK_PRICE' }));
    expect(ids(index.tick({ symbol: BTC, last: '1', mark: '1', atMs: 7 }))).toEqual(['stop-1', 'by mark']);
  });

  it('compare the extremes of a gap', () => {
    const { index } = armed(aLevel(), target);
    expect(ids(index.gap({ ...GAP, high: '50999', low: '49001' }))).toEqual([]);
    expect(index.gap({ ...GAP, high: '51001', low: '48999' }).map(({ price }) => price)).toEqual([
      '51001',
      '48999',
    ]);
  });

  it('make nothing of a gap that began before a level was armed: the price may have been there earlier', () => {
    const { index, last } = armed(aLevel());
    index.replace('late', [aLevel({ workflowId: 'late', levelId: 'late', price: '49500' })], GAP.sinceMs + 1);
    expect(ids(index.gap({ ...GAP, high: '50000', low: '48000' }))).toEqual(['stop-1']);
    expect(last('49400')).toEqual(['late']);
  });

  it('are told again after a crossing that could not be delivered, unless the level is another by now', () => {
    const { index, last } = armed(aLevel());
    expect(last('48000')).toEqual(['stop-1']);
    index.rearm(aLevel());
    expect(last('49500')).toEqual([]);
    expect(last('48000')).toEqual(['stop-1']);
    index.replace(aLevel().workflowId, [aLevel({ price: '40000', generation: 2 })]);
    index.rearm(aLevel());
    expect(last('48000')).toEqual([]);
    expect(last('40000')).toEqual(['stop-1']);
  });

  it('name the prices that armed levels wait for', () => {
    const { index, last } = armed(aLevel(), aLevel({ levelId: 'by mark', workingType: 'MARK_PRICE' }));
    expect(index.watched()).toEqual([
      { symbol: BTC, workingType: 'CONTRACT_PRICE' },
      { symbol: BTC, workingType: 'MARK_PRICE' },
    ]);
    last('48000');
    expect(index.watched()).toEqual([{ symbol: BTC, workingType: 'MARK_PRICE' }]);
    expect(index.symbols()).toEqual([BTC]);
  });

  it('make nothing of a price that is none', () => {
    const { last } = armed(aLevel(), target);
    for (const price of ['', 'NaN', 'Infinity', '-Infinity', '4.9e3']) expect(last(price)).toEqual([]);
  });

  it('do not grow with levels that come and go', () => {
    const { index, last } = armed(target);
    for (let generation = 1; generation <= 2_000; generation++) {
      index.replace('mover', [
        aLevel({ workflowId: 'mover', levelId: 'trailing', price: String(40_000 + generation), generation }),
      ]);
    }
    expect(index.size()).toBe(2);
    expect(last('42000')).toEqual(['trailing']);
    expect(last('1')).toEqual([]);
  });

  it('pass over a million ticks that cross none of 100,000 levels within a second', () => {
    const levels = Array.from({ length: 50_000 }, (_, i) => `position ${i}`).flatMap((workflowId, i) => [
      aLevel({ workflowId, levelId: `${i} stop`, price: String(49_000 - i / 10) }),
      aLevel({ workflowId, levelId: `${i} target`, direction: 'up', price: String(51_000 + i / 10) }),
    ]);
    const { index } = armed(...levels);
    const ticks = Array.from({ length: 1_000 }, (_, i) => ({
      symbol: BTC,
      last: String(49_001 + i),
      atMs: i,
    }));
    const startMs = performance.now();
    for (let round = 0; round < 1_000; round++) for (const tick of ticks) index.tick(tick);
    // Measured over ten times faster; the bound leaves room for a busy machine.
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });
});

describe('price triggers against a model that looks at every level', () => {
  const price = fc.oneof(
    fc.integer({ min: 95, max: 105 }).map(String),
    fc.integer({ min: 1, max: 3 }).map((digit) => `100.0000000000000000000${digit}`),
  );
  const level = fc.record({
    levelId: fc.constantFrom('a', 'b', 'c', 'd'),
    direction: fc.constantFrom('up' as const, 'down' as const),
    price,
    workingType: fc.constantFrom('CONTRACT_PRICE' as const, 'MARK_PRICE' as const),
    generation: fc.integer({ min: 1, max: 5 }),
  });
  const workflowId = fc.constantFrom('X', 'Y', 'Z');
  const levels = fc.uniqueArray(level, { selector: ({ levelId }) => levelId, maxLength: 4 });
  const step = fc.oneof(
    fc.record({ do: fc.constant('replace' as const), workflowId, levels }),
    fc.record({
      do: fc.constant('load' as const),
      sets: fc.uniqueArray(fc.tuple(workflowId, levels), { selector: ([id]) => id, maxLength: 3 }),
    }),
    fc.record({
      do: fc.constant('tick' as const),
      last: price,
      mark: price,
      symbol: fc.constantFrom('X', 'Y'),
    }),
    fc.record({
      do: fc.constant('gap' as const),
      one: price,
      other: price,
      symbol: fc.constantFrom('X', 'Y'),
      workingType: fc.constantFrom('CONTRACT_PRICE' as const, 'MARK_PRICE' as const),
    }),
  );
  /** Position Z shares the symbol of Y. */
  const complete = (id: string, its: { levelId: string }[]) =>
    its.map((one) =>
      aLevel({ ...one, levelId: `${id}-${one.levelId}`, workflowId: id, symbol: id === 'X' ? 'X' : 'Y' }),
    );

  it('finds the same crossings, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const index = createPriceTriggers();
        const model = createModel();
        for (const it of steps) {
          if (it.do === 'replace')
            for (const one of [index, model]) one.replace(it.workflowId, complete(it.workflowId, it.levels));
          if (it.do === 'load')
            for (const one of [index, model]) one.load(it.sets.flatMap(([id, its]) => complete(id, its)));
          if (it.do === 'tick')
            expect(sorted(index.tick({ ...it, atMs: 1 }))).toEqual(sorted(model.tick(it)));
          if (it.do === 'gap') {
            const [high, low] = gte(it.one, it.other) ? [it.one, it.other] : [it.other, it.one];
            expect(sorted(index.gap({ ...it, high, low, sinceMs: 1, atMs: 1 }))).toEqual(
              sorted(model.gap({ ...it, high, low })),
            );
          }
          expect(index.size()).toBe(model.size());
        }
      }),
      { numRuns: 500 },
    );
  });
});

const sorted = (crossings: readonly Crossing[]) => ids(crossings).toSorted();

/** The same rules, written down without any index. */
function createModel() {
  let known: { level: PriceLevel; delivered: boolean }[] = [];
  const replace = (workflowId: string, levels: readonly PriceLevel[]) => {
    const before = known.filter(({ level }) => level.workflowId === workflowId);
    const after = levels.map((level) => {
      const same = before.find((one) => one.level.levelId === level.levelId);
      const isNew =
        !same ||
        level.generation > same.level.generation ||
        (level.generation === same.level.generation && JSON.stringify(level) !== JSON.stringify(same.level));
      return isNew ? { level, delivered: false } : same;
    });
    known = [...known.filter(({ level }) => level.workflowId !== workflowId), ...after];
  };
  const deliver = (isReached: (level: PriceLevel) => boolean): Crossing[] =>
    known
      .filter((one) => !one.delivered && isReached(one.level))
      .map((one) => {
        one.delivered = true;
        return { level: one.level, price: '', atMs: 1 };
      });
  return {
    replace,
    load: (levels: readonly PriceLevel[]) => {
      for (const workflowId of ['X', 'Y', 'Z'])
        replace(
          workflowId,
          levels.filter((level) => level.workflowId === workflowId),
        );
    },
    tick: ({ symbol, last, mark }: { symbol: string; last: string; mark: string }) =>
      deliver((level) => {
        const seen = level.workingType === 'MARK_PRICE' ? mark : last;
        return (
          level.symbol === symbol &&
          (level.direction === 'up' ? gte(seen, level.price) : lte(seen, level.price))
        );
      }),
    gap: ({
      symbol,
      workingType,
      high,
      low,
    }: {
      symbol: string;
      workingType: string;
      high: string;
      low: string;
    }) =>
      deliver(
        (level) =>
          level.symbol === symbol &&
          level.workingType === workingType &&
          (level.direction === 'up' ? gte(high, level.price) : lte(low, level.price)),
      ),
    size: () => known.length,
  };
}
