/** Starts the account workflows and tells the running ones what the configuration says now. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { accountConfig, accountConfiguration } from '../config/account.ts';
import type { HoldfastConfig } from '../config/config.ts';
import { accountWorkflowId, WORKFLOW_TASK_QUEUE } from '../contract/ids.ts';
import { configure } from '../contract/messages.ts';
import { searchAttributes } from '../contract/search-attributes.ts';
import type { AccountConfiguration } from '../domain/account/account.ts';
import type { account as accountWorkflow } from '../workflows/account.ts';

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** Until it has started: one account's workflow that cannot be started holds up no other. */
export async function keepStarting(
  client: Client,
  config: HoldfastConfig,
  name: string,
  log: Logger,
  stop: AbortSignal,
): Promise<void> {
  for (let retryMs = FIRST_RETRY_MS; !stop.aborted; retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2)) {
    try {
      await startAccount(client, config, name);
      return;
    } catch (error) {
      log.error(
        { account: name, error: String(error), retryInMs: retryMs },
        "the account's workflow did not start",
      );
      await delay(retryMs, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

export async function startAccount(client: Client, config: HoldfastConfig, name: string): Promise<void> {
  const { exchange, mode } = accountConfig(config, name);
  const configuration = accountConfiguration(config, name);
  await client.workflow.signalWithStart<typeof accountWorkflow, [AccountConfiguration]>('account', {
    workflowId: accountWorkflowId(name),
    taskQueue: WORKFLOW_TASK_QUEUE,
    args: [{ version: 1, account: name, configuration }],
    signal: configure,
    signalArgs: [configuration],
    staticSummary: `account ${name} on ${exchange}${mode === 'live' ? ' (LIVE MONEY)' : ` (${mode})`}`,
    typedSearchAttributes: [
      { key: searchAttributes.account, value: name },
      { key: searchAttributes.exchange, value: exchange },
    ],
  });
}
