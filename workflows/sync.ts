/**
 * Compares accounts with their exchanges, side by side, and brings them together where it was asked to.
 * Each is examined by a worker that holds its keys; one that cannot be examined does not keep the others
 * from it. The report is the result, stands in the current details, and is kept in the journal.
 */
import { ActivityFailure, proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { ReportActivities, SyncActivities } from '../activities/api.ts';
import { accountTaskQueue } from '../contract/ids.ts';
import type { SyncInput } from '../contract/sync.ts';
import { reportCard, type AccountReport, type SyncReport } from '../domain/audit/sync-report.ts';

export async function sync({
  accounts,
  unusable = [],
  execute,
  cause,
  policy,
}: SyncInput): Promise<SyncReport> {
  const { runId, startTime } = workflowInfo();
  const report: SyncReport = {
    id: runId,
    at: startTime.toISOString(),
    cause,
    executed: execute,
    accounts: [
      ...(await Promise.all(
        accounts.map((account) => examined(account, { account, execute, policy, requestId: runId })),
      )),
      ...unusable.map(({ account, error }) => ({ account, state: 'failed' as const, error })),
    ],
  };
  setCurrentDetails(reportCard(report));
  await reports.keepReport(report);
  return report;
}

// On the workflows' own queue: a report is kept although none of its accounts is served.
const reports = proxyActivities<ReportActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
});

async function examined(
  account: string,
  input: Parameters<SyncActivities['examineAccount']>[0],
): Promise<AccountReport> {
  const { examineAccount } = proxyActivities<SyncActivities>({
    taskQueue: accountTaskQueue(account),
    // Whoever serves the account polls all the time: nobody does, if it waits for longer.
    scheduleToStartTimeout: '15 seconds',
    // Comparing takes seconds, an exchange's history a minute at worst, coming right a minute and a half.
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout: '10 seconds',
    // Every attempt plans anew; a second one is for a worker that died.
    retry: { initialInterval: '2 seconds', maximumAttempts: 2 },
  });
  try {
    return await examineAccount.executeWithOptions({ summary: `compare ${account} with its exchange` }, [
      input,
    ]);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { account, state: 'failed', error: whyOf(error) };
  }
}

const whyOf = ({ retryState, cause, message }: ActivityFailure): string =>
  retryState === 'TIMEOUT' ? 'no worker serves the account' : (cause?.message ?? message);
