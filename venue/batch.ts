/**
 * Group commit: what arrives in the same turn of the event loop shares one transaction, and nobody is
 * answered before it is on disk. Writing is slow (an fsync), so a burst of orders pays it once.
 */
type Job<T> = {
  readonly work: () => T;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
};

/** Larger batches would keep the event loop busy for too long. */
const MAX_BATCH = 100;

/** @param transact commits what `work` changed, or undoes all of it and throws. */
export function createBatcher<T>(transact: <R>(work: () => R) => R): (work: () => T) => Promise<T> {
  const waiting: Job<T>[] = [];
  let scheduled = false;

  function runWaiting(): void {
    scheduled = false;
    const jobs = waiting.splice(0, MAX_BATCH);
    if (waiting.length > 0) schedule();
    settle(jobs, runTogether(jobs, transact));
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(runWaiting);
  }

  return (work) =>
    new Promise((resolve, reject) => {
      waiting.push({ work, resolve, reject });
      schedule();
    });

  function settle(jobs: readonly Job<T>[], results: readonly T[] | undefined): void {
    for (const [index, job] of jobs.entries()) {
      // The list is as long as the batch where there is one.
      if (results) job.resolve(results[index] as T);
      else runAlone(job, transact);
    }
  }
}

/** `undefined` where one of them failed: then all are undone, and each has to run for itself. */
function runTogether<T>(jobs: readonly Job<T>[], transact: <R>(work: () => R) => R): T[] | undefined {
  try {
    return transact(() => jobs.map((job) => job.work()));
  } catch {
    return undefined;
  }
}

function runAlone<T>(job: Job<T>, transact: <R>(work: () => R) => R): void {
  try {
    job.resolve(transact(job.work));
  } catch (error) {
    job.reject(error);
  }
}
