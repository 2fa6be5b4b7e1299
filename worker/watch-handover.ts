/**
 * Hands the watch of an account on from a process that has died. Temporal notices a dead worker by its
 * missing heartbeats, seconds later; whoever starts on the same machine can see at once that the process
 * that held the watch is gone, and says so. Where that cannot be seen, the heartbeats decide as ever.
 *
 * The watch does nothing but tell, so two of them for a moment would do no harm; that is why this may be
 * done for it, and for no other activity.
 */
import { hostname } from 'node:os';
import { ApplicationFailure } from '@temporalio/common';
import type { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import { accountWorkflowId } from '../contract/ids.ts';
import { identify } from '../server/process-identity.ts';

const WATCH = 'observe';
/** It only saves time: a server that is slow to answer takes longer than the heartbeats would. */
const WITHIN_MS = 2_000;

type Server = { client: Client; connection: Connection; namespace: string };

/** Ends the attempt of a dead process, so that the next one begins at once. Never throws. Call it before work is taken. */
export async function freeWatch(
  { client, connection, namespace }: Server,
  account: string,
  log: Logger,
): Promise<void> {
  const workflowId = accountWorkflowId(account);
  try {
    await connection.withDeadline(Date.now() + WITHIN_MS, async () => {
      const described = await connection.workflowService.describeWorkflowExecution({
        namespace,
        execution: { workflowId },
      });
      const watch = described.pendingActivities?.find(({ activityType }) => activityType?.name === WATCH);
      const { activityId, lastWorkerIdentity } = watch ?? {};
      if (!activityId || !lastWorkerIdentity || !isGone(lastWorkerIdentity)) return;
      const runId = described.workflowExecutionInfo?.execution?.runId ?? '';
      await client.activity.fail({ workflowId, runId, activityId }, processGone(lastWorkerIdentity));
      log.info({ account, lastWorkerIdentity }, 'the watch of a process that has ended is taken over');
    });
  } catch (error) {
    // No workflow yet, or the attempt ended meanwhile: nothing to hand on.
    log.debug({ account, error: String(error) }, 'no watch to take over');
  }
}

/** Retried by the server at once. */
const processGone = (identity: string): ApplicationFailure =>
  ApplicationFailure.create({
    message: `the process ${identity} has ended`,
    type: 'WorkerGone',
    nextRetryDelay: '1 ms',
  });

/**
 * @param identity `<pid>@<host>`, as the SDK names a worker
 * @returns false where it may still run: on another host, or under an id that some process has now
 */
export function isGone(identity: string, own = { pid: process.pid, host: hostname() }): boolean {
  const [, pid, host] = /^(\d+)@(.+)$/.exec(identity) ?? [];
  if (pid === undefined || host !== own.host) return false;
  // This process has taken nothing yet: what bears its id was another's before.
  return Number(pid) === own.pid || identify(Number(pid)) === undefined;
}
