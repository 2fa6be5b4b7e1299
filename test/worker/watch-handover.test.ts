import { hostname } from 'node:os';
import type { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { freeWatch, isGone } from '../../worker/watch-handover.ts';

/** Larger than any process id that Linux or macOS gives. */
const NOBODY = 99_999_999;
const GONE = `${NOBODY}@${hostname()}`;

type Watch = { activityType: { name: string }; activityId: string; lastWorkerIdentity: string };

/** A server that knows of these activities, and what it was told of them. */
function server(pendingActivities: Watch[] | Error) {
  const failed: { id: object; error: Error }[] = [];
  const connection = {
    withDeadline: (_: number, work: () => Promise<unknown>) => work(),
    workflowService: {
      describeWorkflowExecution: async () => {
        if (pendingActivities instanceof Error) throw pendingActivities;
        return { pendingActivities, workflowExecutionInfo: { execution: { runId: 'run' } } };
      },
    },
  };
  const client = {
    activity: { fail: async (id: object, error: Error) => void failed.push({ id, error }) },
  };
  const free = () =>
    freeWatch(
      // The few calls that it makes.
      {
        connection: connection as unknown as Connection,
        client: client as unknown as Client,
        namespace: 'n',
      },
      'main',
      pino({ level: 'silent' }),
    );
  return { free, failed };
}

const watchOf = (lastWorkerIdentity: string, name = 'observe'): Watch => ({
  activityType: { name },
  activityId: '5',
  lastWorkerIdentity,
});

describe('the watch of an account, when a worker starts', () => {
  it('is taken from a process that has ended, to be given out again at once', async () => {
    const { free, failed } = server([watchOf(GONE, 'readLeg'), watchOf(GONE)]);
    await free();
    expect(failed).toMatchObject([
      {
        id: { workflowId: 'account/main', runId: 'run', activityId: '5' },
        error: { nextRetryDelay: '1 ms', nonRetryable: false },
      },
    ]);
  });

  it.each([
    ['a process that runs', `${process.ppid}@${hostname()}`],
    ['a process of another host', `${NOBODY}@elsewhere`],
    ['a worker with a name of its own', 'worker-7'],
  ])('is left to %s', async (_, identity) => {
    const { free, failed } = server([watchOf(identity)]);
    await free();
    expect(failed).toEqual([]);
  });

  it('and no other activity is touched', async () => {
    const { free, failed } = server([watchOf(GONE, 'placeOrder')]);
    await free();
    expect(failed).toEqual([]);
  });

  it('is nobody’s where the account’s workflow does not run yet', async () => {
    const { free, failed } = server(new Error('workflow not found'));
    await free();
    expect(failed).toEqual([]);
  });
});

it('what bears the id of this very process was another’s before', () => {
  expect(isGone(`${process.pid}@${hostname()}`)).toBe(true);
});
