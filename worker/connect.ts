/** Waits for the Temporal server: a worker that starts before its server is no error. */
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { Logger } from 'pino';

const RETRY_MS = 500;
const CONNECT_TIMEOUT_MS = 3_000;
/** Said again every so many attempts. */
const REMIND_EVERY = 20;

/** Undefined when the stop came before the server. */
export async function connectWhenUp(
  address: string,
  log: Logger,
  stop: AbortSignal,
): Promise<Connection | undefined> {
  for (let attempt = 0; !stop.aborted; attempt++) {
    try {
      return await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS });
    } catch (error) {
      if (attempt % REMIND_EVERY === 0)
        log.warn({ address, error: String(error) }, 'waiting for the Temporal server');
      await delay(RETRY_MS, undefined, { signal: stop }).catch(() => {});
    }
  }
  return undefined;
}
