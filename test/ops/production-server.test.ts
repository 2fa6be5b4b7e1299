/** Temporal's production server on PostgreSQL, without Docker: it works, and it keeps what it was given. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { describe, expect, onTestFinished, test } from 'vitest';
import { identify } from '../../server/process-identity.ts';
import { startProductionServer, type ProductionServer } from '../../server/production.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { productionServer } from '../support/tools.ts';
import { hello, name } from './workflows/hello.ts';

Runtime.install({ logger: new DefaultLogger('WARN') });

const tools = productionServer();
const missing = 'reason' in tools ? tools.reason : undefined;

describe.skipIf(missing !== undefined)(
  `the production server${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    test('a workflow is started, survives a restart of everything, is updated and completes', async () => {
      const dataDir = temporaryFolder();
      const first = await start(dataDir);
      const before = await connect(first);
      await before.workflow.start(hello, { taskQueue: 'hello', workflowId: 'hello' });
      await first.stop();
      expect([identify(first.pid), identify(first.postgres.pid)]).toEqual([undefined, undefined]);

      const second = await start(dataDir);
      const after = await connect(second);
      const handle = after.workflow.getHandle<typeof hello>('hello');
      const result = await (
        await worker(second)
      ).runUntil(async () => {
        const noted = await handle.executeUpdate(name, { args: ['postgres'] });
        return [noted, await handle.result()];
      });

      expect(result).toEqual(['noted postgres', 'hello postgres']);
      const found: string[] = [];
      for await (const { workflowId } of after.workflow.list({ query: "Stage = 'open'" })) {
        found.push(workflowId);
      }
      expect(found).toEqual(['hello']);
    });

    test('the password is generated for the folder and stays out of sight', async () => {
      const dataDir = temporaryFolder();
      const { postgres } = await start(dataDir);
      expect(statSync(join(dataDir, 'postgres/postgres-password')).mode & 0o077).toBe(0);
      expect(postgres.password).toMatch(/^[0-9a-f]{48}$/);
      for (const log of ['temporal.log', 'postgres/postgres.log']) {
        expect(readFileSync(join(dataDir, log), 'utf8')).not.toContain(postgres.password);
      }
    });
  },
);

async function start(dataDir: string): Promise<ProductionServer> {
  if ('reason' in tools) throw new Error(tools.reason);
  const server = await startProductionServer({ toolsDir: tools.toolsDir, dataDir });
  onTestFinished(() => server.stop());
  return server;
}

async function connect({ address, namespace }: ProductionServer): Promise<Client> {
  const connection = await Connection.connect({ address });
  onTestFinished(() => connection.close());
  return new Client({ connection, namespace });
}

async function worker({ address, namespace }: ProductionServer): Promise<Worker> {
  const connection = await NativeConnection.connect({ address });
  onTestFinished(() => connection.close());
  const workflowsPath = join(import.meta.dirname, 'workflows/hello.ts');
  return Worker.create({ connection, namespace, taskQueue: 'hello', workflowsPath });
}
