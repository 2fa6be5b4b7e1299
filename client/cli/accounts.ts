/** Commands that go over accounts: which ones are meant, and what becomes of those that do not answer. */
import { whatIsWrong } from '../../config/errors.ts';
import type { HoldfastConfig } from '../../config/config.ts';
import { HoldfastError } from '../errors.ts';
import { chosenAccount } from './arguments.ts';

/** The one that was named, else all. */
export const meantAccounts = (config: HoldfastConfig, named: string | undefined): string[] =>
  named === undefined ? Object.keys(config.accounts) : [chosenAccount(config, named)];

/** Those that are meant and cannot be used as they are written in the file, with what is wrong. */
export const unusableAccounts = (
  { unusable }: HoldfastConfig,
  named: string | undefined,
): { account: string; error: string }[] =>
  named === undefined
    ? Object.values(unusable).map(({ name, problems }) => ({
        account: name,
        error: problems.map(whatIsWrong).join('; '),
      }))
    : [];

/** Of several accounts, one that cannot be looked at does not keep the others from it; the only one throws. */
export async function eachAccount<T>(
  accounts: readonly string[],
  look: (account: string) => Promise<T>,
): Promise<(T | { account: string; error: string })[]> {
  return Promise.all(
    accounts.map(async (account) => {
      try {
        return await look(account);
      } catch (error) {
        if (accounts.length === 1 || !(error instanceof HoldfastError)) throw error;
        return { account, error: error.message };
      }
    }),
  );
}
