/**
 * The end of `.ci/run`, from the reports: what failed and why, once more, then the closing line with the counts.
 * `node scripts/ci-verdict.mjs TESTS.json EXIT [CHECKS.json EXIT]...`. A run that failed without a failed
 * test to show for it (a file that does not load, an error outside of any test, no report at all)
 * counts as one failure, and a run that executed no test is a failure too.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

/**
 * @param tests vitest's JSON report, or `undefined` if there is none
 * @param others of everything else that ran: `checks` is `[{ name, ok }]`, or `undefined`
 * @returns `{ passed, failed, skipped }`
 */
export function countVerdict(tests, testsExit, others) {
  const files = tests?.testResults ?? [];
  const each = files.flatMap(({ assertionResults }) => assertionResults);
  const count = (...statuses) => each.filter(({ status }) => statuses.includes(status)).length;
  const unloaded = files.filter(({ status, assertionResults }) => {
    return status === 'failed' && !assertionResults.some((one) => one.status === 'failed');
  }).length;
  const passed = count('passed');
  let failed = count('failed') + unloaded;
  if (failed === 0 && (testsExit !== 0 || passed === 0)) failed = 1;

  const skipped = each.length - passed - count('failed');
  const counted = others.map(countChecks);
  return {
    passed: counted.reduce((total, one) => total + one.passed, passed),
    failed: counted.reduce((total, one) => total + one.failed, failed),
    skipped,
  };
}

function countChecks({ checks = [], exit }) {
  const passed = checks.filter(({ ok }) => ok).length;
  const failed = checks.length - passed;
  return { passed, failed: failed === 0 && (exit !== 0 || passed === 0) ? 1 : failed };
}

/** Each reason to its first lines: who sees only the end of a long run sees all of them. */
const REASON_LINES = 20;
const REASON_CHARS = 1_500;

/** @returns a text for each test, file and check that failed */
export function whatFailed(tests, others) {
  const ofTests = (tests?.testResults ?? []).flatMap(({ name = '', status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.filter((one) => one.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [told(file, message)] : [];
    return failed.map(({ fullName, failureMessages = [] }) =>
      told(`${file}: ${fullName}`, failureMessages.at(-1)),
    );
  });
  const ofChecks = others.flatMap(({ checks = [] }) => checks.filter(({ ok }) => !ok));
  return [...ofTests, ...ofChecks.map(({ name, reason }) => told(name, reason))];
}

function told(what, reason = '') {
  const text = stripVTControlCharacters(reason).slice(0, REASON_CHARS);
  const lines = text.split('\n').slice(0, REASON_LINES);
  return [`failed ${what}`, ...lines.map((line) => `  ${line}`)].join('\n').trimEnd();
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [testsFile, testsExit, ...more] = process.argv.slice(2);
  const others = more.flatMap((file, index) =>
    index % 2 === 0 ? [{ checks: read(file), exit: Number(more[index + 1]) }] : [],
  );
  const tests = read(testsFile);
  const failures = whatFailed(tests, others);
  if (failures.length > 0) console.log(`== what failed\n${failures.join('\n')}`);
  const verdict = countVerdict(tests, Number(testsExit), others);
  const { passed, failed, skipped } = verdict;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed === 0 ? 0 : 1;
}
