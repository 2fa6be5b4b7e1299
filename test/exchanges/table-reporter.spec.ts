/** The conformance table at the end of a run: what is kept is written when told to, and else compared. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TestCase } from 'vitest/node';
import { temporaryFolder } from '../support/temporary.ts';
import { CARD_NAMES, type Card } from './conformance/cards.ts';
import { ConformanceTable } from './table/reporter.ts';
import { SUBJECTS } from './table/table.ts';

type Outcome = ReturnType<TestCase['result']>['state'];

/** A run of these exchanges; `but` is the outcome of one card on each. */
type Run = { exchanges?: readonly string[]; but?: [Card, Outcome]; update?: boolean; picked?: boolean };

function kept() {
  const file = join(temporaryFolder(), 'conformance.md');
  const play = ({ exchanges, but, update = false, picked = false }: Run = {}) => {
    const said: string[] = [];
    let failed = false;
    const fail = () => {
      failed = true;
    };
    const table = new ConformanceTable({ file, say: (text) => said.push(text), fail });
    const snapshotOptions = { updateSnapshot: update ? 'all' : 'none' };
    // The reporter reads these two fields of a configuration and no others.
    table.onInit({ config: { snapshotOptions, ...(picked && { testNamePattern: /one/ }) } as never });
    table.onTestRunEnd([{ children: { allTests: () => cases(exchanges, but) } }]);
    return { failed, said: said.join('\n') };
  };
  return { play, text: () => readFileSync(file, 'utf8') };
}

function* cases(exchanges: readonly string[] | undefined, but: Run['but']): Generator<TestCase, undefined> {
  for (const subject of SUBJECTS.filter(({ exchange }) => exchanges?.includes(exchange) ?? true)) {
    for (const card of CARD_NAMES) {
      const state = but?.[0] === card ? but[1] : 'passed';
      const test = { fullName: card, meta: () => ({ subject, card }), result: () => ({ state }) };
      // As much of a test as the reporter asks for.
      yield test as unknown as TestCase;
    }
  }
  return undefined;
}

describe('a run of the conformance suite', () => {
  it('writes the table when told to, and holds every later run against it', () => {
    const { play, text } = kept();
    expect(play({ update: true })).toMatchObject({ failed: false });
    expect(text()).toContain('| BingX, one-way |');
    expect(play()).toMatchObject({ failed: false });
    expect(play({ exchanges: ['bybit'] })).toMatchObject({ failed: false });
  });

  it.each<[string, Run]>([
    ['a failed card', { but: ['fills', 'failed'] }],
    ['a card that was skipped without a reason', { but: ['fills', 'skipped'] }],
    ['a card that did not end, of one exchange', { exchanges: ['binance'], but: ['fills', 'pending'] }],
  ])('fails with %s, and does not write that', (_what, run) => {
    const { play, text } = kept();
    play({ update: true });
    const before = text();
    expect(play(run)).toMatchObject({ failed: true });
    expect(play({ ...run, update: true })).toMatchObject({ failed: true });
    expect(text()).toBe(before);
  });

  it('fails while nothing is kept, and writes nothing of a run of some exchanges only', () => {
    const { play, text } = kept();
    expect(play()).toMatchObject({ failed: true });
    const { failed, said } = play({ exchanges: ['bybit'], update: true });
    expect(failed).toBe(true);
    expect(said).toContain('not written: Binance, hedge was not run');
    expect(text).toThrow('ENOENT');
  });

  it('says nothing of tests that were picked, and nothing without a test of the suite', () => {
    const { play } = kept();
    expect(play({ picked: true })).toEqual({ failed: false, said: '' });
    expect(play({ exchanges: [] })).toEqual({ failed: false, said: '' });
  });
});
