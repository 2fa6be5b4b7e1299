/** Every situation of the project's list has a test that carries its number. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const TESTS = join(import.meta.dirname, '../..');
const LIST = join(TESTS, '../../shared/SCENARIOS.md');

const listed = (): number[] =>
  [...readFileSync(LIST, 'utf8').matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number));

function named(): Set<number> {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(spec|test)\.ts$/.test(file),
  );
  const texts = files.map((file) => readFileSync(join(TESTS, file), 'utf8'));
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/scenario (\d+):/g)].map(([, number]) => Number(number))),
  );
}

it.skipIf(!existsSync(LIST))('every number of the list is the number of a test', () => {
  const tests = named();
  expect(listed().length).toBeGreaterThan(50);
  expect(listed().filter((number) => !tests.has(number))).toEqual([]);
});
