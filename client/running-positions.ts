/** The position workflows that run, as visibility knows them. */
import type { RunningWorkflow, Wire } from './wire.ts';

export const MAX_LISTED = 1_000;

export function runningPositions(
  { find }: Pick<Wire, 'find'>,
  account: string | undefined,
  limit: number,
): Promise<RunningWorkflow[]> {
  const query = `WorkflowType = 'position' AND ExecutionStatus = 'Running'`;
  return find(account === undefined ? query : `${query} AND Account = '${account}'`, limit);
}
