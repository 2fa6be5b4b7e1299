/** What Node compiled is kept, but never believed: tried on real processes that are killed. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { COMPILED_DIR } from '../../config/compile-cache.ts';
import { childEnvironment } from '../../config/child-environment.ts';
import { loadConfig } from '../../config/load.ts';
import { temporaryFolder } from '../support/temporary.ts';

let cache: string;
let source: string;
beforeEach(() => {
  const folder = temporaryFolder();
  cache = join(folder, 'compiled');
  source = join(folder, 'source.mts');
  writeSource('one');
});

test('what was compiled is there at the next start, even of a process that was killed', () => {
  expect(run()).toEqual({ said: 'one', reused: false });
  expect(run()).toEqual({ said: 'one', reused: true });
});

test('a file that has changed is compiled anew', () => {
  run();
  writeSource('two');
  expect(run()).toEqual({ said: 'two', reused: false });
  expect(run()).toEqual({ said: 'two', reused: true });
});

test('what is damaged is made again', () => {
  run();
  for (const file of kept()) writeFileSync(file, readFileSync(file).reverse());
  expect(run()).toEqual({ said: 'one', reused: false });
  for (const file of kept()) truncateSync(file, 40);
  expect(run()).toEqual({ said: 'one', reused: false });
  expect(run()).toEqual({ said: 'one', reused: true });
});

test('a folder that cannot be written keeps nothing from running', () => {
  writeFileSync(cache, 'in the way');
  expect(run()).toEqual({ said: 'one', reused: false });
});

test('what up starts profits from its first file on, and keeps to a folder that somebody chose', () => {
  const config = loadConfig({ env: {} });
  expect(childEnvironment(config, {})).toMatchObject({ NODE_COMPILE_CACHE: COMPILED_DIR });
  const chosen = { NODE_COMPILE_CACHE: 'elsewhere' };
  expect(childEnvironment(config, chosen)).toMatchObject(chosen);
});

/** Of the same length each time, as an edit may be. */
const writeSource = (word: 'one' | 'two'): void =>
  writeFileSync(source, `type Word = string;\nconst word: Word = '${word}';\nconsole.log(word);\n`);

const kept = (): string[] => globSync(join(cache, '*/*'));

/** @returns what the source printed, and whether Node took what it had kept of it */
function run(): { said: string; reused: boolean } {
  const program = join(import.meta.dirname, 'programs/compiling.ts');
  const { stdout, stderr } = spawnSync(process.execPath, [program, cache, source], {
    encoding: 'utf8',
    env: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
  });
  const lines = stderr.split('\n').filter((line) => line.includes(source));
  return { said: stdout.trim(), reused: lines.some((line) => line.includes('was accepted')) };
}
