/** A configuration for people's eyes: what would lead to a key says only where the key comes from. */
import type { AccountConfig, CredentialSource, HoldfastConfig } from './config.ts';

/** Plain JSON, safe to print, log and paste into a report. */
export function redact(config: HoldfastConfig): Record<string, unknown> {
  const accounts = Object.entries(config.accounts).map(([name, account]) => [name, redactAccount(account)]);
  return { ...config, accounts: Object.fromEntries(accounts) };
}

function redactAccount(account: AccountConfig): Record<string, unknown> {
  return { ...account, credentials: keysFrom(account.credentials) };
}

/** One short phrase: `$BINGX_KEY and $BINGX_SECRET`, `a private file`, `made up for paper`. */
export function keysFrom(source: CredentialSource): string {
  switch (source.from) {
    case 'environment':
      return `$${source.apiKeyEnv} and $${source.secretEnv}`;
    case 'file':
      return 'a private file';
    case 'paper':
      return 'made up for paper';
    default:
      return source satisfies never;
  }
}
