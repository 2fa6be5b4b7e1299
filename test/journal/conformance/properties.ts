import { fc } from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import type { PositionPublication, TradeKey, TradeRow } from '../../../journal/journal.ts';
import { aFill, aKey, aPublication, aTrade, anEvent } from '../records.ts';
import type { Bench } from '../conformance.ts';

const RUNS = 25;

const publications: fc.Arbitrary<PositionPublication[]> = fc
  .array(
    fc.record({
      epoch: fc.integer({ min: 1, max: 3 }),
      events: fc.nat(3),
      gone: fc.boolean(),
      levels: fc.nat(2),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((steps) => steps.map(publicationOf));

function publicationOf(
  step: { epoch: number; events: number; gone: boolean; levels: number },
  index: number,
): PositionPublication {
  const key = aKey({ epoch: `00000000${step.epoch}` });
  const numbers = Array.from({ length: step.events }, (_, i) => index * 10 + i);
  const levels = aPublication(index, { key }).levels.slice(0, step.levels);
  return {
    ...aPublication(index, { key, levels: step.gone ? [] : levels }),
    ...(step.gone ? { view: null } : {}),
    events: numbers.map((number) => anEvent(number, key)),
    fills: numbers.map((number) => aFill(`f${number}`, key)),
  };
}

const maybe = fc.boolean();
const SAYS: Record<TradeRow['figuresSource'], string | null> = { exchange: '3', fills: '2', unknown: null };
const figure = (source: TradeRow['figuresSource'], known: boolean): string | null =>
  known ? SAYS[source] : null;
/** Each source tells the same figure whenever it tells it: what is left open differs. */
const tellings: fc.Arbitrary<TradeRow[]> = fc.array(
  fc
    .record({
      source: fc.constantFrom('exchange', 'fills', 'unknown'),
      net: maybe,
      fees: maybe,
      close: maybe,
    })
    .map(({ source, net, fees, close }) =>
      aTrade({
        netPnl: figure(source, net),
        fees: figure(source, fees),
        closePrice: figure(source, close),
        figuresSource: source,
      }),
    ),
  { minLength: 1, maxLength: 7 },
);

export function describeProperties(bench: Bench): void {
  describe('for any history', () => {
    let run = 0;
    /** Each try has accounts of its own, so that one journal serves them all. */
    const fresh = () => `try-${++run}`;

    it('writing everything again, in any order, changes nothing', async () => {
      const journal = await bench.journal();
      const state = async (account: string) => ({
        positions: await journal.positions(account),
        levels: await journal.levels(account),
        facts: await Promise.all(
          keysOf(account).map(async (key) => [await journal.events(key), await journal.fills(key)]),
        ),
      });
      await fc.assert(
        fc.asyncProperty(publications.chain(shuffles), async ([order, other]) => {
          const [first, second] = [fresh(), fresh()];
          for (const publication of order) await journal.publish(inAccount(publication, first));
          const once = await state(first);
          for (const publication of other) await journal.publish(inAccount(publication, first));
          expect(await state(first)).toEqual(once);
          for (const publication of other) await journal.publish(inAccount(publication, second));
          expect(renamed(await state(second), second, first)).toEqual(once);
        }),
        { numRuns: RUNS },
      );
    });

    it('a trade ends up the same, in whatever order and however often it is told', async () => {
      const journal = await bench.journal();
      await fc.assert(
        fc.asyncProperty(tellings.chain(shuffles), async ([order, other]) => {
          const [first, second] = [fresh(), fresh()];
          for (const row of order) await journal.writeTrade({ ...row, account: first });
          for (const row of [...other, ...order]) await journal.writeTrade({ ...row, account: second });
          const [one, two] = [
            await journal.trades({ account: first }),
            await journal.trades({ account: second }),
          ];
          expect(one).toHaveLength(1);
          expect(renamed(two, second, first)).toEqual(one);
          for (const name of ['netPnl', 'fees', 'closePrice'] as const)
            expect(one[0]?.[name]).toBe(best(order, name));
        }),
        { numRuns: RUNS },
      );
    });
  });
}

const shuffles = <T>(items: T[]): fc.Arbitrary<[T[], T[]]> =>
  fc
    .shuffledSubarray(items, { minLength: items.length, maxLength: items.length })
    .map((other): [T[], T[]] => [items, other]);

const keysOf = (account: string): TradeKey[] =>
  ['1', '2', '3'].map((epoch) => aKey({ account, epoch: `00000000${epoch}` }));

function inAccount(publication: PositionPublication, account: string): PositionPublication {
  return renamed(publication, 'main', account);
}

/** The same record told of another account: its name is a word of its own wherever it stands. */
function renamed<T>(value: T, from: string, to: string): T {
  // A copy by JSON has the shape of what was copied: records are plain JSON.
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll(`"${from}"`, `"${to}"`)
      .replaceAll(`position/${from}/`, `position/${to}/`),
  ) as T;
}

const best = (rows: readonly TradeRow[], name: 'netPnl' | 'fees' | 'closePrice'): string | null =>
  rows
    .map((row) => row[name])
    .reduce((known, told) => (told !== null && (known === null || told > known) ? told : known), null);
