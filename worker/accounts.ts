/** Starts the account workflows and tells the running ones what the configuration says now. */
import type { Client } from '@temporalio/client';
import { accountConfiguration } from '../config/account.ts';
import type { HoldfastConfig } from '../config/config.ts';
import { accountWorkflowId, WORKFLOW_TASK_QUEUE } from '../contract/ids.ts';
import { configure } from '../contract/messages.ts';
import { searchAttributes } from '../contract/search-attributes.ts';
import type { AccountConfiguration } from '../domain/account.ts';
import type { account as accountWorkflow } from '../workflows/account.ts';

export async function startAccounts(client: Client, config: HoldfastConfig): Promise<void> {
  for (const account of Object.values(config.accounts)) {
    const configuration = accountConfiguration(config, account.name);
    await client.workflow.signalWithStart<typeof accountWorkflow, [AccountConfiguration]>('account', {
      workflowId: accountWorkflowId(account.name),
      taskQueue: WORKFLOW_TASK_QUEUE,
      args: [{ version: 1, account: account.name, configuration }],
      signal: configure,
      signalArgs: [configuration],
      staticSummary: `account ${account.name} on ${account.exchange}${account.mode === 'live' ? ' (LIVE MONEY)' : ` (${account.mode})`}`,
      typedSearchAttributes: [
        { key: searchAttributes.account, value: account.name },
        { key: searchAttributes.exchange, value: account.exchange },
      ],
    });
  }
}
