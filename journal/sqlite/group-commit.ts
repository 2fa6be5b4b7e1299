/**
 * Writes that are asked for at once are committed at once: a hundred positions that publish together
 * wait for the disk once, not a hundred times. Each write is still whole or not at all, by a savepoint
 * of its own, and is acknowledged only after the commit.
 *
 * While another process holds the file, writes wait here, and the rest of this process goes on: a
 * journal that is locked must never hold up a trade.
 */
// Not the global ones: those are anybody's to replace, and a write must never wait for somebody's clock.
import { setImmediate, setTimeout } from 'node:timers';
import { isBusy } from './database.ts';
import type { Database } from './database.ts';

/** Writes of one transaction, so that none waits for very many others. */
const MAX_TOGETHER = 200;
/** More than any burst: whoever comes later is told to come again. */
const MAX_WAITING = 20_000;
/** How long one try blocks this process. */
const TRY_MS = 20;
const RETRY_AFTER_MS = 80;
/** A write that was locked out for this long fails, and its caller asks again: below the activities' start-to-close. */
const GIVE_UP_AFTER_MS = 8_000;
/** How long the last try blocks, when the journal is closed. */
const LAST_TRY_MS = 1_000;

export type GroupCommit = {
  /** Resolves with what `work` returned once it is on disk; rejects with what it threw. */
  write<T>(work: () => T): Promise<T>;
  /** Commits what is waiting, now or never. */
  finish(): void;
};

/** One write: `run` does it inside the transaction, `settle` tells its caller afterwards. */
type Write = { run(): void; settle(failure: { error: unknown } | undefined): void };

export function createGroupCommit(database: Database, giveUpAfterMs = GIVE_UP_AFTER_MS): GroupCommit {
  const waiting: Write[] = [];
  let lockedSinceMs: number | undefined;
  const flush = (): void => {
    while (waiting.length > 0) {
      const writes = waiting.slice(0, MAX_TOGETHER);
      const failure = commit(database, writes);
      if (failure && isBusy(failure.error)) {
        lockedSinceMs ??= performance.now();
        if (performance.now() - lockedSinceMs < giveUpAfterMs) return void setTimeout(flush, RETRY_AFTER_MS);
      }
      lockedSinceMs = undefined;
      waiting.splice(0, writes.length);
      for (const write of writes) write.settle(failure);
    }
  };
  database.waitForLock(TRY_MS);
  return {
    finish: () => {
      if (waiting.length === 0) return;
      lockedSinceMs = -Infinity;
      database.waitForLock(LAST_TRY_MS);
      flush();
    },
    write: (work) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= MAX_WAITING)
          return reject(new Error(`${MAX_WAITING} journal writes are waiting`));
        if (waiting.push(createWrite(database, work, resolve, reject)) === 1) setImmediate(flush);
      }),
  };
}

/** Undefined when everything was committed; otherwise nothing was. */
function commit(database: Database, writes: readonly Write[]): { error: unknown } | undefined {
  try {
    database.transaction(() => {
      for (const write of writes) write.run();
    });
    return undefined;
  } catch (error) {
    return { error };
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
