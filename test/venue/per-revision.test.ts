import { expect, it } from 'vitest';
import { perRevision } from '../../venue/book/per-revision.ts';

function counted() {
  const asked: string[] = [];
  let revision = 1;
  const books = { revision: () => revision };
  const figure = perRevision((_: typeof books, key: string) => `${key} ${asked.push(key)}`);
  return { asked, figure: (key: string) => figure(books, key), change: () => void (revision += 1) };
}

it('computes once for each key while no row changes', () => {
  const { asked, figure } = counted();
  expect([figure('a'), figure('b'), figure('a')]).toEqual(['a 1', 'b 2', 'a 1']);
  expect(asked).toEqual(['a', 'b']);
});

it('computes anew after a change', () => {
  const { figure, change } = counted();
  figure('a');
  change();
  expect(figure('a')).toBe('a 2');
});
