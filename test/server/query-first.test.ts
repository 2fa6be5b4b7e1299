/**
 * A query that waits for a worker is handed to it with all that has happened since the last workflow
 * task, but without that task's time. It must neither decide anything nor end the worker: in CI, a
 * position asked for while its worker restarted took the whole worker down.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { expect, onTestFinished, test } from 'vitest';
import { createWire } from '../../client/wire.ts';
import { startEmbeddedServer } from '../../server/embedded.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { pathOf, temporalCli } from '../support/tools.ts';
import type { Heard, RingingInput } from './workflows/ringing.ts';

const RUNS = 5;
/** A dead worker's own queue holds what comes for it so long; see the story below. */
const STICKY_MS = 6_000;
/** Into that time: the message, then the deadline. */
const TOLD_AFTER_MS = 2_000;
const RINGS_AFTER_MS = 4_000;
const SETTLED_WITHIN_MS = 40_000;
/** Long after the test. */
const LATER_MS = 600_000;

/**
 * The query comes first and stays on the dead worker's own queue for `STICKY_MS`; the workflow task, of
 * the message and the timer, comes later and stays there longer. So the next worker gets the query alone.
 */
test('a query that comes before its workflow task is asked again, and the worker lives on', async () => {
  const { address, client, bundle } = await startServer();
  const first = await startWorker(address, bundle, `${STICKY_MS} ms`);
  const deadlineAtMs = Date.now() + 8_000;
  const runs = await startRuns(client, deadlineAtMs);
  await Promise.all(runs.map((run) => run.signal('told')));
  await Promise.all(runs.map((run) => eventually(() => hears(run, 1))));
  await delay(Math.max(0, deadlineAtMs - RINGS_AFTER_MS - Date.now()));

  first.kill('SIGKILL');
  const wire = createWire(client, { queryMs: SETTLED_WITHIN_MS });
  const answers = runs.map(({ workflowId }) => wire.query<Heard>(workflowId, { name: 'heard' }));
  await delay(TOLD_AFTER_MS);
  await Promise.all(runs.map((run) => run.signal('told')));
  await delay(deadlineAtMs - Date.now());
  const second = await startWorker(address, bundle, '1 s');

  expect(await Promise.all(answers)).toEqual(runs.map(() => expect.objectContaining({ told: 2 })));
  const both = expect.objectContaining({ told: 2, noted: 2 });
  expect(await Promise.all(runs.map((run) => run.result()))).toEqual(runs.map(() => both));
  expect(second.exitCode, 'the worker lives').toBeNull();
});

test('a message that waits behind such a query is heard in its own task, at the time of that', async () => {
  const { address, client, bundle } = await startServer();
  const first = await startWorker(address, bundle, `${STICKY_MS} ms`);
  const runs = await startRuns(client, Date.now() + LATER_MS);

  first.kill('SIGKILL');
  const wire = createWire(client, { queryMs: SETTLED_WITHIN_MS });
  const answers = runs.map(({ workflowId }) => wire.query<Heard>(workflowId, { name: 'heard' }));
  await delay(TOLD_AFTER_MS);
  const toldAtMs = Date.now();
  await Promise.all(runs.map((run) => run.signal('told')));
  await delay(RINGS_AFTER_MS - TOLD_AFTER_MS);
  await startWorker(address, bundle, '1 s');

  const heard = await Promise.all(answers);
  expect(heard).toEqual(runs.map(() => expect.objectContaining({ told: 1 })));
  expect(Math.min(...heard.map((each) => each.toldAtMs))).toBeGreaterThanOrEqual(toldAtMs);
});

test('a call that is called off is answered within its task, and the run goes on', async () => {
  const { address, client, bundle } = await startServer();
  await startWorker(address, bundle, '1 s');
  const options = { taskQueue: 'ringing', workflowId: 'hanging-up', workflowExecutionTimeout: 20_000 };
  expect(await client.workflow.execute('hangingUp', options)).toBe('hung up');
});

/** Each of them heard nothing yet. */
async function startRuns(client: Client, deadlineAtMs: number): Promise<WorkflowHandle[]> {
  const runs = await Promise.all(
    Array.from({ length: RUNS }, (_, index) =>
      client.workflow.start('ringing', {
        taskQueue: 'ringing',
        workflowId: `ringing-${index}`,
        args: [{ deadlineAtMs } satisfies RingingInput],
      }),
    ),
  );
  await Promise.all(runs.map((run) => eventually(() => hears(run, 0))));
  return runs;
}

async function hears(run: WorkflowHandle, noted: number): Promise<void> {
  expect(await run.query<Heard>('heard')).toMatchObject({ noted });
}

async function startServer() {
  const server = await startEmbeddedServer({
    executable: pathOf(temporalCli()),
    dataDir: temporaryFolder(),
    host: '127.0.0.1',
    port: 0,
    uiPort: 0,
    namespace: 'default',
  });
  onTestFinished(() => server.stop());
  const connection = await Connection.connect({ address: server.address });
  onTestFinished(() => connection.close());
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(import.meta.dirname, 'workflows/ringing.ts'),
    workflowInterceptorModules: [join(import.meta.dirname, '../../workflows/spoiled-run.ts')],
    logger: new DefaultLogger('ERROR'),
  });
  const bundle = join(temporaryFolder(), 'ringing.js');
  writeFileSync(bundle, code);
  return { address: server.address, client: new Client({ connection }), bundle };
}

async function startWorker(...args: string[]): Promise<ChildProcess> {
  const program = join(import.meta.dirname, 'programs/ringing-worker.ts');
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}
