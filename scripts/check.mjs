/**
 * `npm run check`: what can be said of the code without running it. Every check runs even if one
 * before it failed. `--report FILE` writes `[{ name, ok, seconds, reason }]` for CI.
 */
import './node-version.mjs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './install.mjs';
import { run } from './provision/run.mjs';
import { PROJECT_DIR } from './provision/toolbox.mjs';

const CHECK_TIMEOUT_MS = 5 * 60_000;
const PROGRAMS = join(PROJECT_DIR, 'node_modules/.bin');

/** The import walls are lint rules too; see `.oxlintrc.json` and the test that plants a breach of each. */
const CHECKS = [
  { name: 'types', command: 'tsc', args: ['-p', '.'] },
  { name: 'lint and import walls', command: 'oxlint', args: ['--deny-warnings'] },
  { name: 'formatting', command: 'oxfmt', args: ['--check', '.'] },
  { name: 'dead code and dependencies', command: 'knip', args: [] },
];

await installPackages();
const results = [];
for (const { name, command, args } of CHECKS) {
  const startedMs = Date.now();
  const { code, output, error } = await run(join(PROGRAMS, command), args, {
    cwd: PROJECT_DIR,
    timeoutMs: CHECK_TIMEOUT_MS,
    keptOutput: 1_000_000,
    // The programs start by `env node`, which must be the pinned one.
    env: { PATH: `${PROGRAMS}:${process.env.PATH}` },
  });
  const ok = code === 0;
  const seconds = Math.round((Date.now() - startedMs) / 100) / 10;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  const reason = ok ? undefined : String(error ?? output);
  if (reason !== undefined) console.log(reason);
  results.push({ name, ok, seconds, reason });
}

const report = process.argv.indexOf('--report');
if (report !== -1) writeFileSync(process.argv[report + 1], JSON.stringify(results));
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
