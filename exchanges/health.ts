/** Whether an exchange answers, and what it says of the account and its key. */
import type { ExchangeApi } from './ccxt/api.ts';
import type { ExchangeHealth, KeyPermissions } from './exchange.ts';
import type { PositionMode } from '../domain/terms.ts';

export type HealthReads = {
  positionMode: () => Promise<PositionMode>;
  permissions: () => Promise<KeyPermissions>;
};

/** Asks anew at every call; what fails is a problem beside what did not. */
export function createHealth(
  api: Pick<ExchangeApi<never, unknown>, 'measureClock' | 'clock' | 'peaks'>,
  reads: HealthReads,
): () => Promise<ExchangeHealth> {
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
      orProblem(reads.positionMode()),
      orProblem(reads.permissions()),
    ]);
    return {
      reachable: true,
      clockSkewMs: api.clock.skewMs(),
      ...(positionMode !== undefined && { positionMode }),
      ...(permissions !== undefined && { permissions }),
      limits: api.peaks(),
      problems,
    };
  };
}
