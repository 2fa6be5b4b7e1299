/**
 * What the containers of docker-compose.yml run, run here without containers: the commands and the
 * health checks are taken from the file, only addresses and folders are changed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { startEmbeddedServer } from '../../server/embedded.ts';
import { pollUntil } from '../../server/poll.ts';
import { freePorts } from '../../server/ports.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { pathOf, temporalCli } from '../support/tools.ts';

const PROJECT_DIR = join(import.meta.dirname, '../..');
const HEALTHY_TIMEOUT_MS = 60_000;

const service = z.object({
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});
const file = parse(readFileSync(join(PROJECT_DIR, 'docker-compose.yml'), 'utf8'), { merge: true });
const compose = z
  .object({ services: z.object({ worker: service, venue: service, 'temporal-namespace': service }) })
  .parse(file);

type Service = z.infer<typeof service>;
/** Texts of the compose file, and what stands for them here. */
type Here = Readonly<Record<string, string>>;

test('the namespace is set up, venue and worker become healthy, and both end on SIGTERM', async () => {
  const here = await startTemporal();
  const { services } = compose;

  const setUp = run(services['temporal-namespace'], here);
  expect(await setUp.ended).toEqual({
    code: 0,
    said: expect.stringContaining('is set up: namespace holdfast'),
  });

  const venue = run(services.venue, here);
  await healthy(services.venue, here);
  const worker = run(services.worker, here);
  await healthy(services.worker, here);

  for (const { child, ended } of [worker, venue]) {
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  }
});

/** The embedded server stands for the `temporal` container; a namespace of its own is still to be made. */
async function startTemporal(): Promise<Here> {
  const folder = temporaryFolder();
  const server = await startEmbeddedServer({
    executable: pathOf(temporalCli()),
    dataDir: join(folder, 'temporal'),
    host: '127.0.0.1',
    port: 0,
    uiPort: 0,
    namespace: 'default',
  });
  onTestFinished(() => server.stop());
  const [venue, control, health] = await freePorts('127.0.0.1', 3);
  mkdirSync(join(folder, 'data'));
  const config = readFileSync(join(PROJECT_DIR, 'ops/holdfast.yaml'), 'utf8');
  writeFileSync(join(folder, 'holdfast.yaml'), config.replace('venue:7835', `127.0.0.1:${venue}`));
  return {
    'temporal:7233': server.address,
    '/etc/holdfast': folder,
    '/data': join(folder, 'data'),
    '0.0.0.0': '127.0.0.1',
    '7835': String(venue),
    '7836': String(control),
    '7837': String(health),
  };
}

function translate(text: string, here: Here): string {
  return Object.entries(here).reduce((result, [theirs, ours]) => result.replaceAll(theirs, ours), text);
}

function run({ command, environment }: Service, here: Here) {
  const settings = Object.entries(environment).map(([name, value]) => [name, translate(value, here)]);
  const args = command.map((part) => translate(part, here));
  const child = spawn(process.execPath, args, {
    cwd: PROJECT_DIR,
    env: Object.fromEntries(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const ended = once(child, 'close').then(([code]) => ({ code: Number(code), said }));
  return { child, ended };
}

/** Runs the check as the container would, until it says yes. */
async function healthy({ healthcheck }: Service, here: Here): Promise<void> {
  const [, , ...args] = (healthcheck?.test ?? []).map((part) => translate(part, here));
  await pollUntil(
    async () => {
      const [code] = await once(spawn(process.execPath, args), 'close');
      expect(code).toBe(0);
    },
    { what: 'a good health check', timeoutMs: HEALTHY_TIMEOUT_MS, everyMs: 500 },
  );
}
