/** The other floor: what Temporal and its SDK take from a message to a call, in a workflow that does nothing else. */
import { join } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Setting } from './setting.ts';
import { act, type acting } from './workflows/bare.ts';

const QUEUE = 'bench-hops';

export type BareHops = {
  /** @returns ms from the sending of an update until the call that it leads to begins */
  once(): Promise<number>;
};

/** Runs `work` beside a worker of its own. */
export async function withBareHops<T>(
  { client, config }: Setting,
  work: (hops: BareHops) => Promise<T>,
): Promise<T> {
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  let begun = (): void => {};
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: QUEUE,
    workflowsPath: join(import.meta.dirname, 'workflows', 'bare.ts'),
    activities: { nothing: async () => begun() },
    reuseV8Context: true,
  });
  const once = async (): Promise<number> => {
    const called = Promise.withResolvers<number>();
    begun = () => called.resolve(performance.now());
    const sentMs = performance.now();
    await handle.executeUpdate(act);
    return (await called.promise) - sentMs;
  };
  const handle = await client.workflow.start<typeof acting>('acting', {
    workflowId: `bench-hops-${Date.now()}`,
    taskQueue: QUEUE,
  });
  return worker
    .runUntil(async () => {
      try {
        return await work({ once });
      } finally {
        await handle.terminate();
      }
    })
    .finally(() => connection.close());
}
