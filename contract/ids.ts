/** Names that cross process borders: workflow ids and task queues. */
import type { Leg, LegName } from '../domain/terms.ts';

/** The queue on which position and account workflows run. */
export const WORKFLOW_TASK_QUEUE = 'holdfast';

/** The queue of one account's activities: only a process that holds the account's keys polls it. */
export const accountTaskQueue = (account: string): string => `holdfast-account-${account}`;

/** One writer per leg: Temporal refuses a second running workflow of the same id. */
export const positionWorkflowId = ({ account, symbol, leg }: Leg): string =>
  `position/${account}/${symbol}/${leg}`;

export const accountWorkflowId = (account: string): string => `account/${account}`;

/** Account names: they become part of ids, queues and file names. */
export const ACCOUNT_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** The leg that a position workflow id names, or undefined where it names none. */
export function parsePositionWorkflowId(id: string): Leg | undefined {
  const match = /^position\/([^/]+)\/(.+)\/(long|short|net)$/.exec(id);
  if (!match) return undefined;
  const [, account, symbol, leg] = match;
  // The pattern admits only these three words.
  return { account: account ?? '', symbol: symbol ?? '', leg: leg as LegName };
}
