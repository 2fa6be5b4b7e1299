/** How the watcher reaches the workflows. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Delivery, ObserveSignals } from '../activities/observe/deps.ts';
import { positionWorkflowId } from '../contract/ids.ts';
import { priceCrossed, reconcile } from '../contract/messages.ts';

export function temporalSignals(client: Client, log: Logger): ObserveSignals {
  return {
    reconcile: (leg, snapshot) =>
      deliver(() => client.workflow.getHandle(positionWorkflowId(leg)).signal(reconcile, { snapshot })),
    priceCrossed: (workflowId, crossing) =>
      deliver(() => client.workflow.getHandle(workflowId).signal(priceCrossed, crossing)),
    unmanaged: async (legs) => {
      for (const { leg } of legs)
        log.warn({ ...leg }, 'a position on the exchange has no workflow: Holdfast does not manage it');
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
