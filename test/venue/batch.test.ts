import { describe, expect, it } from 'vitest';
import { createBatcher } from '../../venue/batch.ts';

/** A transaction that counts its commits and undoes what a failing one did. */
function ledger() {
  const state = { rows: [] as string[], commits: 0 };
  const transact = <T>(work: () => T): T => {
    const before = [...state.rows];
    try {
      const result = work();
      state.commits += 1;
      return result;
    } catch (error) {
      state.rows = before;
      throw error;
    }
  };
  const add = (row: string) => () => {
    if (row === 'bad') throw new Error('bad row');
    state.rows.push(row);
    return row;
  };
  return { state, run: createBatcher<string>(transact), add };
}

describe('group commit', () => {
  it('commits what arrives together once, and answers each with its own result', async () => {
    const { state, run, add } = ledger();
    expect(await Promise.all(['a', 'b', 'c'].map((row) => run(add(row))))).toEqual(['a', 'b', 'c']);
    expect(state).toEqual({ rows: ['a', 'b', 'c'], commits: 1 });
  });

  it('runs each for itself when one fails, so that only that one does, and none twice', async () => {
    const { state, run, add } = ledger();
    const results = await Promise.allSettled(['a', 'bad', 'c'].map((row) => run(add(row))));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(state.rows).toEqual(['a', 'c']);
  });

  it('takes more than a batch holds', async () => {
    const { state, run, add } = ledger();
    const rows = Array.from({ length: 250 }, (_, index) => String(index));
    expect(await Promise.all(rows.map((row) => run(add(row))))).toEqual(rows);
    expect(state.commits).toBe(3);
  });
});
