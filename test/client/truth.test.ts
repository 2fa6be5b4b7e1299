/** What commands say of how well a worker knows its account. */
import { describe, expect, it } from 'vitest';
import { createColors } from 'picocolors';
import { unknownDetails } from '../../client/cli/doctor/account-details.ts';
import { report } from '../../client/cli/doctor/render.ts';
import { truthProblems } from '../../client/cli/doctor/truth.ts';
import { remarksOf } from '../../client/cli/up/groups.ts';
import { writeWorkerReport, type AccountStatus, type TruthReport } from '../../config/serving.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { configOf } from './config-of.ts';
import { holdfast } from './fake-context.ts';
import { difference } from './views.ts';

const NOW = Date.parse('2026-01-02T03:05:30Z');
const at = (ms: number): string => new Date(NOW + ms).toISOString();
const known = (change: Partial<TruthReport> = {}): TruthReport => ({
  state: 'in_agreement',
  agreedAt: at(-2_000),
  ageMs: 2_000,
  differs: 0,
  differsSince: null,
  legs: [],
  reconciliations: { today: { adopted: 1, closed_outside: 2 }, lastHour: { closed_outside: 2 } },
  alert: null,
  cover: { uncovered: 0, uncoveredMs: 0, uncoveredTodayMs: 0 },
  balance: null,
  ...change,
});
const FREQUENT = { sinceAt: at(-60_000), count: 11, windowMs: 3_600_000 };
const LEG = { symbol: 'BTC/USDT:USDT', leg: 'net', sinceAt: at(-60_000), text: '0.05 here, 0.04 there' };

describe('doctor', () => {
  const problems = (change: Partial<TruthReport>) =>
    truthProblems({ ...unknownDetails('main'), truth: known(change) });

  it('has nothing to say of an account that is known well, or that nobody watches', () => {
    expect(problems({})).toEqual([]);
    expect(truthProblems(unknownDetails('main'))).toEqual([]);
  });

  it.each<[string, Partial<TruthReport>, 'wrong' | 'note', RegExp]>([
    [
      'that was not read for long',
      { state: 'unknown', ageMs: 25_000 },
      'wrong',
      /could not read .* for 25 s$/,
    ],
    ['that was never read', { state: 'unknown', ageMs: null }, 'wrong', /since it began to watch$/],
    [
      'of which a leg differs',
      { state: 'differs', differs: 1, differsSince: at(-60_000), legs: [LEG] },
      'note',
      /1 leg differs since 2026-01-02 03:04:30: BTC\/USDT:USDT net: 0.05 here/,
    ],
    [
      'with frequent reconciliations',
      { alert: FREQUENT },
      'wrong',
      /frequent since 2026-01-02 03:04:30: 11 within 60 min \(closed_outside 2\)$/,
    ],
    [
      'without cover',
      { cover: { uncovered: 2, uncoveredMs: 9, uncoveredTodayMs: 0 } },
      'wrong',
      /^2 open positions have no full cover/,
    ],
  ])('tells an account %s, and what to do', (_, change, state, text) => {
    expect(problems(change)).toMatchObject([
      { state, text: expect.stringMatching(text), remedy: expect.stringMatching(/.{10,}/) },
    ]);
  });

  it('does not tell twice what it sees to differ itself', () => {
    const drift = [difference()];
    const truth = known({ state: 'differs', differs: 1, legs: [LEG] });
    expect(truthProblems({ ...unknownDetails('main'), drift, truth })).toEqual([]);
  });

  it('shows the age of truth and the reconciliations of the day', () => {
    const account = { ...unknownDetails('main'), truth: known() };
    const finding = { what: '', state: 'ok', text: '', account } as const;
    const lines = report([finding], { colors: createColors(false), width: 140 });
    expect(lines.join('\n')).toMatch(/TRUTH +RECONCILED +DRIFT\n.* 2 s +3 +-/);
  });
});

describe('up', () => {
  it('remarks below the positions what is not as it should be, and nothing else', () => {
    const status: AccountStatus = { state: 'serving', sinceAt: at(0), notes: ['a note'] };
    const remarks = (truth: TruthReport) =>
      remarksOf(
        new Map([['main', { account: 'main', status, checkedAt: null, limits: null, watch: null, truth }]]),
        createColors(false),
      );
    expect(remarks(known())).toEqual(['main: a note']);
    expect(remarks(known({ state: 'unknown', ageMs: 25_000, alert: FREQUENT }))).toEqual([
      'main: a note',
      'main: not read in full for 25 s',
      'main: reconciliations are frequent, in the last hour: closed_outside 2',
    ]);
  });
});

describe('check', () => {
  const result = { account: 'paper', positions: 1, checkedAt: '', differences: [], agrees: true };
  const checked = (truth: TruthReport, line = 'check') => {
    const dataDir = temporaryFolder();
    const status: AccountStatus = { state: 'serving', sinceAt: at(0), notes: [] };
    const account = { account: 'paper', status, checkedAt: null, limits: null, watch: null, truth };
    writeWorkerReport(dataDir, { pid: 1, writtenAt: at(0), accounts: [account] });
    const config = { ...configOf(''), dataDir };
    return holdfast(line, { config, holdfast: { check: async () => result }, nowMs: NOW });
  };

  it('adds to its line how old the truth is, and what was brought in line today', async () => {
    expect(await checked(known())).toMatchObject({
      code: 0,
      out: 'ok paper: Holdfast and exchange agree on 1 position; truth 2 s old, 3 reconciliations today\n',
    });
  });

  it('says what is not as it should be in the same line', async () => {
    const sick = known({
      state: 'unknown',
      ageMs: null,
      alert: FREQUENT,
      cover: { uncovered: 1, uncoveredMs: 9, uncoveredTodayMs: 0 },
    });
    expect((await checked(sick)).out).toBe(
      'ok paper: Holdfast and exchange agree on 1 position; no reading yet, 3 reconciliations today, frequent, 1 not covered\n',
    );
  });

  it('gives programs all of it', async () => {
    const { out } = await checked(known(), 'check --json');
    expect(JSON.parse(out)).toEqual([{ ...result, truth: known() }]);
  });
});
