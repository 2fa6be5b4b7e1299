/** Bundles are kept, and only run where they are what they were made to be. */
import { readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { keptOrMade } from '../../worker/bundle-cache.ts';
import { temporaryFolder } from '../support/temporary.ts';

const CODE = 'the code of the workflows';

let folder: string;
let made: number;
beforeEach(() => {
  folder = join(temporaryFolder(), 'cache');
  made = 0;
});

/** The code that would be run. */
async function bundle(key: string, code = CODE): Promise<string> {
  const told = await keptOrMade(folder, key, () => {
    made += 1;
    return Promise.resolve(code);
  });
  return 'codePath' in told ? readFileSync(told.codePath, 'utf8') : told.code;
}

test('is made once for the same sources, and anew for others', async () => {
  expect(await bundle('a')).toBe(CODE);
  expect(await bundle('a')).toBe(CODE);
  expect(made).toBe(1);
  expect(await bundle('b', 'other code')).toBe('other code');
  expect(await bundle('a')).toBe(CODE);
  expect(made).toBe(2);
});

test.each([
  ['cut off', (file: string) => truncateSync(file, 5)],
  ['empty', (file: string) => truncateSync(file, 0)],
  ['other code of the same length', (file: string) => writeFileSync(file, CODE.replace('code', 'CODE'))],
])('is made anew where the file is %s', async (_, damage) => {
  await bundle('a');
  for (const name of readdirSync(folder)) damage(join(folder, name));
  expect(await bundle('a')).toBe(CODE);
  expect(await bundle('a')).toBe(CODE);
  expect(made).toBe(2);
});

test('is made at every start where nothing can be written', async () => {
  writeFileSync(folder, 'in the way');
  expect(await bundle('a')).toBe(CODE);
  expect(await bundle('a')).toBe(CODE);
  expect(made).toBe(2);
});

test('the oldest are dropped', async () => {
  for (const [age, key] of ['d', 'c', 'b', 'a'].entries()) {
    await bundle(key);
    for (const name of readdirSync(folder).filter((each) => each.startsWith(`workflows-${key}-`)))
      utimesSync(join(folder, name), 1_000 + age, 1_000 + age);
  }
  await bundle('e');
  expect(readdirSync(folder).map((name) => name.split('-')[1])).toEqual(['a', 'b', 'e']);
});
