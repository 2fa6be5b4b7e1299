/**
 * The closing line of `.ci/run`, counted from the reports:
 * `node scripts/ci-verdict.mjs TESTS.json EXIT CHECKS.json EXIT`. A run that failed without a failed
 * test to show for it (a file that does not load, an error outside of any test, no report at all)
 * counts as one failure, and a run that executed no test is a failure too.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * @param tests vitest's JSON report, or `undefined` if there is none
 * @param checks `[{ name, ok }]`, or `undefined`
 * @returns `{ passed, failed, skipped }`
 */
export function countVerdict(tests, testsExit, checks, checksExit) {
  const files = tests?.testResults ?? [];
  const each = files.flatMap(({ assertionResults }) => assertionResults);
  const count = (...statuses) => each.filter(({ status }) => statuses.includes(status)).length;
  const unloaded = files.filter(({ status, assertionResults }) => {
    return status === 'failed' && !assertionResults.some((one) => one.status === 'failed');
  }).length;
  const passed = count('passed');
  let failed = count('failed') + unloaded;
  if (failed === 0 && (testsExit !== 0 || passed === 0)) failed = 1;

  const checksPassed = (checks ?? []).filter(({ ok }) => ok).length;
  let checksFailed = (checks ?? []).length - checksPassed;
  if (checksFailed === 0 && (checksExit !== 0 || checksPassed === 0)) checksFailed = 1;
  const skipped = each.length - passed - count('failed');
  return { passed: passed + checksPassed, failed: failed + checksFailed, skipped };
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [testsFile, testsExit, checksFile, checksExit] = process.argv.slice(2);
  const verdict = countVerdict(read(testsFile), Number(testsExit), read(checksFile), Number(checksExit));
  const { passed, failed, skipped } = verdict;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed === 0 ? 0 : 1;
}
