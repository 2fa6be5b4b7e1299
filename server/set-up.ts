/** From "the process runs" to "Holdfast can work on it": any Temporal server, embedded or production. */
import { readFileSync } from 'node:fs';
import { Connection } from '@temporalio/client';
import type { RunningProcess } from './child.ts';
import { ensureNamespace } from './namespace.ts';
import { pollUntil } from './poll.ts';
import { ensureSearchAttributes, type SearchAttributeSpec } from './search-attributes.ts';

export type SetUpOptions = {
  /** `host:port` of the frontend. */
  address: string;
  namespace: string;
  retentionDays: number;
  searchAttributes?: readonly SearchAttributeSpec[];
  /** For each of the three steps. */
  timeoutMs: number;
  signal: AbortSignal;
};

const CONNECT_TIMEOUT_MS = 2_000;
const MAX_QUOTE = 300;

/** Waits until the server answers, then makes sure of the namespace and its search attributes. */
export async function setUpTemporal(options: SetUpOptions): Promise<void> {
  const { address, namespace, timeoutMs, signal } = options;
  const connection = await pollUntil(
    () => Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS }),
    { what: `an answer of the Temporal server at ${address}`, timeoutMs, signal },
  );
  try {
    // A server answers before all of its services have found each other, so these are tried again too.
    await pollUntil(() => ensureNamespace(connection, namespace, options.retentionDays), {
      what: `serving the namespace ${namespace}`,
      timeoutMs,
      signal,
    });
    await pollUntil(() => ensureSearchAttributes(connection, namespace, options.searchAttributes), {
      what: `registering the search attributes of namespace ${namespace}`,
      timeoutMs,
      signal,
    });
  } finally {
    await connection.close();
  }
}

/**
 * Waits for `work`, but no longer than the process lives; if either fails the process is stopped.
 * The signal that `work` gets aborts as soon as its answer is not wanted any more.
 */
export async function whileAlive(
  child: RunningProcess,
  logFile: string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const waiting = new AbortController();
  const died = child.exited.then(({ code, signal }) => {
    const how = signal ?? `code ${code}`;
    throw new Error(`the process ended (${how}); see ${logFile}, which ends with: ${lastLine(logFile)}`);
  });
  // Once the work is done nobody listens to this any more, and every process ends one day.
  died.catch(() => {});
  try {
    await Promise.race([work(waiting.signal), died]);
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    waiting.abort();
  }
}

function lastLine(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return (lines.at(-1) ?? '').slice(0, MAX_QUOTE);
}
