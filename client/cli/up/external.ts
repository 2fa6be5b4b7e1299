/** A Temporal server that runs elsewhere: made ready for positions, never started or stopped. */
import { setTimeout as delay } from 'node:timers/promises';
import type { HoldfastConfig } from '../../../config/config.ts';
import { ensureNamespace } from '../../../server/namespace.ts';
import { ensureSearchAttributes } from '../../../server/search-attributes.ts';
import { connect } from '../../connect.ts';

const RETENTION_DAYS = 30;
/** A stock server reads its list of namespaces every 10 s; until then a new one is unknown to parts of it. */
const KNOWN_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 1_000;
const GRPC_NOT_FOUND = 5;

/** Throws `HoldfastError` `server_unreachable`, and what the server says to namespace or attributes. */
export async function prepareExternal(
  { temporal: { address, namespace } }: HoldfastConfig,
  stopping: AbortSignal,
): Promise<void> {
  const { connection } = await connect({ address, namespace });
  try {
    await ensureNamespace(connection, namespace, RETENTION_DAYS);
    await onceKnown(() => ensureSearchAttributes(connection, namespace), stopping);
  } finally {
    await connection.close();
  }
}

async function onceKnown(work: () => Promise<unknown>, stopping: AbortSignal): Promise<void> {
  const untilMs = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      const isUnknown = error instanceof Error && 'code' in error && error.code === GRPC_NOT_FOUND;
      if (!isUnknown || Date.now() >= untilMs || stopping.aborted) throw error;
      await delay(ASK_EVERY_MS);
    }
  }
}
