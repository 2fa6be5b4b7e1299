/** `npm ci` works from package-lock.json on every system, and names no registry. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const entry = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});
const lock = z
  .object({ packages: z.record(z.string(), entry) })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')));

test('the packages for other systems are in it; else run node scripts/complete-lock.mjs', () => {
  const wanted = Object.values(lock.packages).flatMap(({ optionalDependencies }) =>
    Object.keys(optionalDependencies),
  );
  expect(wanted.length).toBeGreaterThan(0);
  const present = new Set(
    Object.keys(lock.packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
  );
  expect(wanted.filter((name) => !present.has(name))).toEqual([]);
});

test('it says nothing of where packages came from: that is for the machine to know', () => {
  const resolved = Object.entries(lock.packages).flatMap(([path, one]) =>
    one.resolved === undefined ? [] : [path],
  );
  expect(resolved).toEqual([]);
});
