/**
 * A run that must not go on from where it is. A query that waits for a worker is handed to it with all
 * that has happened since the last workflow task, but without the time of a task: what is decided then
 * would be decided otherwise in the task that follows. Such a run is evicted and replayed.
 *
 * Failing the activation alone would not do: the query itself comes next, its answer would take along
 * the commands that were left, and the SDK ends a whole worker for that. So every activation of the run
 * fails from here on; the query's too, and whoever asked asks again.
 */
import type { WorkflowInternalsInterceptor, WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { ASKED_TOO_EARLY } from '../contract/failures.ts';

/** Every run has modules of its own, so this is one run's. */
let reason: string | undefined;

export function spoil(why: string): void {
  reason ??= why;
}

/** The task of the last activation that brought anything, and how much of the history that knew. */
let last: { task: string; length: number } | undefined;

/**
 * Every workflow task has a time and a history of its own. What happened and is handed out without one comes
 * under those of the task before, with more events; what a task itself leads to (a call that is called off
 * ends at once) comes with no more than that.
 */
const ofATask: WorkflowInternalsInterceptor['activate'] = (input, next) => {
  const { timestamp, historySizeBytes, historyLength, jobs } = input.activation;
  if (jobs?.some(({ queryWorkflow }) => !queryWorkflow)) {
    const task = `${String(timestamp?.seconds)}.${timestamp?.nanos ?? 0} ${String(historySizeBytes)}`;
    const length = historyLength ?? 0;
    const happened = jobs.some(
      ({ signalWorkflow, resolveActivity, fireTimer }) => signalWorkflow ?? resolveActivity ?? fireTimer,
    );
    // The time-skipping server counts whole milliseconds, and gives several tasks the same time.
    const isExact = (timestamp?.nanos ?? 0) % 1_000_000 !== 0;
    if (isExact && last?.task === task && length > last.length && happened) spoil(ASKED_TOO_EARLY);
    last = { task, length };
  }
  next(input);
};

export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate: ofATask,
      concludeActivation(input, next) {
        if (reason !== undefined) throw new Error(reason);
        return next(input);
      },
    },
  ],
});
