/** Whether BingX answers, and what it says of this account and its key. */
import type { ExchangeHealth } from '../exchange.ts';
import type { AccountReader } from './account.ts';
import type { BingxApi } from './api.ts';
import { readKeyPermissions } from './key-permissions.ts';

/** Asks anew at every call; what fails is a problem beside what did not. */
export function createHealth(api: BingxApi, account: AccountReader): () => Promise<ExchangeHealth> {
  return async () => {
    const failure = await api.measureClock();
    if (failure) return { reachable: false, problems: [failure.reason] };
    const problems: string[] = [];
    const orProblem = async <T>(asked: Promise<T>): Promise<T | undefined> => {
      try {
        return await asked;
      } catch (error) {
        problems.push(error instanceof Error ? error.message : 'unknown');
        return undefined;
      }
    };
    const [positionMode, permissions] = await Promise.all([
      orProblem(account.positionMode()),
      orProblem(readKeyPermissions(api)),
    ]);
    return {
      reachable: true,
      clockSkewMs: api.clock.skewMs(),
      ...(positionMode !== undefined && { positionMode }),
      ...(permissions !== undefined && { permissions }),
      problems,
    };
  };
}
