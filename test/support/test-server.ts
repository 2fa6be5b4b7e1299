/** Tells a failure of the time-skipping server itself from one of ours. */
import type { Client } from '@temporalio/client';
import { HoldfastError } from '../../client/errors.ts';

/** What is known of a run that did not end. */
type Run = {
  pendingActivities?: readonly { activityId?: string | null }[] | null;
  events: readonly { activityTaskScheduledEventAttributes?: { activityId?: string | null } | null }[];
};

/**
 * Calls that the server holds as waiting for a worker while its history does not know of them. Its state
 * and its history are written together, so there can be none: the server failed in between, and the run
 * waits for ever for a call that nobody is given.
 */
export function lostCalls({ pendingActivities, events }: Run): string[] {
  const scheduled = new Set(
    events.map(({ activityTaskScheduledEventAttributes: attributes }) => attributes?.activityId),
  );
  return (pendingActivities ?? []).flatMap(({ activityId }) =>
    typeof activityId === 'string' && !scheduled.has(activityId) ? [activityId] : [],
  );
}

/** Throws where the server lost what it had taken for this run. */
export async function expectWholeServer(client: Client, workflowId: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  // The description first: what is scheduled in between is then in the history, never the reverse.
  const { pendingActivities } = (await handle.describe()).raw;
  const { events } = await handle.fetchHistory();
  const lost = lostCalls({ pendingActivities: pendingActivities ?? [], events: events ?? [] });
  if (lost.length > 0)
    throw new Error(
      `the time-skipping server lost what it had taken: call ${lost.join(', ')} of ${workflowId} is in no history`,
    );
}

type Event = {
  workflowExecutionUpdateAcceptedEventAttributes?: object | null;
  workflowTaskScheduledEventAttributes?: object | null;
  workflowTaskCompletedEventAttributes?: object | null;
};

/**
 * Whether an update that was sent after `before` of them had been taken is in no history, with no workflow task
 * under way that could bring it there: nobody will ever be given it.
 */
export function lostUpdate(before: number, events: readonly Event[]): boolean {
  const scheduled = events.findLastIndex((event) => event.workflowTaskScheduledEventAttributes);
  const completed = events.findLastIndex((event) => event.workflowTaskCompletedEventAttributes);
  return updatesTaken(events) === before && completed > scheduled;
}

const updatesTaken = (events: readonly Event[]): number =>
  events.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length;

/** What `send`, an update of this workflow, answers. Throws where it is unanswered because the server lost it. */
export async function keptUpdate<T>(client: Client, workflowId: string, send: () => Promise<T>): Promise<T> {
  const events = async (): Promise<readonly Event[]> =>
    (await client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
  const before = updatesTaken(await events());
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'no_answer') throw error;
    await expectWholeServer(client, workflowId);
    if (lostUpdate(before, await events()))
      throw new Error(
        `the time-skipping server lost what it had taken: an update of ${workflowId} is in no history`,
        {
          cause: error,
        },
      );
    throw error;
  }
}
