/** A journal whose writes are counted, and that knows whether its last one went well. */
import type { Journal } from '../../journal/journal.ts';
import type { Meters } from './meters.ts';

export type MeasuredJournal = {
  journal: Journal;
  /** Why the last write failed; undefined once one has succeeded, or after a while without any. */
  trouble(): string | undefined;
};

/** Writes are repeated until they succeed, so what nobody repeats for this long is over. */
const FORGOTTEN_AFTER_MS = 120_000;

export function measuredJournal(
  journal: Journal,
  meters: Meters,
  now: () => number = Date.now,
): MeasuredJournal {
  let failed: { atMs: number; reason: string } | undefined;
  const write =
    <Written, Answer>(operation: keyof Journal, run: (written: Written) => Promise<Answer>) =>
    async (written: Written): Promise<Answer> => {
      try {
        const answer = await run(written);
        failed = undefined;
        meters.count('holdfast_journal_writes_total', { operation, result: 'ok' });
        return answer;
      } catch (error) {
        failed = { atMs: now(), reason: error instanceof Error ? error.message : String(error) };
        meters.count('holdfast_journal_writes_total', { operation, result: 'failed' });
        throw error;
      }
    };
  return {
    journal: {
      ...journal,
      publish: write('publish', journal.publish),
      writeTrade: write('writeTrade', journal.writeTrade),
      appendBalance: write('appendBalance', journal.appendBalance),
      appendSyncReport: write('appendSyncReport', journal.appendSyncReport),
    },
    trouble: () => (failed && now() - failed.atMs <= FORGOTTEN_AFTER_MS ? failed.reason : undefined),
  };
}
