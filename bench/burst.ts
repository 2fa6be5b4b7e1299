/** Many entries at once, until each is covered by stop and target, beside bare workflows in the same run. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { join } from 'node:path';
import { eventually } from '../test/support/eventually.ts';
import type { bare } from './workflows/bare.ts';
import { isWhole } from './open.ts';
import type { Report } from './report.ts';
import { ACCOUNT, symbolOf, type Setting } from './setting.ts';

/** Activities of a position from entry to both orders resting: facts, entry, stop, target, one read, one publication. */
const ACTIVITIES = 6;
const QUEUE = 'bench-bare';

export async function burst(setting: Setting, count: number, firstIndex: number): Promise<Report> {
  const bareMs = await bareWorkflows(setting, count);
  const startedMs = Date.now();
  const indexes = Array.from({ length: count }, (_, index) => firstIndex + index);
  await Promise.all(
    indexes.map((index) =>
      setting.holdfast.openPosition(ACCOUNT, {
        symbol: symbolOf(index),
        side: 'long',
        quantity: '0.1',
        stopLoss: { price: '900' },
        takeProfit: { price: '1100' },
      }),
    ),
  );
  const acceptedMs = Date.now() - startedMs;
  await eventually(async () => {
    const whole = (await setting.journal.positions(ACCOUNT)).filter(isWhole);
    if (whole.length < count) throw new Error(`${whole.length} of ${count} are protected`);
  }, 180_000);
  const protectedMs = Date.now() - startedMs;
  const rate = (ms: number): number => (count * 1000) / ms;
  return {
    name: `${count} entries at once, no limits at the venue`,
    rows: [
      {
        what: 'all accepted on record',
        value: (acceptedMs / 1000).toFixed(2),
        unit: 's',
        bound: 'one account workflow reserves one after the other',
        data: { acceptedMs },
      },
      {
        what: 'all covered by stop and target, ids known',
        value: (protectedMs / 1000).toFixed(2),
        unit: 's',
        bound: 'two cores shared by server, worker, venue and bench',
        data: { protectedMs },
      },
      {
        what: `bare workflows of ${ACTIVITIES} empty activities, as many`,
        value: (bareMs / 1000).toFixed(2),
        unit: 's',
        bound: 'the Temporal server',
        data: { bareMs },
      },
      {
        what: 'rate against bare workflows',
        value: (rate(protectedMs) / rate(bareMs)).toFixed(2),
        unit: 'x',
        bound: '',
        data: { ratio: rate(protectedMs) / rate(bareMs) },
      },
    ],
  };
}

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
