/** The counts that CI closes with: a failure can never look like a success. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary.ts';

const PASSED = { status: 'passed' };
const FAILED = { status: 'failed' };
const SKIPPED = { status: 'skipped' };
const GOOD_CHECKS = [{ name: 'types', ok: true }];

test('passes, failures and skips of tests and checks are added up', () => {
  const tests = [file('failed', PASSED, FAILED, SKIPPED), file('passed', PASSED)];
  const checks = [...GOOD_CHECKS, { name: 'lint', ok: false }];
  expect(verdict(tests, 1, checks, 1)).toMatchObject({ line: '3 passed, 2 failed, 1 skipped', exit: 1 });
});

test('what else ran is counted with them', () => {
  const good = [file('passed', PASSED)];
  const bugs = [{ name: 'bug: a fill goes backwards', ok: true }];
  expect(verdict(good, 0, GOOD_CHECKS, 0, { checks: bugs, exit: 0 }).line).toBe('3 passed, 0 failed');
  const survived = [...bugs, { name: 'bug: another', ok: false }];
  expect(verdict(good, 0, GOOD_CHECKS, 0, { checks: survived, exit: 1 })).toMatchObject({
    line: '3 passed, 1 failed',
    exit: 1,
  });
  expect(verdict(good, 0, GOOD_CHECKS, 0, { checks: [], exit: 1 }).line).toBe('2 passed, 1 failed');
});

test('all good ends with 0', () => {
  expect(verdict([file('passed', PASSED)], 0, GOOD_CHECKS, 0)).toMatchObject({
    line: '2 passed, 0 failed',
    exit: 0,
  });
});

test('a file that does not load is a failure', () => {
  expect(verdict([file('failed'), file('passed', PASSED)], 1, GOOD_CHECKS, 0).line).toBe(
    '2 passed, 1 failed',
  );
});

test('an error outside of any test is a failure', () => {
  expect(verdict([file('passed', PASSED)], 1, GOOD_CHECKS, 0).line).toBe('2 passed, 1 failed');
});

test('a missing report is a failure, of tests and of checks', () => {
  expect(verdict(undefined, 1, undefined, 1)).toMatchObject({ line: '0 passed, 2 failed', exit: 1 });
});

test('a run without a test is a failure', () => {
  expect(verdict([], 0, GOOD_CHECKS, 0)).toMatchObject({ line: '1 passed, 1 failed', exit: 1 });
});

test('what failed is told with its reason right before the counts', () => {
  const reason = `AssertionError: expected \u001B[31m1\u001B[39m to be 2\n${'    at somewhere\n'.repeat(50)}`;
  const failure = { ...FAILED, fullName: 'a stop rests', failureMessages: ['of an earlier try', reason] };
  const broken = { ...file('failed'), name: join(process.cwd(), 'test/b.test.ts'), message: 'cannot load' };
  const tests = [{ ...file('failed', PASSED, failure), name: join(process.cwd(), 'test/a.test.ts') }, broken];
  const checks = [...GOOD_CHECKS, { name: 'lint', ok: false, reason: 'an unused name' }];
  const { output } = verdict(tests, 1, checks, 1);
  const lines = output.split('\n');
  expect(lines.slice(0, 4)).toEqual([
    '== what failed',
    'failed test/a.test.ts: a stop rests',
    '  AssertionError: expected 1 to be 2',
    '      at somewhere',
  ]);
  expect(lines.slice(-5)).toEqual([
    'failed test/b.test.ts',
    '  cannot load',
    'failed lint',
    '  an unused name',
    '2 passed, 3 failed',
  ]);
  expect(lines.length).toBeLessThan(30);
});

function file(status: string, ...assertionResults: { status: string }[]) {
  return { status, assertionResults };
}

function verdict(
  testResults: ReturnType<typeof file>[] | undefined,
  testsExit: number,
  checks: readonly object[] | undefined,
  checksExit: number,
  more?: { checks: readonly object[]; exit: number },
): { line: string; exit: number; output: string } {
  const folder = temporaryFolder();
  const [testsFile, checksFile] = [join(folder, 'tests.json'), join(folder, 'checks.json')];
  if (testResults !== undefined) writeFileSync(testsFile, JSON.stringify({ testResults }));
  if (checks !== undefined) writeFileSync(checksFile, JSON.stringify(checks));
  const script = join(import.meta.dirname, '../../scripts/ci-verdict.mjs');
  const args = [script, testsFile, String(testsExit), checksFile, String(checksExit)];
  if (more) {
    const moreFile = join(folder, 'more.json');
    writeFileSync(moreFile, JSON.stringify(more.checks));
    args.push(moreFile, String(more.exit));
  }
  try {
    return { ...closing(execFileSync(process.execPath, args, { encoding: 'utf8' })), exit: 0 };
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && 'status' in error) {
      return { ...closing(String(error.stdout)), exit: Number(error.status) };
    }
    throw error;
  }
}

function closing(printed: string): { line: string; output: string } {
  const output = printed.trim();
  return { line: output.split('\n').at(-1) ?? '', output };
}
