/** Another process's long write to the journal, which makes every other one wait. */
import { DatabaseSync } from 'node:sqlite';
import { journalFile } from '../../config/data-files.ts';
import type { HoldfastConfig } from '../../config/config.ts';

export function heldJournal(config: HoldfastConfig): { release(): void } {
  const database = new DatabaseSync(journalFile(config));
  database.exec('BEGIN IMMEDIATE');
  return {
    release() {
      database.exec('ROLLBACK');
      database.close();
    },
  };
}
