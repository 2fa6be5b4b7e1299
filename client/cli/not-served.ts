/** Accounts that no worker looks after, for every screen that shows positions. */
import type { HoldfastConfig } from '../../config/config.ts';
import { accountReports, readWorkerReports, type AccountReport } from '../../config/serving.ts';
import { HoldfastError } from '../errors.ts';
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

/** Throws `HoldfastError` `no_worker` where the worker says that it does not serve the account: an entry would wait in vain. */
export function insistServed(config: HoldfastConfig, account: string, nowMs: number): void {
  const status = reportsOf(config, nowMs).get(account)?.status;
  if (status?.state !== 'not_served') return;
  const text = `Account ${account} is not served: ${status.reason}. Nothing was sent. ${status.remedy}`;
  throw new HoldfastError('no_worker', text);
}
