/** Accounts that no worker looks after, for every screen that shows positions. */
import type { HoldfastConfig } from '../../config/config.ts';
import { accountReports, readWorkerReports, type AccountReport } from '../../config/serving.ts';
import type { Colors } from './context.ts';
import { duration } from './render/format.ts';

/** What the workers of this data folder say of their accounts, by name; empty where none runs. */
export const reportsOf = ({ dataDir }: HoldfastConfig, nowMs: number): ReadonlyMap<string, AccountReport> =>
  accountReports(readWorkerReports(dataDir, nowMs));

/** One line for each account that is not served, without what to do about it: see `holdfast doctor`. */
export const notServedLines = (
  reports: ReadonlyMap<string, AccountReport>,
  nowMs: number,
  colors: Colors,
): string[] =>
  [...reports.values()].flatMap(({ account, status }) =>
    status.state === 'not_served'
      ? [`${colors.red(`${account} is not served`)}: ${status.reason}${again(status.retryAt, nowMs)}`]
      : [],
  );

const again = (retryAt: string | null, nowMs: number): string => {
  if (retryAt === null) return '';
  const leftMs = Date.parse(retryAt) - nowMs;
  return leftMs < 1_000 ? '; trying again' : `; again in ${duration(leftMs)}`;
};
