/**
 * The closing line of `.ci/run`, counted from the reports:
 * `node scripts/ci-verdict.mjs TESTS.json EXIT [CHECKS.json EXIT]...`. A run that failed without a failed
 * test to show for it (a file that does not load, an error outside of any test, no report at all)
 * counts as one failure, and a run that executed no test is a failure too.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

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
  const verdict = countVerdict(read(testsFile), Number(testsExit), others);
  const { passed, failed, skipped } = verdict;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed === 0 ? 0 : 1;
}
