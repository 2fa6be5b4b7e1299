/**
 * `npm test`: brings in packages and the tools that the chosen tests need, then runs vitest on the
 * pinned Node. Arguments go to vitest: `npm test -- --project venue`, `npm test -- test/journal`.
 */
import './node-version.mjs';
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { installPackages, PINNED_NODE } from './install.mjs';
import { provision } from './provision.mjs';
import { PROJECT_DIR } from './provision/toolbox.mjs';

/** The tools of each test project; the others run on Node alone. */
const NEEDS = {
  server: ['--cli'],
  skipping: ['--test-server'],
  processes: ['--cli'],
  browser: ['--cli', '--browser'],
  ops: ['--cli', '--production', '--postgres'],
};

const args = process.argv.slice(2);
try {
  await installPackages();
  const { missing } = await provision(neededTools(args));
  // Not the end: each test that needs a missing tool says so itself.
  for (const reason of missing) console.error(`  missing: ${reason}`);
  process.exitCode = await runVitest(args);
} catch (error) {
  console.error(`The tests cannot run: ${error.message}`);
  process.exitCode = 1;
}

/** Only what the projects or folders named in the arguments need; all of it if none is named. */
function neededTools(vitestArgs) {
  const named = vitestArgs.flatMap((arg, i) => {
    if (vitestArgs[i - 1] === '--project') return [arg];
    if (arg.startsWith('--project=')) return [arg.slice('--project='.length)];
    const folder = /^(?:\.\/)?test\/([^/]+)/.exec(arg)?.[1];
    return folder === undefined ? [] : [folder];
  });
  const chosen = named.length === 0 ? Object.keys(NEEDS) : named;
  return [...new Set(chosen.flatMap((name) => NEEDS[name] ?? []))];
}

function runVitest(vitestArgs) {
  const vitest = join(PROJECT_DIR, 'node_modules/vitest/vitest.mjs');
  const child = spawn(PINNED_NODE, [vitest, 'run', ...vitestArgs], {
    cwd: PROJECT_DIR,
    stdio: 'inherit',
    // As npm does it, so that the tests see the same whether or not npm started them.
    env: { ...process.env, PATH: `${dirname(PINNED_NODE)}${delimiter}${process.env.PATH}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
