/** What the Temporal server says: search attributes, and who polls the queues. */
import type { Client } from '@temporalio/client';
import { accountTaskQueue, WORKFLOW_TASK_QUEUE } from '../../../contract/ids.ts';
import { searchAttributeList } from '../../../contract/search-attributes.ts';
import { pollersOf, type QueueKind } from '../../pollers.ts';
import { attempt, type Finding } from './examine.ts';

const TIMEOUT_MS = 5_000;

export function examineAttributes(client: Client, namespace: string): Promise<Finding> {
  const what = 'search attributes';
  const remedy = 'npm start registers them; elsewhere: temporal operator search-attribute create --name NAME --type TYPE';
  return attempt(what, remedy, async () => {
    const { operatorService } = connectionOf(client);
    const { customAttributes } = await client.withDeadline(Date.now() + TIMEOUT_MS, () => operatorService.listSearchAttributes({ namespace }));
    const missing = searchAttributeList.filter(({ name }) => customAttributes?.[name] === undefined).map(({ name }) => name);
    if (missing.length === 0) return { what, state: 'ok', text: `all ${searchAttributeList.length} registered` };
    return { what, state: 'wrong', text: `missing: ${missing.join(', ')}`, remedy };
  });
}

/** Clients made by `connect` always hold a whole connection; others are not examined. */
function connectionOf({ connection }: Client) {
  if ('operatorService' in connection) return connection as typeof connection & { operatorService: import('@temporalio/client').Connection['operatorService'] };
  throw new Error('this connection cannot list search attributes');
}

export function examineQueues(client: Client, accounts: readonly string[]): Promise<Finding[]> {
  const queues: [string, string, QueueKind][] = [
    ['worker', WORKFLOW_TASK_QUEUE, 'workflow'],
    ...accounts.map((name): [string, string, QueueKind] => [`account ${name}`, accountTaskQueue(name), 'activity']),
  ];
  return Promise.all(
    queues.map(([what, queue, kind]) =>
      attempt(what, 'Start it with npm start, or node worker/main.ts', async () => {
        const pollers = await client.withDeadline(Date.now() + TIMEOUT_MS, () => pollersOf(client, queue, kind));
        if (pollers.length > 0) return { what, state: 'ok', text: `${pollers.join(', ')} takes work from ${queue}` };
        return { what, state: 'wrong', text: `nobody takes work from ${queue}`, remedy: 'Start it with npm start, or node worker/main.ts' };
      }),
    ),
  );
}
