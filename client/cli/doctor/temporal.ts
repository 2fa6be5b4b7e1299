/** What the Temporal server says: search attributes, and who polls the queues. */
import { accountTaskQueue, WORKFLOW_TASK_QUEUE } from '../../../contract/ids.ts';
import { searchAttributeList } from '../../../contract/search-attributes.ts';
import type { ConnectedClient } from '../../connect.ts';
import { pollersOf, type QueueKind } from '../../pollers.ts';
import { attempt, type Finding } from './finding.ts';

const TIMEOUT_MS = 5_000;

export function examineAttributes(client: ConnectedClient, namespace: string): Promise<Finding> {
  const what = 'search attributes';
  const remedy =
    'npm start registers them; elsewhere: temporal operator search-attribute create --name NAME --type TYPE';
  return attempt(what, remedy, async () => {
    const { customAttributes } = await client.withDeadline(Date.now() + TIMEOUT_MS, () =>
      client.connection.operatorService.listSearchAttributes({ namespace }),
    );
    const missing = searchAttributeList
      .filter(({ name }) => customAttributes?.[name] === undefined)
      .map(({ name }) => name);
    if (missing.length === 0)
      return { what, state: 'ok', text: `all ${searchAttributeList.length} registered` };
    return { what, state: 'wrong', text: `missing: ${missing.join(', ')}`, remedy };
  });
}

export function examineQueues(client: ConnectedClient, accounts: readonly string[]): Promise<Finding[]> {
  const queues: [string, string, QueueKind][] = [
    ['worker', WORKFLOW_TASK_QUEUE, 'workflow'],
    ...accounts.map((name): [string, string, QueueKind] => [
      `account ${name}`,
      accountTaskQueue(name),
      'activity',
    ]),
  ];
  return Promise.all(
    queues.map(([what, queue, kind]) =>
      attempt(what, 'Start it with npm start, or node worker/main.ts', async () => {
        const pollers = await client.withDeadline(Date.now() + TIMEOUT_MS, () =>
          pollersOf(client, queue, kind),
        );
        if (pollers.length > 0)
          return { what, state: 'ok', text: `${pollers.join(', ')} takes work from ${queue}` };
        return {
          what,
          state: 'wrong',
          text: `nobody takes work from ${queue}`,
          remedy: 'Start it with npm start, or node worker/main.ts',
        };
      }),
    ),
  );
}
