/** The launcher `bin/holdfast`: what it brings in before it hands over, told by a stand-in for Node. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary.ts';

test('up brings in packages and the Temporal CLI, then hands over with all arguments', () => {
  expect(holdfast(['up', '--no-demo', '--data', 'a b'])).toEqual([
    'system: scripts/prepare.mjs --cli',
    'pinned: client/cli/main.ts up --no-demo --data a b',
  ]);
});

test('up on a server elsewhere brings in no server', () => {
  const without = 'system: scripts/prepare.mjs --none';
  expect(holdfast(['up', '--temporal', 'host:7233'])[0]).toBe(without);
  expect(holdfast(['up', '--temporal=host:7233'])[0]).toBe(without);
  expect(holdfast(['up'], { HOLDFAST_TEMPORAL: 'host:7233' })[0]).toBe(without);
});

test('other commands start at once', () => {
  expect(holdfast(['positions', '--json'])).toEqual(['pinned: client/cli/main.ts positions --json']);
});

test('any command in a fresh clone installs first', () => {
  expect(holdfast(['positions'], {}, { installed: false })).toEqual(['system: scripts/prepare.mjs --none']);
});

test('it runs with what Node compiled last time, in the project or where somebody chose', () => {
  const own = ['it has .holdfast/cache/compiled'];
  expect(holdfast(['positions'], {}, { say: 'it has $NODE_COMPILE_CACHE' })).toEqual(own);
  const NODE_COMPILE_CACHE = 'elsewhere';
  expect(holdfast(['positions'], { NODE_COMPILE_CACHE }, { say: 'it has $NODE_COMPILE_CACHE' })).toEqual([
    'it has elsewhere',
  ]);
});

/**
 * What was run, in order. `installed: false`: a clone without node_modules, where handing over fails.
 * `say`: what the stand-in for the pinned Node says, in the words of its shell.
 */
function holdfast(
  args: string[],
  env: Record<string, string> = {},
  { installed = true, say = 'pinned: $*' } = {},
): string[] {
  const project = temporaryFolder();
  const log = join(project, 'log');
  cpSync(join(import.meta.dirname, '../../bin'), join(project, 'clone/bin'), { recursive: true });
  mkdirSync(join(project, 'path'));
  mkdirSync(join(project, 'clone/node_modules/.bin'), { recursive: true });
  standIn(join(project, 'path/node'), 'system: $*', log, project);
  standIn(join(project, 'clone/node_modules/.bin/node'), say, log, project);
  if (!installed) rmSync(join(project, 'clone/node_modules'), { recursive: true });
  // Called by a link elsewhere, as people put programs on their PATH.
  symlinkSync(join(project, 'clone/bin/holdfast'), join(project, 'path/holdfast'));
  try {
    const PATH = `${join(project, 'path')}:${process.env['PATH'] ?? ''}`;
    execFileSync(join(project, 'path/holdfast'), args, { env: { PATH, ...env }, stdio: 'pipe' });
  } catch (error) {
    if (installed) throw error;
  }
  return readFileSync(log, 'utf8').trimEnd().split('\n');
}

function standIn(path: string, words: string, log: string, project: string): void {
  writeFileSync(path, `#!/bin/sh\necho "${words}" | sed 's#${project}/clone/##' >> "${log}"\n`);
  chmodSync(path, 0o755);
}
