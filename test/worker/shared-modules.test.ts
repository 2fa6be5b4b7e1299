/** What all workflows of a process share (`worker/bundle.ts`) keeps nothing of any of them. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PROJECT = join(import.meta.dirname, '../..');
/** At the top of a file, where it would live as long as the process. */
const STATE = /^(export )?(let|var) |^(export )?const \w+(: [^=]+)? = new (Map|WeakMap)\b/m;

test('domain and contract have no state of their own', () => {
  const shared = globSync('{domain,contract}/**/*.ts', { cwd: PROJECT });
  expect(shared.length).toBeGreaterThan(100);
  expect(shared.filter((name) => STATE.test(readFileSync(join(PROJECT, name), 'utf8')))).toEqual([]);
});

test.each([
  'let last = 0;',
  'export let last: string | undefined;',
  'const known = new Map();',
  'const known: Map<string, number> = new Map([]);',
])('state is found: %s', (line) => {
  expect(STATE.test(`import type { A } from './a.ts';\n${line}\n`)).toBe(true);
});
