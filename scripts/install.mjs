/** Installs the packages when they are missing or are not those of package-lock.json any more. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { say, secondsSince, withHeartbeat } from './provision/report.mjs';
import { onPath, run } from './provision/run.mjs';
import { PROJECT_DIR } from './provision/toolbox.mjs';

const INSTALL_TIMEOUT_MS = 15 * 60_000;

/** The Node that everything but these scripts runs on. */
export const PINNED_NODE = join(PROJECT_DIR, 'node_modules/.bin/node');

/** @throws a plain sentence if the installation fails */
export async function installPackages(projectDir = PROJECT_DIR) {
  const why = whyInstall(projectDir);
  if (why === undefined) return;
  const npm = onPath('npm');
  if (npm === undefined) throw new Error('npm is not installed; it comes with Node.js');
  say('packages', `npm ci: ${why}`);
  const startedMs = Date.now();
  // The system's npm judges by its own Node, older than the one that the packages will run on.
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output, error } = await withHeartbeat(
    'packages',
    'installing',
    () => '',
    () => run(npm, args, { cwd: projectDir, timeoutMs: INSTALL_TIMEOUT_MS }),
  );
  if (code !== 0) throw new Error(error ?? `npm ci failed:\n${output.trim()}`);
  say('packages', `installed in ${secondsSince(startedMs)} s`);
}

/**
 * Compares the lock file with npm's own note of what lies in node_modules, so that an installation by
 * hand counts too.
 * @returns a reason to install, or `undefined`
 */
export function whyInstall(projectDir) {
  const installed = readPackages(join(projectDir, 'node_modules/.package-lock.json'));
  if (installed === undefined) return 'nothing is installed yet';
  if (!existsSync(join(projectDir, 'node_modules/.bin/node'))) return 'the pinned Node is missing';
  const locked = readPackages(join(projectDir, 'package-lock.json')) ?? {};
  const changed = Object.entries(locked).find(([path, { version, optional }]) => {
    // Optional packages are for certain platforms; npm installs those that fit.
    return path !== '' && optional !== true && installed[path]?.version !== version;
  });
  return changed === undefined ? undefined : `${changed[0].replace('node_modules/', '')} changed`;
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
