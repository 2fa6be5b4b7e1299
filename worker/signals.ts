/** How the watcher reaches the workflows. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Delivery, ObserveSignals } from '../activities/observe/deps.ts';
import { accountWorkflowId, positionWorkflowId } from '../contract/ids.ts';
import { priceCrossed, reconcile, unmanaged } from '../contract/messages.ts';

export function temporalSignals(client: Client, log: Logger): ObserveSignals {
  return {
    reconcile: (leg, snapshot) =>
      deliver(() => client.workflow.getHandle(positionWorkflowId(leg)).signal(reconcile, { snapshot })),
    priceCrossed: (workflowId, crossing) =>
      deliver(() => client.workflow.getHandle(workflowId).signal(priceCrossed, crossing)),
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

async function deliver(send: () => Promise<void>): Promise<Delivery> {
  try {
    await send();
    return 'delivered';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'no_workflow';
    throw error;
  }
}
