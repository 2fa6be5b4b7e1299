/** Runs everything that one worker process does, until it is told to stop. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type Connection } from '@temporalio/client';
import { NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { HoldfastConfig } from '../config/config.ts';
import { WORKFLOW_TASK_QUEUE } from '../contract/ids.ts';
import { ensureSearchAttributes } from '../server/search-attributes.ts';
import { createAccountServer, type AccountServer } from './account-server.ts';
import { keepStarting } from './accounts.ts';
import { brokenDown } from './breakdown.ts';
import { BUILD_ID } from './build-id.ts';
import { workflowBundle } from './bundle.ts';
import { connectWhenUp } from './connect.ts';
import { keepDailySync } from './daily-sync.ts';
import { createShared, reportActivities, type Shared } from './deps.ts';
import type { HealthDesk } from './health/desk.ts';
import type { Meters } from './metrics/meters.ts';
import { keepReporting } from './reports.ts';
import { unusableTrouble } from './trouble.ts';
import { freeWatch } from './watch-handover.ts';

export type RunOptions = {
  config: HoldfastConfig;
  log: Logger;
  stop: AbortSignal;
  onReady: () => void;
  health: Pick<HealthDesk, 'knows' | 'address'>;
  meters: Meters;
};

/** After a SIGKILL the next worker gets a position's first event within this, not within 10 s. */
const STICKY_TIMEOUT = '1s';
/** About 270 KB each. */
const MAX_CACHED_WORKFLOWS = 2_000;
/** An order call that is under way when a stop is asked for ends by itself within 6 s. */
const SHUTDOWN_GRACE = '7s';
/** Accounts that hang are served later; the others are not kept waiting. */
const READY_WITHIN_MS = 8_000;
/** A server that takes longer to say what a namespace is takes no work either. */
const ASKED_WITHIN_MS = 2_000;

/** Resolves when everything was stopped cleanly; rejects when what all accounts need failed for good. */
export async function runWorker(options: RunOptions): Promise<void> {
  const { config, log, stop: asked, onReady, health } = options;
  const { address, namespace } = config.temporal;
  const bundling = workflowBundle();
  const plain = await connectWhenUp(address, log, asked);
  if (!plain) return;
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection: plain, namespace });
  const added = await ensureSearchAttributes(plain, namespace);
  if (added.length > 0) log.info({ added }, 'registered search attributes');
  for (const { name, problems } of Object.values(config.unusable))
    log.error({ account: name, ...unusableTrouble(problems) }, 'the account is not served');
  const shared = createShared(config, client, log, options.meters);
  const failed = new AbortController();
  const stop = AbortSignal.any([asked, failed.signal]);
  try {
    await Promise.all(
      Object.keys(config.accounts).map((name) =>
        freeWatch({ client, connection: plain, namespace }, name, log),
      ),
    );
    const workflows = await createDecider(native, namespace, await bundling, shared);
    const servers = accountServers(config, shared, native, stop);
    health.knows({
      servers,
      askTemporal: () => askNamespace(plain, namespace),
      askJournal: () => askJournal(shared),
      decides: () => workflows.getState() === 'RUNNING',
    });
    // Positions are decided here: without it no account is served, and the supervisor starts all anew.
    const deciding = Promise.race([runUntil(workflows, stop), brokenDown(workflows, stop)]).finally(() =>
      failed.abort(),
    );
    deciding.catch(() => undefined); // it is awaited below, when all others have ended
    const serving = servers.map((server) => server.keep());
    const starting = Object.keys(config.accounts).map((name) =>
      keepStarting(client, config, name, log, stop),
    );
    const reporting = keepReporting(config, servers, health.address, stop);
    const scheduling = keepDailySync(client, config, log, stop);
    await Promise.race([settled(servers, starting), delay(READY_WITHIN_MS, undefined, { ref: false })]);
    if (!stop.aborted) onReady();
    await Promise.all([...serving, ...starting, reporting, scheduling]);
    await deciding;
  } finally {
    failed.abort();
    await shared.journal.close();
    await native
      .close()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'the connection did not close'));
    await plain.close();
  }
}

const createDecider = (
  connection: NativeConnection,
  namespace: string,
  workflowBundle: WorkflowBundleOption,
  shared: Shared,
): Promise<Worker> =>
  Worker.create({
    connection,
    namespace,
    shutdownGraceTime: SHUTDOWN_GRACE,
    buildId: BUILD_ID,
    taskQueue: WORKFLOW_TASK_QUEUE,
    workflowBundle,
    activities: reportActivities(shared),
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    reuseV8Context: true,
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
  });

const askNamespace = (connection: Connection, namespace: string): Promise<unknown> =>
  connection.withDeadline(Date.now() + ASKED_WITHIN_MS, () =>
    connection.workflowService.describeNamespace({ namespace }),
  );

/** The cheapest read that there is; whether it takes anything, the writes tell. */
async function askJournal({ journal, journalTrouble }: Shared): Promise<string | undefined> {
  await journal.levelsVersion('');
  return journalTrouble();
}

const accountServers = (
  config: HoldfastConfig,
  shared: Shared,
  connection: NativeConnection,
  stop: AbortSignal,
): AccountServer[] =>
  Object.values(config.accounts).map((account) =>
    createAccountServer({
      account,
      shared,
      connection,
      namespace: config.temporal.namespace,
      shutdownGraceTime: SHUTDOWN_GRACE,
      stop,
    }),
  );

async function settled(servers: readonly AccountServer[], starting: readonly Promise<void>[]): Promise<void> {
  await Promise.all([...servers.map(({ tried }) => tried), ...starting]);
}

async function runUntil(worker: Worker, stop: AbortSignal): Promise<void> {
  const shutdown = (): void => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  stop.addEventListener('abort', shutdown, { once: true });
  const running = worker.run();
  if (stop.aborted) shutdown();
  await running;
}
