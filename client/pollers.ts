/** Whether a worker takes work from a queue. */
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

/** A worker renews its long poll at least once a minute; the server remembers old pollers for longer. */
const POLL_RENEWAL_MS = 65_000;

export type QueueKind = 'workflow' | 'activity';

/** Identities of the workers that polled within the last long poll. */
export async function pollersOf(client: Client, queue: string, kind: QueueKind): Promise<string[]> {
  const types = proto.temporal.api.enums.v1.TaskQueueType;
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: queue },
    taskQueueType: kind === 'workflow' ? types.TASK_QUEUE_TYPE_WORKFLOW : types.TASK_QUEUE_TYPE_ACTIVITY,
  });
  const sinceS = (Date.now() - POLL_RENEWAL_MS) / 1_000;
  return (pollers ?? [])
    .filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) >= sinceS)
    .map(({ identity }) => identity ?? 'unnamed');
}

export const isPolled = async (client: Client, queue: string): Promise<boolean> =>
  (await pollersOf(client, queue, 'workflow')).length > 0;
