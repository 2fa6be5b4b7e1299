/**
 * Runs everything that one worker process does, until it is told to stop. How soon it is back after it was
 * killed is how long levels go unwatched, so what does not need each other starts at once.
 */
import { Client, type Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { HoldfastConfig } from '../config/config.ts';
import { ensureSearchAttributes } from '../server/search-attributes.ts';
import { workflowBundle } from './bundle.ts';
import { connectWhenUp } from './connect.ts';
import { createDecider, deciderOf } from './decider.ts';
import { createShared } from './deps.ts';
import type { HealthDesk } from './health/desk.ts';
import type { Meters } from './metrics/meters.ts';
import { createNearby } from './nearby.ts';
import { serveAccounts } from './serve-accounts.ts';
import { freeWatch } from './watch-handover.ts';

export type RunOptions = {
  config: HoldfastConfig;
  log: Logger;
  stop: AbortSignal;
  onReady: () => void;
  health: Pick<HealthDesk, 'knows' | 'address'>;
  meters: Meters;
};

/** An order call that is under way when a stop is asked for ends by itself within 6 s. */
const SHUTDOWN_GRACE = '7s';

/** Resolves when everything was stopped cleanly; rejects when what all accounts need failed for good. */
export async function runWorker(options: RunOptions): Promise<void> {
  const { config, log, stop: asked, meters } = options;
  const { address, namespace } = config.temporal;
  const bundling = workflowBundle();
  const plain = await connectWhenUp(address, log, asked);
  if (!plain) return;
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection: plain, namespace });
  const shared = createShared(config, client, log, meters);
  const server = { connection, namespace, shutdownGraceTime: SHUTDOWN_GRACE };
  const nearby = createNearby();
  const decider = deciderOf(createDecider({ ...server, bundling, shared, nearby }));
  const failed = new AbortController();
  const stop = AbortSignal.any([asked, failed.signal]);
  try {
    await prepare(client, plain, config, log);
    // Where one of the two fails the other ends, and the supervisor starts all anew.
    await allOrNone(failed, [
      decider.run(stop),
      serveAccounts({ ...options, ...server, plain, shared, decider, nearby, stop }),
    ]);
  } finally {
    failed.abort();
    await shared.journal.close();
    await connection
      .close()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'the connection did not close'));
    await plain.close();
  }
}

/** What has to be done before any work is taken. */
async function prepare(
  client: Client,
  connection: Connection,
  config: HoldfastConfig,
  log: Logger,
): Promise<void> {
  const { namespace } = config.temporal;
  const [added] = await Promise.all([
    ensureSearchAttributes(connection, namespace),
    ...Object.keys(config.accounts).map((name) => freeWatch({ client, connection, namespace }, name, log)),
  ]);
  if (added.length > 0) log.info({ added }, 'registered search attributes');
}

/** Waits for the end of all, also after one has failed. Rejects with what failed first in their order. */
async function allOrNone(failed: AbortController, tasks: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(tasks.map((task) => task.finally(() => failed.abort())));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
