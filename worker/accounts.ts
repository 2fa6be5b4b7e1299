/** Starts the account workflows and tells the running ones what the configuration says now. */
import type { Client } from '@temporalio/client';
import { accountLimits, positionSettings, protectionDefaults } from '../config/account.ts';
import type { AccountConfig, HoldfastConfig } from '../config/config.ts';
import { accountWorkflowId, WORKFLOW_TASK_QUEUE } from '../contract/ids.ts';
import { configure } from '../contract/messages.ts';
import { searchAttributes } from '../contract/search-attributes.ts';
import type { AccountConfiguration, DefaultProtection } from '../domain/account.ts';
import type { PositionSettings } from '../domain/settings.ts';
import type { account as accountWorkflow } from '../workflows/account.ts';

export async function startAccounts(client: Client, config: HoldfastConfig): Promise<void> {
  for (const account of Object.values(config.accounts)) {
    const configuration = accountConfiguration(config, account);
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

function accountConfiguration(config: HoldfastConfig, account: AccountConfig): AccountConfiguration {
  const symbols = Object.keys(account.symbols);
  const settings: Record<string, PositionSettings> = {};
  const defaults: Record<string, DefaultProtection> = {};
  // `*` is no symbol of any exchange, so asking for it gives what holds for all others.
  for (const symbol of [...symbols, '*']) {
    settings[symbol] = positionSettings(config, account.name, symbol);
    defaults[symbol] = protectionDefaults(config, account.name, symbol);
  }
  return { exchange: account.exchange, mode: account.mode, limits: accountLimits(config, account.name), settings, defaults };
}
