import { expect, it } from 'vitest';
import { createLanes } from '../../client/lanes.ts';

it('runs no more than the limit of one name at once, in order, and others beside them', async () => {
  const lanes = createLanes(2);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
  };
  const all = ['a1', 'a2', 'a3', 'a4'].map((name) => lanes('a', work(name)));
  const other = lanes('b', work('b1'));
  await Promise.resolve();
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  ends.get('a2')?.();
  await all[1];
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  for (const name of ['a1', 'a3', 'b1']) ends.get(name)?.();
  await all[2];
  ends.get('a4')?.();
  expect(await Promise.all([...all, other])).toEqual(['a1', 'a2', 'a3', 'a4', 'b1']);
});

it('hands the place of what failed on', async () => {
  const lanes = createLanes(1);
  const failed = lanes('a', () => Promise.reject(new Error('no')));
  const next = lanes('a', () => Promise.resolve('yes'));
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
