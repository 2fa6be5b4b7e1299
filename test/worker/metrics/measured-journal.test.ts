/** Writes to the journal are counted, and the last one that failed is known for a while. */
import { expect, it } from 'vitest';
import { measuredJournal } from '../../../worker/metrics/measured-journal.ts';
import { openSqliteJournal } from '../../../journal/sqlite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { createCounted } from './counted.ts';

const BALANCE = { account: 'a', asset: 'USDT', atMs: 1, equity: '1', available: '1', why: 'start' } as const;

function open() {
  const clock = { nowMs: 0 };
  const disk = { isFull: false };
  const plain = openSqliteJournal({ file: `${temporaryFolder()}/journal.sqlite` });
  const { meters, counts } = createCounted();
  const appendBalance: typeof plain.appendBalance = async (balance) => {
    if (disk.isFull) throw new Error('the disk is full');
    await plain.appendBalance(balance);
  };
  return { clock, disk, counts, ...measuredJournal({ ...plain, appendBalance }, meters, () => clock.nowMs) };
}

it('what is written is there, and counted', async () => {
  const { journal, counts, trouble } = open();
  await journal.appendBalance(BALANCE);
  expect(await journal.balances()).toEqual([BALANCE]);
  expect([...counts]).toEqual([['holdfast_journal_writes_total appendBalance ok', 1]]);
  expect(trouble()).toBeUndefined();
  await journal.close();
});

it('a failure is told until a write succeeds, and not for ever', async () => {
  const { journal, clock, disk, counts, trouble } = open();
  disk.isFull = true;
  await expect(journal.appendBalance(BALANCE)).rejects.toThrow('the disk is full');
  expect(trouble()).toBe('the disk is full');
  disk.isFull = false;
  await journal.appendBalance(BALANCE);
  expect(trouble()).toBeUndefined();
  disk.isFull = true;
  await expect(journal.appendBalance(BALANCE)).rejects.toThrow('the disk is full');
  clock.nowMs = 120_001;
  expect(trouble()).toBeUndefined();
  expect(counts.get('holdfast_journal_writes_total appendBalance failed')).toBe(2);
  await journal.close();
});
