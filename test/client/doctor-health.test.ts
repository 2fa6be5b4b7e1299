/** What doctor says of the health that each worker tells. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { examineHealth } from '../../client/cli/doctor/health.ts';
import { writeWorkerReport } from '../../config/serving.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { configOf } from './config-of.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function answering(status: number, body: object): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(JSON.stringify(body)));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return `http://127.0.0.1:${address.port}`;
}

const NOW = Date.parse('2026-03-01T12:00:00Z');

type Worker = { healthAt: string | null; agoMs?: number };

async function examined(...workers: Worker[]) {
  const dataDir = temporaryFolder();
  for (const [index, { healthAt, agoMs = 1_000 }] of workers.entries())
    writeWorkerReport(dataDir, {
      pid: index + 1,
      writtenAt: new Date(NOW - agoMs).toISOString(),
      healthAt,
      accounts: [],
    });
  return examineHealth(configOf(`dataDir: ${dataDir}`), NOW);
}

const DEAF = 'http://127.0.0.1:9';

it('a worker that is ready is fine, and one that tells nothing is none of its business', async () => {
  const url = await answering(200, { ready: true, temporal: { ok: true }, journal: { ok: true } });
  expect(await examined({ healthAt: url }, { healthAt: null })).toEqual([
    { what: 'worker health', state: 'ok', text: `${url}/health/ready says ready` },
  ]);
});

it('a worker that is not ready is wrong, and says why', async () => {
  const journal = { ok: false, problem: 'the disk is full' };
  const url = await answering(503, { ready: false, temporal: { ok: true }, journal });
  expect(await examined({ healthAt: url })).toMatchObject([
    { state: 'wrong', text: `${url}/health/ready says not ready, journal: the disk is full` },
  ]);
});

it('a worker that does not answer, or speaks of something else, is wrong', async () => {
  const other = await answering(200, { hello: 'world' });
  expect(await examined({ healthAt: DEAF }, { healthAt: other })).toMatchObject([
    { what: 'worker health', state: 'wrong' },
    { what: 'worker health', state: 'wrong' },
  ]);
});

it('a worker that was killed is not asked for, and its heir is asked once', async () => {
  const url = await answering(200, { ready: true, temporal: { ok: true }, journal: { ok: true } });
  const found = await examined(
    { healthAt: DEAF, agoMs: 6_001 },
    { healthAt: url, agoMs: 5_000 },
    { healthAt: url },
  );
  expect(found).toMatchObject([{ state: 'ok' }]);
});
