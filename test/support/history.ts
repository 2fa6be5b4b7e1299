/** Waiting for the moment at which a workflow's history says something, as close to it as the server tells. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { eventually } from './eventually.ts';

/** One activity of a history: its type and the one object it was given, unless that was bytes. */
export type Activity = { type: string; input: unknown };

type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

const DEFAULT_WITHIN_MS = 20_000;
const { PENDING_ACTIVITY_STATE_STARTED } = proto.temporal.api.enums.v1.PendingActivityState;

/** What is on record by now, to tell later events from earlier ones. 0 where there is no such workflow yet. */
export async function recordedSoFar(client: Client, workflowId: string): Promise<number> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).historyLength;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 0;
    throw error;
  }
}

/** Resolves as soon as an activity that fits is on record as completed, later than event `after`. */
export async function activityCompleted(
  client: Client,
  workflowId: string,
  fits: (activity: Activity) => boolean,
  after = 0,
): Promise<void> {
  const scheduled = new Map<string, Activity>();
  await eventRecorded(client, workflowId, (event) => {
    const asked = event.activityTaskScheduledEventAttributes;
    if (asked) scheduled.set(String(event.eventId), activityOf(asked.activityType?.name, asked.input));
    const done = event.activityTaskCompletedEventAttributes;
    const activity = done && scheduled.get(String(done.scheduledEventId));
    return Number(event.eventId) > after && activity !== undefined && activity !== null && fits(activity);
  });
}

/** Resolves as soon as a signal of this name is on record, later than event `after`. */
export const signalled = (client: Client, workflowId: string, name: string, after = 0): Promise<void> =>
  eventRecorded(
    client,
    workflowId,
    (event) =>
      Number(event.eventId) > after && event.workflowExecutionSignaledEventAttributes?.signalName === name,
  );

/** Resolves once a worker has taken up an activity of one of these types and not answered yet. */
export async function activityStarted(
  client: Client,
  workflowId: string,
  types: readonly string[],
  withinMs = DEFAULT_WITHIN_MS,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const raw = await rawDescription(client, workflowId);
    const found = raw?.pendingActivities?.some(
      ({ activityType, state }) =>
        types.includes(activityType?.name ?? '') && state === PENDING_ACTIVITY_STATE_STARTED,
    );
    if (found) return;
    if (Date.now() > deadline)
      throw new Error(`no ${types.join(' or ')} was under way in ${workflowId} within ${withinMs} ms`);
  }
}

async function rawDescription(client: Client, workflowId: string) {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).raw;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Long-polls the history, so that the answer comes with the event and not some time after. */
async function eventRecorded(
  client: Client,
  workflowId: string,
  fits: (event: HistoryEvent) => boolean,
): Promise<void> {
  const deadline = Date.now() + DEFAULT_WITHIN_MS;
  const { runId } = await eventually(() => client.workflow.getHandle(workflowId).describe());
  let nextPageToken: Uint8Array | null | undefined;
  for (;;) {
    const page = await client.withDeadline(deadline, () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId, runId },
        waitNewEvent: true,
        ...(nextPageToken ? { nextPageToken } : {}),
      }),
    );
    if (page.history?.events?.some(fits)) return;
    nextPageToken = page.nextPageToken;
    if (!nextPageToken || nextPageToken.length === 0)
      throw new Error(`${workflowId} ended without the awaited event`);
  }
}

function activityOf(
  type: string | null | undefined,
  input: proto.temporal.api.common.v1.IPayloads | null | undefined,
): Activity {
  const { data, metadata } = input?.payloads?.[0] ?? {};
  const isJson = Buffer.from(metadata?.['encoding'] ?? []).toString() === 'json/plain';
  return {
    type: type ?? '',
    input: data && isJson ? (JSON.parse(Buffer.from(data).toString('utf8')) as unknown) : undefined,
  };
}
