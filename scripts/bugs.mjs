/**
 * `npm run bugs`: plants each of the deliberate bugs of `bugs/list.mjs` in a copy of the sources and runs
 * the tests that must catch it. A bug that survives fails the run, and so do one whose place in the code
 * is no longer there, one that breaks a test file instead of failing a test, and tests that fail without it.
 * `--report FILE` writes `[{ name, ok, seconds }]` for CI; `--places` only tells whether every bug could be
 * planted; any other argument plants only what has it in its name.
 */
import './node-version.mjs';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUGS } from './bugs/list.mjs';
import { installPackages, PINNED_NODE } from './install.mjs';
import { lastLines, run } from './provision/run.mjs';
import { PROJECT_DIR } from './provision/toolbox.mjs';

/** What the tests named in the list need. */
const SOURCES = [
  'activities',
  'client',
  'config',
  'contract',
  'domain',
  'exchanges',
  'journal',
  'test',
  'venue',
  'worker',
  'workflows',
  'package.json',
  'tsconfig.json',
];
/** Copies of the sources, each with one bug at a time: two cores are enough for two. */
const COPIES = 2;
const TESTS_TIMEOUT_MS = 90_000;
const CONFIG =
  "export default { test: { include: ['test/**/*.{spec,test}.ts'], testTimeout: 20_000, maxWorkers: 1 } };\n";

/** A copy of the sources to plant bugs in. */
function copySources(folder) {
  for (const name of SOURCES) cpSync(join(PROJECT_DIR, name), join(folder, name), { recursive: true });
  symlinkSync(join(PROJECT_DIR, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'vitest.config.mjs'), CONFIG);
}

/** @returns what is wrong with the place that an edit names, or `undefined` */
function misplaced(folder, { file, text }) {
  const places = readFileSync(join(folder, file), 'utf8').split(text).length - 1;
  return places === 1 ? undefined : `${file} reads so ${places} times: ${JSON.stringify(text)}`;
}

/** @returns what takes the bug out again */
function plant(folder, edits) {
  const before = edits.map(({ file }) => [join(folder, file), readFileSync(join(folder, file), 'utf8')]);
  for (const { file, text, replacement } of edits) {
    const path = join(folder, file);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(text, () => replacement),
    );
  }
  return () => before.reverse().forEach(([path, content]) => writeFileSync(path, content));
}

/** @returns `{ failed, broken }`: the names of failed tests, and why files could not be run at all */
async function runTests(folder, files) {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const args = ['run', '--config', 'vitest.config.mjs', '--reporter=json'];
  const { output, error } = await run(
    PINNED_NODE,
    [join(PROJECT_DIR, 'node_modules/vitest/vitest.mjs'), ...args, `--outputFile=${report}`, ...files],
    { cwd: folder, timeoutMs: TESTS_TIMEOUT_MS },
  );
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const each = testResults.flatMap(({ assertionResults }) => assertionResults);
    const ran = each.some(({ status }) => status === 'passed' || status === 'failed');
    return {
      failed: each.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
      broken: ran ? undefined : 'no test ran',
    };
  } catch {
    return { failed: [], broken: error ?? lastLines(output) };
  }
}

async function tryBug(folder, { edits, caughtBy }) {
  const wrong = edits.map((edit) => misplaced(folder, edit)).find((reason) => reason !== undefined);
  if (wrong !== undefined) return { ok: false, text: `NOT PLANTED: ${wrong}` };
  const weed = plant(folder, edits);
  const { failed, broken } = await runTests(folder, caughtBy);
  weed();
  if (failed.length > 0) return { ok: true, text: failed[0] };
  return { ok: false, text: broken === undefined ? 'SURVIVED' : `BROKE THE TESTS: ${broken}` };
}

/** Without any bug the tests must pass, or a failure would prove nothing. */
async function tryNone(folder, bugs) {
  const files = [...new Set(bugs.flatMap(({ caughtBy }) => caughtBy))];
  const { failed, broken } = await runTests(folder, files);
  const text = broken ?? (failed.length > 0 ? `FAILS WITHOUT A BUG: ${failed[0]}` : 'all pass');
  return { ok: broken === undefined && failed.length === 0, text };
}

async function tryAll(folders, bugs, told) {
  const left = [...bugs];
  const work = async (folder) => {
    for (let bug = left.shift(); bug; bug = left.shift()) {
      const startedMs = Date.now();
      told(bug.name, await tryBug(folder, bug), startedMs);
    }
  };
  await Promise.all(folders.map(work));
}

const args = process.argv.slice(2);
const reportAt = args.indexOf('--report');
const reportFile = reportAt === -1 ? undefined : args.splice(reportAt, 2)[1];
const [wanted = ''] = args;
const bugs = BUGS.filter(({ name }) => name.includes(wanted));

if (wanted === '--places') {
  const wrong = BUGS.flatMap(({ edits }) => edits.flatMap((edit) => misplaced(PROJECT_DIR, edit) ?? []));
  for (const reason of wrong) console.error(reason);
  process.exit(wrong.length === 0 ? 0 : 1);
}

await installPackages();
const folders = Array.from({ length: COPIES }, () => mkdtempSync(join(tmpdir(), 'holdfast-bugs-')));
const results = [];
const told = (name, { ok, text }, startedMs) => {
  const seconds = Math.round((Date.now() - startedMs) / 100) / 10;
  console.log(`${ok ? 'caught  ' : 'MISSED  '} ${name}\n           ${text} (${seconds} s)`);
  results.push({ name: `bug: ${name}`, ok, seconds });
};
try {
  for (const folder of folders) copySources(folder);
  const startedMs = Date.now();
  const sound = await tryNone(folders[0], bugs);
  if (sound.ok) await tryAll(folders, bugs, told);
  else told('none', sound, startedMs);
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
if (reportFile !== undefined) writeFileSync(reportFile, JSON.stringify(results));
const caught = results.filter(({ ok }) => ok).length;
console.log(`${caught} of ${bugs.length} bugs caught`);
process.exitCode = bugs.length > 0 && caught === bugs.length ? 0 : 1;
