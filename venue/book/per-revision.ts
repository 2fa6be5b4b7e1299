/**
 * Remembers what was computed of the books until one of their rows changes: a list of a thousand positions
 * needs the account's funds for every row, and they cost a look at every row.
 */
import type { Books } from './books.ts';

type Revised = Pick<Books, 'revision'>;

/** @param compute depends on rows alone: not on the time, not on the settings */
export function perRevision<B extends Revised, K, T>(
  compute: (books: B, key: K) => T,
): (books: B, key: K) => T {
  const known = new WeakMap<B, { revision: number; values: Map<K, T> }>();
  return (books, key) => {
    const revision = books.revision();
    let kept = known.get(books);
    if (kept?.revision !== revision) {
      kept = { revision, values: new Map() };
      known.set(books, kept);
    }
    if (!kept.values.has(key)) kept.values.set(key, compute(books, key));
    // It has just been put there.
    return kept.values.get(key) as T;
  };
}
