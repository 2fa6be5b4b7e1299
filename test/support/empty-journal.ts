/** A journal for tests in which nothing has happened yet; what they want in it, they name. */
import type { JournalReader } from '../../journal/journal.ts';

export const emptyJournal = (
  change: Partial<Pick<JournalReader, 'trades' | 'positions'>> = {},
): Pick<JournalReader, 'trades' | 'positions'> => ({
  trades: async () => [],
  positions: async () => [],
  ...change,
});
