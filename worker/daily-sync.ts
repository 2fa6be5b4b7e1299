/**
 * The schedule by which Temporal compares all accounts with their exchanges once a day: made or brought
 * up to date by every worker that starts, and taken away where the configuration wants none.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import type { Logger } from 'pino';
import type { HoldfastConfig } from '../config/config.ts';
import { whatIsWrong } from '../config/errors.ts';
import { WORKFLOW_TASK_QUEUE } from '../contract/ids.ts';
import { DAILY_SYNC, type SyncInput } from '../contract/sync.ts';

const RETRY_MS = 30_000;

/** Until it is as configured: positions do not wait for it. */
export async function keepDailySync(
  client: Client,
  config: HoldfastConfig,
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    try {
      await ensureDailySync(client, config);
      return;
    } catch (error) {
      log.error({ error: String(error), retryInMs: RETRY_MS }, 'the daily sync could not be scheduled');
      await delay(RETRY_MS, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

export async function ensureDailySync(client: Client, config: HoldfastConfig): Promise<void> {
  const handle = client.schedule.getHandle(DAILY_SYNC);
  if (!config.dailySync.enabled) {
    await handle.delete().catch((error: unknown) => {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    });
    return;
  }
  const options = scheduleOf(config);
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    // What a person did in the Web UI, such as pausing it, stays.
    await handle.update(({ state }) => ({ ...options, state }));
  }
}

function scheduleOf({ accounts, unusable, dailySync: { at, execute } }: HoldfastConfig): ScheduleOptions {
  const [hour = 0, minute = 0] = at.split(':').map(Number);
  const input: SyncInput = {
    version: 1,
    accounts: Object.keys(accounts),
    unusable: Object.values(unusable).map(({ name, problems }) => ({
      account: name,
      error: problems.map(whatIsWrong).join('; '),
    })),
    execute,
    cause: 'daily',
    policy: null,
  };
  return {
    scheduleId: DAILY_SYNC,
    spec: { calendars: [{ hour, minute, comment: `daily at ${at} UTC` }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '12 hours' },
    action: {
      type: 'startWorkflow',
      workflowType: 'sync',
      workflowId: DAILY_SYNC,
      taskQueue: WORKFLOW_TASK_QUEUE,
      args: [input],
    },
  };
}
