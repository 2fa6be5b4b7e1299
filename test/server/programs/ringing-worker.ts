/** A worker of `workflows/ringing.ts`, for the tests to kill. Arguments: server address, bundle, sticky timeout. */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { RingingActivities } from '../workflows/ringing.ts';

const [address = '', codePath = '', stickyTimeout = ''] = process.argv.slice(2);
Runtime.install({
  logger: new DefaultLogger('ERROR', () => {}),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
});
const activities: RingingActivities = { note: () => Promise.resolve() };
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: 'ringing',
  workflowBundle: { codePath },
  reuseV8Context: true,
  stickyQueueScheduleToStartTimeout: stickyTimeout,
  activities,
});
process.stdout.write('up\n');
await worker.run();
