/** The same for every account that is meant, side by side; one that cannot be reached holds up no other. */
import type { AccountConfig } from '../../../config/config.ts';
import { whatIsWrong } from '../../../config/errors.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import { chosenAccount } from '../arguments.ts';
import type { Direct } from '../direct.ts';
import { EXIT } from '../exit-codes.ts';
import { notRead, type AccountProtection } from './report.ts';

type Work = (account: AccountConfig, exchange: Exchange) => Promise<AccountProtection>;

/** @param named the one account that is meant; absent: all that are configured */
export async function eachAccount(
  { config, open }: Pick<Direct, 'config' | 'open'>,
  named: string | undefined,
  nowMs: number,
  work: Work,
): Promise<AccountProtection[]> {
  const only = named === undefined ? undefined : chosenAccount(config, named);
  const accounts = Object.values(config.accounts).filter(({ name }) => only === undefined || name === only);
  const unusable = only === undefined ? Object.values(config.unusable) : [];
  return [
    ...(await Promise.all(accounts.map((account) => one(account, open, nowMs, work)))),
    ...unusable.map(({ name, problems }) => notRead(name, problems.map(whatIsWrong).join('; '), nowMs)),
  ];
}

async function one(
  account: AccountConfig,
  open: Direct['open'],
  nowMs: number,
  work: Work,
): Promise<AccountProtection> {
  let exchange: Exchange | undefined;
  try {
    exchange = await open(account);
    return await work(account, exchange);
  } catch (error) {
    return notRead(account.name, error instanceof Error ? error.message : String(error), nowMs, account);
  } finally {
    await exchange?.close().catch(() => undefined);
  }
}

/** What is known to be uncovered weighs more than what is not known. */
export function exitCodeOf(accounts: readonly AccountProtection[]): number {
  if (accounts.some(({ covered }) => covered === false)) return EXIT.found;
  return accounts.some(({ covered }) => covered === null) ? EXIT.unreachable : EXIT.ok;
}
