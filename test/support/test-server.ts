/** Tells a failure of the time-skipping server itself from one of ours. */
import type { Client } from '@temporalio/client';

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
