/** What comes from the system: PostgreSQL and a browser, by apt-get where that is possible. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { say, withHeartbeat } from './report.mjs';
import { lastLines, onPath, run } from './run.mjs';
import { explicitPath, firstThatWorks } from './ways.mjs';

const VERSION_TIMEOUT_MS = 20_000;
const APT_TIMEOUT_MS = 10 * 60_000;
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const POSTGRES_HOME = '/usr/lib/postgresql';

/** A Chromium that can run headless. */
export function provisionBrowser(toolbox) {
  return fromSystem({
    toolbox,
    tool: 'chromium',
    variable: 'HOLDFAST_CHROMIUM',
    packages: ['chromium', 'fonts-dejavu-core'],
    look: () => BROWSERS.map(onPath).find((path) => path !== undefined),
  });
}

/** The `postgres` program; `initdb` and `pg_ctl` lie beside it. */
export function provisionPostgres(toolbox) {
  return fromSystem({
    toolbox,
    tool: 'postgres',
    variable: 'HOLDFAST_POSTGRES',
    packages: ['postgresql'],
    look: newestPostgres,
  });
}

function fromSystem({ toolbox, tool, variable, packages, look }) {
  const found = () => {
    const path = look();
    return path === undefined ? undefined : { path };
  };
  return firstThatWorks({
    toolbox,
    tool,
    verify,
    ways: [
      explicitPath(variable),
      { source: 'the system', find: found },
      {
        source: 'apt-get',
        find: async () => {
          const reason = await install(tool, packages);
          return reason === undefined ? (found() ?? { reason: 'installed, but not found' }) : { reason };
        },
      },
    ],
  });
}

/** PATH often has no `postgres`: Debian keeps each major version in a folder of its own. */
function newestPostgres() {
  const majors = existsSync(POSTGRES_HOME) ? readdirSync(POSTGRES_HOME) : [];
  const homes = majors
    .sort((a, b) => Number(b) - Number(a))
    .map((major) => join(POSTGRES_HOME, major, 'bin'));
  const folder = homes.find((home) => ['postgres', 'initdb'].every((name) => existsSync(join(home, name))));
  return folder === undefined ? onPath('postgres') : join(folder, 'postgres');
}

/** @returns why it failed, or `undefined` */
async function install(tool, packages) {
  if (onPath('apt-get') === undefined) return `install it with your package manager (${packages[0]})`;
  if (process.getuid() !== 0) return `not root: run "apt-get install ${packages.join(' ')}" as root`;
  say(tool, `apt-get install ${packages.join(' ')}`);
  const steps = [['update'], ['install', '-y', '--no-install-recommends', ...packages]];
  for (const step of steps) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const { code, output, error } = await withHeartbeat(
      tool,
      `apt-get ${step[0]}`,
      () => '',
      () => run('apt-get', ['-q', ...step], { timeoutMs: APT_TIMEOUT_MS, env }),
    );
    if (code !== 0) return error ?? `apt-get ${step[0]} failed: ${lastLines(output)}`;
  }
  return undefined;
}

async function verify(path) {
  const { code, output, error } = await run(path, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
  if (code !== 0) return { reason: error ?? `--version failed: ${lastLines(output)}` };
  return { version: /\d+(?:\.\d+)+/.exec(output)?.[0] ?? lastLines(output, 1) };
}
