/** The conformance table: nothing is proven that was not run, and what is kept cannot say otherwise. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXCHANGE_NAMES } from '../../domain/exchanges.ts';
import { CARD_NAMES, CARDS, type Card } from './conformance/cards.ts';
import { differences, markdownOf } from './table/markdown.ts';
import { screenOf } from './table/screen.ts';
import { columnsOf, defectsOf, nameOf, SUBJECTS, type CardResult, type Column } from './table/table.ts';

const NAME = 'BingX, one-way';

/** Every card passed, on every exchange in every mode. */
const allPassed = (): CardResult[] =>
  SUBJECTS.flatMap((subject) =>
    CARD_NAMES.map((card) => ({ ...subject, card, state: 'passed', test: `${nameOf(subject)} ${card}` })),
  );

/** The same with other results of one card on BingX in one-way mode. */
const allPassedBut = (card: Card, ...instead: Partial<CardResult>[]): CardResult[] => [
  ...allPassed().filter((one) => !(nameOf(one) === NAME && one.card === card)),
  ...instead.map((one): CardResult => ({
    exchange: 'bingx',
    mode: 'one-way',
    card,
    state: 'passed',
    test: 'a test',
    ...one,
  })),
];

const defects = (results: readonly CardResult[]): string[] => defectsOf(results, columnsOf(results));
const kept = markdownOf(columnsOf(allPassed()));

describe('a card', () => {
  it('is proven when each of its tests passed', () => {
    expect(defects(allPassed())).toEqual([]);
    expect(defects(allPassedBut('fills', {}, {}))).toEqual([]);
  });

  it('is failed by one failed test of several', () => {
    const results = allPassedBut('fills', {}, { state: 'failed' });
    expect(defects(results)).toEqual([`failed for ${NAME}: ${CARDS.fills}`]);
    expect(screenOf(columnsOf(results))).toContain('FAILED/yes');
  });

  it('is not offered where every test says so with one reason', () => {
    const results = allPassedBut('fills', { state: 'skipped', reason: 'it has none' });
    expect(defects(results)).toEqual([]);
    expect(markdownOf(columnsOf(results))).toMatch(/\| no \(1\) \|[^]*\n1\. it has none\n/);
  });

  it.each<[string, Partial<CardResult>[]]>([
    ['no test', []],
    ['a skip without a reason', [{ state: 'skipped' }]],
    ['a skip beside a pass', [{ state: 'skipped', reason: 'it has none' }, {}]],
    ['two reasons', ['one', 'two'].map((reason) => ({ state: 'skipped', reason }))],
    ['a test that did not end', [{ state: 'pending' }]],
  ])('is missing with %s', (_what, instead) => {
    expect(defects(allPassedBut('fills', ...instead))).toEqual([`missing for ${NAME}: ${CARDS.fills}`]);
  });
});

it('an exchange that was run in one mode only is a defect', () => {
  expect(defects(allPassed().filter((one) => nameOf(one) !== NAME))).toEqual([`no test of ${NAME}`]);
});

it('a test of the suite without a card is a defect', () => {
  const { card: _, ...cardless } = allPassed()[0] ?? { exchange: 'bingx', mode: 'one-way', test: '' };
  expect(defects([...allPassed(), { ...cardless, state: 'passed', test: 'a stray' }])).toEqual([
    'belongs to no card: a stray',
  ]);
});

describe('what is kept', () => {
  const columns = (results: readonly CardResult[]): Column[] => columnsOf(results);

  it('agrees with the run that it was made of, whole or in part', () => {
    expect(differences(kept, columns(allPassed()))).toEqual([]);
    expect(differences(kept, columns(allPassed().filter(({ exchange }) => exchange === 'bybit')))).toEqual(
      [],
    );
  });

  it('disagrees when a card, a word, a reason or a column is another one', () => {
    const without = (text: string): string => kept.replace(text, '');
    const [row = ''] = kept.split('\n').filter((line) => line.includes(CARDS.fills));
    const skipped = (reason: string) => columns(allPassedBut('fills', { state: 'skipped', reason }));
    expect(differences(without(`${row}\n`), columns(allPassed()))).toHaveLength(SUBJECTS.length);
    expect(differences(kept, skipped('it has none'))).toEqual([
      `says "yes" where the run says "no: it has none" for ${NAME}: ${CARDS.fills}`,
    ]);
    expect(differences(markdownOf(skipped('it has none')), skipped('it has others'))).toHaveLength(1);
    expect(differences('', columns(allPassed()))).toEqual(
      SUBJECTS.map((subject) => `has no column for ${nameOf(subject)}`),
    );
  });

  it('has a column for every exchange in every mode, and every exchange has a suite', () => {
    const file = readFileSync(join(import.meta.dirname, '../../docs/conformance.md'), 'utf8');
    const [head = ''] = file.split('\n').filter((line) => line.startsWith('|'));
    expect(
      head
        .split('|')
        .slice(2, -1)
        .map((cell) => cell.trim()),
    ).toEqual(SUBJECTS.map(nameOf));
    for (const name of EXCHANGE_NAMES)
      expect(existsSync(join(import.meta.dirname, `${name}-conformance.spec.ts`)), name).toBe(true);
  });
});
