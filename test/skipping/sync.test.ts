/** The workflow that compares all accounts: one that cannot be examined does not spoil the others' report. */
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReportActivities, SyncActivities } from '../../activities/api.ts';
import { accountTaskQueue, WORKFLOW_TASK_QUEUE } from '../../contract/ids.ts';
import type { SyncInput } from '../../contract/sync.ts';
import type { SyncReport } from '../../domain/audit/sync-report.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import type { sync } from '../../workflows/sync.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

let server: TestWorkflowEnvironment;
beforeAll(async () => {
  server = await startTimeSkipping();
});
afterAll(() => server.teardown());

const diagnosis = {
  account: 'good',
  agrees: true,
  positions: 1,
  differences: [],
  unprotected: [],
  notLookedAt: [],
  checkedAt: '2026-01-02T03:05:00.000Z',
};

it('the good one is in the report, those that fail say why, and it is kept', async () => {
  const asked: Parameters<SyncActivities['examineAccount']>[0][] = [];
  const kept: SyncReport[] = [];
  const good: SyncActivities = {
    examineAccount: async (input) => {
      asked.push(input);
      return { account: 'good', state: 'examined', before: diagnosis, after: diagnosis, outcomes: [] };
    },
  };
  const broken: SyncActivities = {
    examineAccount: () => Promise.reject(ApplicationFailure.nonRetryable('the exchange asked for a pause')),
  };
  const reports: ReportActivities = { keepReport: async (report) => void kept.push(report) };
  const common = { connection: server.nativeConnection };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: WORKFLOW_TASK_QUEUE,
      workflowBundle: await workflowBundle(),
      activities: reports,
    }),
    Worker.create({ ...common, taskQueue: accountTaskQueue('good'), activities: good }),
    Worker.create({ ...common, taskQueue: accountTaskQueue('broken'), activities: broken }),
  ]);
  const input: SyncInput = {
    version: 1,
    accounts: ['good', 'broken', 'nobody'],
    unusable: [{ account: 'misspelt', error: 'no such exchange' }],
    execute: true,
    cause: 'daily',
    policy: 'watch',
  };
  const running = workers.map((worker) => worker.run());
  const handle = await server.client.workflow.start<typeof sync>('sync', {
    workflowId: 'sync/test',
    taskQueue: WORKFLOW_TASK_QUEUE,
    args: [input],
  });
  const report = await handle.result();
  expect(report).toMatchObject({ cause: 'daily', executed: true });
  expect(report.accounts).toEqual([
    { account: 'good', state: 'examined', before: diagnosis, after: diagnosis, outcomes: [] },
    { account: 'broken', state: 'failed', error: 'the exchange asked for a pause' },
    { account: 'nobody', state: 'failed', error: 'no worker serves the account' },
    { account: 'misspelt', state: 'failed', error: 'no such exchange' },
  ]);
  expect(asked).toMatchObject([{ account: 'good', execute: true, policy: 'watch', requestId: report.id }]);
  expect(kept).toEqual([report]);
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  expect(metadata.currentDetails).toContain('| good | 1 | none | 0 | none |');
  expect(metadata.currentDetails).toContain('| nobody | not examined: no worker serves the account |');
  for (const worker of workers) worker.shutdown();
  await Promise.all(running);
});
