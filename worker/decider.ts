/** The worker that decides: it runs the workflows of all accounts, and nothing is served without it. */
import { Worker, type NativeConnection, type WorkflowBundleOption } from '@temporalio/worker';
import { WORKFLOW_TASK_QUEUE } from '../contract/ids.ts';
import { brokenDown } from './breakdown.ts';
import { BUILD_ID } from './build-id.ts';
import { journalActivities, reportActivities, type Shared } from './deps.ts';
import type { Nearby } from './nearby.ts';

export type Decider = {
  /** Whether it takes work. */
  decides(): boolean;
  /** Resolves with whether there is one; never rejects. */
  created: Promise<boolean>;
  /** Takes work until `stop`. Rejects when it could not be created, or broke down. */
  run(stop: AbortSignal): Promise<void>;
};

/** After a SIGKILL the next worker gets a position's first event within this, not within 10 s. */
const STICKY_TIMEOUT = '1s';
/** About 350 KB each of a position, garbage included; `docs/speed.md`. */
const MAX_CACHED_WORKFLOWS = 2_000;
/** More than accounts that hang can take up: see `nearby.ts`. */
const MAX_CALLS = 1_000;

type Options = {
  connection: NativeConnection;
  namespace: string;
  shutdownGraceTime: string;
  bundling: Promise<WorkflowBundleOption>;
  shared: Shared;
  nearby: Nearby;
};

/** Starts its thread, which takes as long as all else that a start takes; it takes no work yet. */
export async function createDecider({ bundling, shared, nearby, ...options }: Options): Promise<Worker> {
  return Worker.create({
    ...options,
    buildId: BUILD_ID,
    taskQueue: WORKFLOW_TASK_QUEUE,
    workflowBundle: await bundling,
    activities: { ...nearby.activities, ...journalActivities(shared), ...reportActivities(shared) },
    maxConcurrentActivityTaskExecutions: MAX_CALLS,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    reuseV8Context: true,
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
  });
}

export function deciderOf(creating: Promise<Pick<Worker, 'run' | 'shutdown' | 'getState'>>): Decider {
  let worker: Awaited<typeof creating> | undefined;
  const created = creating.then(
    (there) => {
      worker = there;
      return true;
    },
    () => false,
  );
  return {
    created,
    decides: () => worker?.getState() === 'RUNNING',
    async run(stop) {
      const there = await creating;
      const shutdown = (): void => {
        if (there.getState() === 'RUNNING') there.shutdown();
      };
      stop.addEventListener('abort', shutdown, { once: true });
      const running = there.run();
      if (stop.aborted) shutdown();
      await Promise.race([running, brokenDown(there, stop)]);
    },
  };
}
