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

/** Of the last activation that brought anything. */
let lastTime: string | undefined;

/** Activities that were called off: their end is told at once, within the same task. */
const calledOff = new Set<number>();

/**
 * Every workflow task has a time of its own; messages, answers and timers that come under that of the task
 * before have been handed out without a task.
 */
const ofATask: WorkflowInternalsInterceptor['activate'] = (input, next) => {
  const { timestamp, jobs } = input.activation;
  if (jobs?.some(({ queryWorkflow }) => !queryWorkflow)) {
    const time = `${String(timestamp?.seconds)}.${timestamp?.nanos ?? 0}`;
    const happened = jobs.some(
      ({ signalWorkflow, fireTimer, resolveActivity: answer }) =>
        signalWorkflow ?? fireTimer ?? (answer && !calledOff.has(answer.seq ?? 0)),
    );
    if (time === lastTime && happened) spoil(ASKED_TOO_EARLY);
    lastTime = time;
  }
  next(input);
};

const noteCalledOff: WorkflowInternalsInterceptor['concludeActivation'] = (input, next) => {
  if (reason !== undefined) throw new Error(reason);
  const output = next(input);
  for (const { requestCancelActivity: cancel } of output.commands) if (cancel) calledOff.add(cancel.seq ?? 0);
  return output;
};

export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [{ activate: ofATask, concludeActivation: noteCalledOff }],
});
