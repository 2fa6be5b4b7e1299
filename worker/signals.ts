/** How the watcher reaches the workflows. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Delivery, ObserveSignals } from '../activities/observe/deps.ts';
import type { PriceCrossing } from '../domain/commands.ts';
import type { TradeKey } from '../domain/position/trade.ts';
import { accountWorkflowId, positionWorkflowId } from '../contract/ids.ts';
import { legEnded, priceCrossed, reconcile, takeCrossing, unmanaged } from '../contract/messages.ts';

/**
 * The server waits a second for the process that knows a workflow by heart before it gives its next task to
 * another one. So soon after a start that process is probably the one that has ended; after this long the
 * server knows it by itself.
 */
const FRESH_MS = 12_000;

/** A position that has been left by its worker is with another one by then. */
const TAKEN_WITHIN_MS = 4_000;

/** @param upMs for how long this process has run */
export function temporalSignals(
  client: Client,
  log: Logger,
  upMs: () => number = () => process.uptime() * 1_000,
): ObserveSignals {
  return {
    reconcile: (leg, snapshot) =>
      deliver(() => client.workflow.getHandle(positionWorkflowId(leg)).signal(reconcile, { snapshot })),
    priceCrossed: async (workflowId, crossing) => {
      if (upMs() < FRESH_MS) await forgetFormerWorker(client, workflowId);
      return deliver(() => cross(client, workflowId, crossing));
    },
    unmanaged: async (account, legs) => {
      for (const { leg, snapshot } of legs)
        log.warn(
          { ...leg, quantity: snapshot.position?.quantity },
          'no workflow keeps what the exchange holds',
        );
      const told = legs.map(({ leg: { symbol, leg }, snapshot }) => ({ symbol, leg, snapshot }));
      await client.workflow.getHandle(accountWorkflowId(account)).signal(unmanaged, { legs: told });
    },
  };
}

/** Tells an account that a position is over and its leg free. */
export const tellLegEnded =
  (client: Client) =>
  ({ account, symbol, leg, epoch }: TradeKey): Promise<Delivery> =>
    deliver(() =>
      client.workflow.getHandle(accountWorkflowId(account)).signal(legEnded, { symbol, leg, epoch }),
    );

/** A close must not wait for a dead process. It only saves time, so whatever goes wrong is left to the signal. */
async function forgetFormerWorker({ connection, options }: Client, workflowId: string): Promise<void> {
  await connection.workflowService
    .resetStickyTaskQueue({ namespace: options.namespace, execution: { workflowId } })
    .catch(() => undefined);
}

/**
 * As an update, which reaches the position without being written before: one transaction until the close is
 * decided, where a signal takes three. Nobody keeps an update that no worker takes, so then it is a signal.
 */
async function cross(client: Client, workflowId: string, crossing: PriceCrossing): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    await client.withDeadline(Date.now() + TAKEN_WITHIN_MS, () =>
      handle.executeUpdate(takeCrossing, { args: [crossing] }),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw error;
    await handle.signal(priceCrossed, crossing);
  }
}

async function deliver(send: () => Promise<void>): Promise<Delivery> {
  try {
    await send();
    return 'delivered';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'no_workflow';
    throw error;
  }
}
