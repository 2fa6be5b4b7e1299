/**
 * A whole Holdfast in one process for tests with a Temporal server of their own: the venue with its
 * books, ccxt over HTTP and WebSocket, the SQLite journal, and real workers that can be stopped and
 * started. Only the composition differs from production: the real one comes from `worker/deps.ts`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { accountConfig } from '../../config/account.ts';
import { connection } from '../../config/connection.ts';
import { journalFile } from '../../config/data-files.ts';
import type { HoldfastConfig } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { createHoldfast, type Holdfast } from '../../client/index.ts';
import { accountTaskQueue, accountWorkflowId, WORKFLOW_TASK_QUEUE } from '../../contract/ids.ts';
import { openSqliteJournal } from '../../journal/sqlite.ts';
import type { JournalReader } from '../../journal/journal.ts';
import { startVenue, type Venue } from '../../venue/venue.ts';
import type { VenueOptions } from '../../venue/options.ts';
import { eventually } from './eventually.ts';
import { startAccount } from '../../worker/accounts.ts';
import { BUILD_ID } from '../../worker/build-id.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { createAccountDeps, createShared, journalActivities, reportActivities } from '../../worker/deps.ts';
import { openGateway } from '../../worker/gateway.ts';
import { createNearby } from '../../worker/nearby.ts';

export type Stage = {
  venue: Venue;
  config: HoldfastConfig;
  holdfast: Holdfast;
  journal: JournalReader;
  client: Client;
  /** Starts workers; a second set only after the first was stopped. `workflows`: nobody takes the account's calls. */
  startWorkers(which?: 'all' | 'workflows'): Promise<void>;
  stopWorkers(): Promise<void>;
  close(): Promise<void>;
};

export type StageOptions = {
  folder: string;
  client: Client;
  connection: NativeConnection;
  /** Kept 0 on a time-skipping server: a replay at every task, and no sticky queue of a dead worker. */
  maxCachedWorkflows?: number;
  venue?: Partial<VenueOptions>;
  /** Merged into the paper account of the configuration file. */
  account?: Record<string, unknown>;
  /** `clean` (default): a stop lets order calls end. `lost`: their answers never reach Temporal, as in a kill. */
  stops?: 'clean' | 'lost';
};

/** The watch of the account is cancelled after this; calls under way end by themselves. */
const GRACE = '200ms';
const SETTLES_WITHIN_MS = 5_000;
/** Longer than a lost call needs to be given up; calls end by themselves within seconds. */
const FORCE_LOST = '300ms';

/** One account `paper` in one-way mode on a still BTC-USDT at 65000, with quick readings and no lag unless told. */
export async function createStage(options: StageOptions): Promise<Stage> {
  const { folder, client } = options;
  const dataDir = join(folder, 'data');
  const hedgeMode = options.account?.['positionMode'] === 'hedge';
  const venue = await startVenue({
    data: join(folder, 'venue'),
    feed: 'still',
    ...options.venue,
    settings: { rateLimits: false, positionLagMs: 0, slippageBps: 0, ...options.venue?.settings },
  });
  const config = stageConfig(folder, dataDir, venue, options.account ?? {});
  const { apiKey, secret } = connection(accountConfig(config, 'paper'));
  await venue.control.createAccount({ name: 'paper', apiKey, secret, hedgeMode });
  let stop: (() => Promise<void>) | undefined;
  // The first worker makes the database; readers need it to be there.
  await openSqliteJournal({ file: journalFile(config) }).close();
  const journal = openSqliteJournal({ file: journalFile(config), readonly: true });
  const stage: Stage = {
    venue,
    config,
    client,
    journal,
    holdfast: createHoldfast({ client, journal }),
    async startWorkers(which = 'all') {
      stop = await runWorkers(config, options, which, () => noTaskPending(client, journal));
    },
    async stopWorkers() {
      await stop?.();
      stop = undefined;
    },
    async close() {
      await stage.stopWorkers();
      await journal.close();
      await venue.stop();
    },
  };
  return stage;
}

function stageConfig(
  folder: string,
  dataDir: string,
  venue: Venue,
  account: Record<string, unknown>,
): HoldfastConfig {
  const file = join(folder, 'holdfast.json');
  const paper = { exchange: 'bingx', mode: 'paper', endpoint: venue.url, ...account };
  writeFileSync(file, JSON.stringify({ dataDir, accounts: { paper } }));
  return loadConfig({ file, env: {} });
}

async function runWorkers(
  config: HoldfastConfig,
  options: StageOptions,
  which: 'all' | 'workflows',
  settle: () => Promise<void>,
): Promise<() => Promise<void>> {
  const { client, connection, maxCachedWorkflows = 0, stops = 'clean' } = options;
  const log = pino({ level: process.env['HOLDFAST_TEST_LOG'] ?? 'silent' });
  const shared = createShared(config, client, log);
  const accounts = await Promise.all(
    Object.values(config.accounts).map(async (account) => ({
      name: account.name,
      exchange: await openGateway(account, log),
      account,
    })),
  );
  const common = {
    connection,
    namespace: client.options.namespace,
    shutdownGraceTime: GRACE,
    buildId: BUILD_ID,
  };
  const forced = stops === 'lost' ? { shutdownForceTime: FORCE_LOST } : {};
  const nearby = createNearby();
  const workflows = await Worker.create({
    ...common,
    taskQueue: WORKFLOW_TASK_QUEUE,
    workflowBundle: await workflowBundle(),
    activities: { ...nearby.activities, ...journalActivities(shared), ...reportActivities(shared) },
    maxCachedWorkflows,
  });
  const served = which === 'all' ? accounts : [];
  const over = new AbortController();
  const near: Promise<void>[] = [];
  const calls = await Promise.all(
    served.map(({ name, account, exchange }) => {
      const { activities } = createAccountDeps(shared, account, exchange);
      // A call that is to be lost is made by the worker that ends first.
      if (stops === 'clean') near.push(nearby.serve(name, activities, over.signal));
      return Worker.create({ ...common, ...forced, taskQueue: accountTaskQueue(name), activities });
    }),
  );
  const running = new Map([workflows, ...calls].map((worker) => [worker, worker.run()]));
  await Promise.all(accounts.map(({ name }) => startAccount(client, config, name)));
  const end = async (workers: readonly Worker[]): Promise<void> => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    const ends = workers.map(async (worker) => running.get(worker));
    // A worker that was forced to stop says so by rejecting, which is what was asked for.
    await (stops === 'lost' ? Promise.allSettled(ends) : Promise.all(ends));
  };
  return async () => {
    over.abort();
    await Promise.all([end(calls), ...near]);
    await settle();
    await end([workflows]);
    await Promise.all(accounts.map(({ exchange }) => exchange.close()));
    await shared.journal.close();
  };
}

/**
 * Waits until every workflow has digested what its calls answered, as far as it comes to that. A worker
 * that stops with a task in its hands drops it, and the time-skipping server does not always hand it
 * out again.
 */
async function noTaskPending(client: Client, journal: JournalReader): Promise<void> {
  const positions = (await journal.positions()).map(({ workflowId }) => workflowId);
  for (const workflowId of [accountWorkflowId('paper'), ...positions]) {
    const asked = eventually(async () => {
      const { raw, status } = await client.workflow.getHandle(workflowId).describe();
      if (status.name === 'RUNNING' && raw.pendingWorkflowTask) throw new Error('a task is pending');
    }, SETTLES_WITHIN_MS);
    await asked.catch(() => {});
  }
}
