/** The embedded server on a real file: what it keeps, and what its end and its parent's end mean. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { searchAttributeList } from '../../contract/search-attributes.ts';
import {
  startEmbeddedServer,
  superviseEmbeddedServer,
  type EmbeddedServer,
  type EmbeddedServerOptions,
} from '../../server/embedded.ts';
import { endProcess } from '../../server/end-process.ts';
import { pollUntil } from '../../server/poll.ts';
import { identify, isAlive } from '../../server/process-identity.ts';
import { ensureSearchAttributes } from '../../server/search-attributes.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { pathOf, temporalCli } from '../support/tools.ts';

test('it serves its namespace with search attributes, Web UI and a month of retention', async () => {
  const server = await start();
  const client = await connect(server);
  await client.workflow.start('sleeper', { taskQueue: 'nobody', workflowId: 'one' });

  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
    namespace: server.namespace,
  });
  expect(Object.keys(customAttributes ?? {})).toEqual(
    expect.arrayContaining(searchAttributeList.map(({ name }) => name)),
  );
  const { config } = await client.connection.workflowService.describeNamespace({
    namespace: server.namespace,
  });
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
  expect((await fetch(server.uiUrl)).status).toBe(200);
});

test('a workflow survives the SIGKILL of the server, which comes back on the same address', async () => {
  const supervised = await superviseEmbeddedServer(options());
  onTestFinished(() => supervised.stop());
  const first = await supervised.ready;
  const before = await connect(first);
  await before.workflow.start('sleeper', { taskQueue: 'nobody', workflowId: 'survivor' });

  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  await pollUntil(async () => expect(supervised.state()).toMatchObject({ stage: 'running', restarts: 1 }), {
    what: 'the restart',
    timeoutMs: 30_000,
  });

  const after = await connect(first);
  expect((await after.workflow.getHandle('survivor').describe()).status.name).toBe('RUNNING');
});

test('a server left over by a killed parent is ended by the next start on its folder', async () => {
  const dataDir = temporaryFolder();
  const left = await start({ dataDir });
  await expect(start({ dataDir })).rejects.toThrow(`(process ${left.pid}) already serves`);
  const note = join(dataDir, 'server.json');
  const parent = { pid: process.pid, startMark: 'of a parent that was killed' };
  writeFileSync(note, JSON.stringify({ ...JSON.parse(readFileSync(note, 'utf8')), parent }));

  const next = await start({ dataDir });
  expect(identify(left.pid)).toBeUndefined();
  expect((await connect(next)).options.namespace).toBe('holdfast-test');
});

test('the server ends when its parent is killed', async () => {
  const dataDir = temporaryFolder();
  const program = join(dataDir, 'parent.ts');
  const module = join(import.meta.dirname, '../../server/embedded.ts');
  writeFileSync(
    program,
    `import { startEmbeddedServer } from '${module}';
     const server = await startEmbeddedServer(${JSON.stringify(options({ dataDir }))});
     process.stdout.write(server.pid + '\\n');
     await server.exited;`,
  );
  const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(parent.stdout, 'data');
  const server = identify(Number(String(line)));
  if (server === undefined) throw new Error('the server did not start');
  onTestFinished(() => endProcess(server, 0));

  parent.kill('SIGKILL');

  await pollUntil(async () => expect(isAlive(server)).toBe(false), { what: 'its end', timeoutMs: 15_000 });
});

test('a database that was never served from is set aside, not tripped over', async () => {
  const dataDir = temporaryFolder();
  writeFileSync(join(dataDir, 'temporal.db'), '');
  const server = await start({ dataDir });
  expect((await fetch(server.uiUrl)).status).toBe(200);
});

test('a taken port is named before anything starts', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(start({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1, wanted for Temporal`);
});

test('missing search attributes are added; one of another type is refused with what to do', async () => {
  const server = await start({ searchAttributes: [{ name: 'Account', type: 'Keyword' }] });
  const { connection } = await connect(server);
  const added = await ensureSearchAttributes(connection, server.namespace);
  expect(added).toEqual(searchAttributeList.map(({ name }) => name).filter((name) => name !== 'Account'));
  expect(await ensureSearchAttributes(connection, server.namespace)).toEqual([]);
  await expect(
    ensureSearchAttributes(connection, server.namespace, [{ name: 'Account', type: 'Bool' }]),
  ).rejects.toThrow('Search attribute Account of namespace holdfast-test is not of type Bool');
});

function options(changes: Partial<EmbeddedServerOptions> = {}): EmbeddedServerOptions {
  return {
    executable: pathOf(temporalCli()),
    dataDir: changes.dataDir ?? temporaryFolder(),
    host: '127.0.0.1',
    port: 0,
    uiPort: 0,
    namespace: 'holdfast-test',
    ...changes,
  };
}

async function start(changes: Partial<EmbeddedServerOptions> = {}): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer(options(changes));
  onTestFinished(() => server.stop());
  return server;
}

async function connect({ address, namespace }: EmbeddedServer): Promise<Client & { connection: Connection }> {
  const connection = await Connection.connect({ address });
  onTestFinished(() => connection.close());
  return Object.assign(new Client({ connection, namespace }), { connection });
}
