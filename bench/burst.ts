/** Many entries at once, until each is covered by stop and target, beside bare workflows in the same run. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { join } from 'node:path';
import { TERMS } from './crossing.ts';
import { openedTogether } from './open.ts';
import { ratioRow, type Report, type Row } from './report.ts';
import type { Setting } from './setting.ts';
import { seconds } from './statistics.ts';
import { atLeast, atMost, type Target } from './target.ts';
import type { bare } from './workflows/bare.ts';

/** Activities of a position from entry to both orders resting: facts, entry, stop, target, one read, one publication. */
const ACTIVITIES = 6;
const QUEUE = 'bench-bare';

export async function burst(setting: Setting, indexes: readonly number[]): Promise<Report> {
  const count = indexes.length;
  const bareMs = await bareWorkflows(setting, count);
  const { acceptedMs, protectedMs } = await openedTogether(setting, indexes, TERMS);
  const rate = (ms: number): number => (count * 1000) / ms;
  const ratio = rate(protectedMs) / rate(bareMs);
  return {
    name: `${count} entries at once, no limits at the venue`,
    rows: [
      took('all accepted on record', acceptedMs, 'one account workflow reserves one after the other'),
      took(
        'all covered by stop and target, ids known',
        protectedMs,
        'two cores shared by server, worker, venue and bench',
        atMost(protectedMs / 1_000, 5, 's'),
      ),
      took(`bare workflows of ${ACTIVITIES} empty activities, as many`, bareMs, 'the Temporal server'),
      ratioRow('rate against bare workflows', ratio, '', atLeast(ratio, 0.5, 'x')),
    ],
  };
}

const took = (what: string, ms: number, bound: string, target?: Target): Row => ({
  what,
  value: seconds(ms),
  unit: 's',
  bound,
  data: { ms },
  ...(target && { target }),
});

async function bareWorkflows({ client, config }: Setting, count: number): Promise<number> {
  const connection = await NativeConnection.connect({ address: config.temporal.address });
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: QUEUE,
    workflowsPath: join(import.meta.dirname, 'workflows', 'bare.ts'),
    activities: { nothing: () => Promise.resolve() },
    reuseV8Context: true,
  });
  return worker
    .runUntil(async () => {
      const startedMs = Date.now();
      await Promise.all(
        Array.from({ length: count }, (_, index) =>
          client.workflow.execute<typeof bare>('bare', {
            workflowId: `bench-bare-${startedMs}-${index}`,
            taskQueue: QUEUE,
            args: [ACTIVITIES],
          }),
        ),
      );
      return Date.now() - startedMs;
    })
    .finally(() => connection.close());
}
