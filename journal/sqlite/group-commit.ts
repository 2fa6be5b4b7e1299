/**
 * Writes that are asked for at once are committed at once: a hundred positions that publish together
 * wait for the disk once, not a hundred times. Each write is still whole or not at all, by a savepoint
 * of its own, and is acknowledged only after the commit.
 */
// Not the global one: that is anybody's to replace, and a write must never wait for somebody's clock.
import { setImmediate } from 'node:timers';
import type { Database } from './database.ts';

/** Writes of one transaction, so that none waits for very many others. */
const MAX_TOGETHER = 200;

export type GroupCommit = {
  /** Resolves with what `work` returned once it is on disk; rejects with what it threw. */
  write<T>(work: () => T): Promise<T>;
  /** Commits what is waiting, now. */
  flush(): void;
};

/** One write: `run` does it inside the transaction, `settle` tells its caller afterwards. */
type Write = { run(): void; settle(failure?: { error: unknown }): void };

export function createGroupCommit(database: Database): GroupCommit {
  const waiting: Write[] = [];
  const flush = (): void => {
    while (waiting.length > 0) commit(database, waiting.splice(0, MAX_TOGETHER));
  };
  return {
    flush,
    write: (work) =>
      new Promise((resolve, reject) => {
        if (waiting.push(createWrite(database, work, resolve, reject)) === 1) setImmediate(flush);
      }),
  };
}

function commit(database: Database, writes: readonly Write[]): void {
  try {
    database.transaction(() => {
      for (const write of writes) write.run();
    });
    for (const write of writes) write.settle();
  } catch (error) {
    // Nothing was committed, whoever was to blame: every caller must ask again.
    for (const write of writes) write.settle({ error });
  }
}

function createWrite<T>(
  database: Database,
  work: () => T,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Write {
  let outcome: { value: T } | { error: unknown } | undefined;
  return {
    run: () => {
      database.run('SAVEPOINT one_write');
      try {
        outcome = { value: work() };
      } catch (error) {
        outcome = { error };
        database.run('ROLLBACK TO one_write');
      }
      database.run('RELEASE one_write');
    },
    settle: (failure) => {
      // A write's own error says more than that of the transaction.
      if (outcome && 'error' in outcome) reject(outcome.error);
      else if (failure || !outcome) reject(failure?.error);
      else resolve(outcome.value);
    },
  };
}
