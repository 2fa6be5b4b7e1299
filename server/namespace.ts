/** The namespace that Holdfast works in: made if missing, its closed workflows kept long enough. */
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { pollUntil } from './poll.ts';

const CALL_TIMEOUT_MS = 10_000;
const VISIBLE_TIMEOUT_MS = 90_000;
const SECONDS_PER_DAY = 86_400;
const GRPC_NOT_FOUND = 5;

/**
 * Registers the namespace if the server does not have it, and lengthens the retention of closed
 * workflows to at least `retentionDays` (a development server's own default is one day; the journal
 * is what keeps trades for ever). Never shortens it.
 */
export async function ensureNamespace(
  connection: Connection,
  namespace: string,
  retentionDays: number,
): Promise<void> {
  const wanted = msToTs(`${retentionDays} days`);
  const keptSeconds = await retentionSeconds(connection, namespace);
  if (keptSeconds === undefined) {
    await call(connection, () =>
      connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: wanted }),
    );
    await pollUntil(
      () => call(connection, () => connection.workflowService.describeNamespace({ namespace })),
      {
        what: `seeing the new namespace ${namespace}`,
        timeoutMs: VISIBLE_TIMEOUT_MS,
      },
    );
  } else if (keptSeconds < retentionDays * SECONDS_PER_DAY) {
    const config = { workflowExecutionRetentionTtl: wanted };
    await call(connection, () => connection.workflowService.updateNamespace({ namespace, config }));
  }
}

/** `undefined` if the server has no such namespace. */
async function retentionSeconds(connection: Connection, namespace: string): Promise<number | undefined> {
  try {
    const { config } = await call(connection, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  } catch (error) {
    // gRPC errors carry a numeric code; whatever else arrives is thrown on.
    if ((error as { code?: number }).code === GRPC_NOT_FOUND) return undefined;
    throw error;
  }
}

function call<T>(connection: Connection, request: () => Promise<T>): Promise<T> {
  return connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, request);
}
