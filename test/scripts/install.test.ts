/** When `npm start` and `npm test` install packages, and when they leave them alone. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary.ts';

type Packages = Record<string, { version?: string; optional?: boolean }>;

const LOCKED: Packages = {
  '': { version: '0.1.0' },
  'node_modules/pino': { version: '10.4.0' },
  'node_modules/for-another-system': { version: '1.0.0', optional: true },
};

test('a fresh clone is installed', () => {
  expect(why(LOCKED, undefined)).toBe('nothing is installed yet');
});

test('packages as locked are left alone, optional ones of other systems missing', () => {
  expect(why(LOCKED, { 'node_modules/pino': { version: '10.4.0' } })).toBe('undefined');
});

test('a package that the lock file has at another version is a reason, and so is a missing one', () => {
  expect(why(LOCKED, { 'node_modules/pino': { version: '10.3.0' } })).toBe('pino changed');
  expect(why(LOCKED, {})).toBe('pino changed');
});

test('an installation that lacks the pinned Node is no installation', () => {
  expect(why(LOCKED, { 'node_modules/pino': { version: '10.4.0' } }, [])).toBe('the pinned Node is missing');
});

function why(locked: Packages, installed: Packages | undefined, programs = ['node']): string {
  const project = temporaryFolder();
  mkdirSync(join(project, 'node_modules/.bin'), { recursive: true });
  for (const name of programs) writeFileSync(join(project, 'node_modules/.bin', name), '');
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify({ packages: locked }));
  if (installed !== undefined) {
    const note = join(project, 'node_modules/.package-lock.json');
    writeFileSync(note, JSON.stringify({ packages: installed }));
  }
  const script = join(import.meta.dirname, '../../scripts/install.mjs');
  const ask = `import { whyInstall } from '${script}'; console.log(String(whyInstall(process.argv[1])));`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', ask, project], {
    encoding: 'utf8',
  }).trim();
}
