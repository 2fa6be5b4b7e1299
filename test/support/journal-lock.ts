/** Keeps every writer out of the journal: what wants to write waits, and has written nothing yet. */
import { DatabaseSync } from 'node:sqlite';

export function lockJournal(file: string): { release(): void } {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec('BEGIN IMMEDIATE');
  return {
    release: () => {
      if (!database.isOpen) return;
      database.exec('ROLLBACK');
      database.close();
    },
  };
}
