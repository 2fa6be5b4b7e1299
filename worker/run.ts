/** Runs everything that one worker process does, until it is told to stop. */
import { Client } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { HoldfastConfig } from '../config/config.ts';
import { accountTaskQueue, WORKFLOW_TASK_QUEUE } from '../contract/ids.ts';
import { ensureSearchAttributes } from '../server/search-attributes.ts';
import { startAccounts } from './accounts.ts';
import { workflowBundle } from './bundle.ts';
import { connectWhenUp } from './connect.ts';
import { createDeps } from './deps.ts';

export type RunOptions = { config: HoldfastConfig; log: Logger; stop: AbortSignal; onReady: () => void };

/** After a SIGKILL the next worker gets a position's first event within this, not within 10 s. */
const STICKY_TIMEOUT = '1s';
/** About 270 KB each. */
const MAX_CACHED_WORKFLOWS = 2_000;
/** An order call that is under way when a stop is asked for ends by itself within 6 s. */
const SHUTDOWN_GRACE = '7s';

/** Resolves when everything was stopped cleanly; rejects when a part of it failed for good. */
export async function runWorker({ config, log, stop, onReady }: RunOptions): Promise<void> {
  const { address, namespace } = config.temporal;
  const bundling = workflowBundle();
  const plain = await connectWhenUp(address, log, stop);
  if (!plain) return;
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection: plain, namespace });
  const added = await ensureSearchAttributes(plain, namespace);
  if (added.length > 0) log.info({ added }, 'registered search attributes');
  const deps = await createDeps(config, client, log, stop);
  try {
    const common = {
      connection: native,
      namespace,
      shutdownGraceTime: SHUTDOWN_GRACE,
    } satisfies Partial<WorkerOptions>;
    const workers = [
      await Worker.create({
        ...common,
        taskQueue: WORKFLOW_TASK_QUEUE,
        workflowBundle: await bundling,
        stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
        reuseV8Context: true,
        maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
      }),
      ...(await Promise.all(
        [...deps.activities].map(([account, activities]) =>
          Worker.create({ ...common, taskQueue: accountTaskQueue(account), activities }),
        ),
      )),
    ];
    await runAll(workers, stop, async () => {
      await startAccounts(client, config);
      onReady();
    });
  } finally {
    await deps.close();
    await native.close();
    await plain.close();
  }
}

async function runAll(
  workers: readonly Worker[],
  stop: AbortSignal,
  started: () => Promise<void>,
): Promise<void> {
  const shutdown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  stop.addEventListener('abort', shutdown, { once: true });
  const running = workers.map(async (worker) => {
    try {
      await worker.run();
    } finally {
      shutdown(); // one that fails takes the others with it: the supervisor starts all of them anew
    }
  });
  try {
    await started();
    if (stop.aborted) shutdown();
  } catch (error) {
    shutdown();
    await Promise.allSettled(running);
    throw error;
  }
  await Promise.all(running);
}
