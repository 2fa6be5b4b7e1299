/** The worker's health as it is asked for: before anything is reached, while it runs, when parts fail. */
import { afterEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { writeWorkerReport } from '../../../config/serving.ts';
import { openHealth, type HealthDesk, type WorkerParts } from '../../../worker/health/desk.ts';
import { configOf } from '../../client/config-of.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { NOW, report, watcher } from './facts.ts';

const log = pino({ level: 'silent' });
const opened: HealthDesk[] = [];
afterEach(async () => {
  for (const desk of opened.splice(0)) await desk.close();
});

const ACCOUNTS = '{ a: { exchange: bingx }, malformed: { endpoint: no url } }';
const wellParts: WorkerParts = {
  servers: [{ name: 'a', report: () => report(), watcher: () => watcher() }],
  askTemporal: async () => undefined,
  askJournal: async () => undefined,
  decides: () => true,
};

type Setting = { parts?: Partial<WorkerParts>; accounts?: string; dataDir?: string };

async function open({ parts, accounts = '{ a: {} }', dataDir = temporaryFolder() }: Setting = {}) {
  const config = configOf(`dataDir: ${dataDir}\nhealth: { port: 0 }\naccounts: ${accounts}`);
  const readEvents = async (): Promise<string> => 'holdfast_orders_total{account="a"} 1\n';
  const desk = openHealth({ config, log, readEvents, now: () => NOW });
  opened.push(desk);
  if (parts) desk.knows({ ...wellParts, ...parts });
  const address = await eventually(async () => {
    const found = desk.address();
    if (found === null) throw new Error('it does not listen yet');
    return found;
  });
  return async (path: string) => {
    const answer = await fetch(`${address}${path}`);
    return { status: answer.status, body: await answer.text() };
  };
}

const told = (body: string): Record<string, unknown> => JSON.parse(body);

describe('before its server is reached', () => {
  it('a worker lives, is not ready, and says what it waits for', async () => {
    const ask = await open();
    expect(await ask('/health/live')).toMatchObject({ status: 200 });
    expect(await ask('/health/ready')).toMatchObject({ status: 503 });
    const { status, body } = await ask('/health');
    expect(status).toBe(503);
    expect(told(body)).toMatchObject({
      problems: [
        'the worker takes no work yet',
        'Temporal: it was not reached yet',
        'journal: it was not reached yet',
        'a: it is being connected',
      ],
    });
  });
});

describe('a worker that runs', () => {
  it('is well, and says so in every form', async () => {
    const ask = await open({ parts: {} });
    expect(await ask('/health')).toMatchObject({ status: 200 });
    expect(await ask('/health/ready')).toMatchObject({ status: 200 });
    const { status, body } = await ask('/metrics');
    expect(status).toBe(200);
    expect(body).toContain('holdfast_healthy 1\n');
    expect(body).toContain('holdfast_orders_total{account="a"} 1\n');
  });

  it('is ready although the settings of an account hold a mistake', async () => {
    const ask = await open({ parts: {}, accounts: ACCOUNTS });
    const { status, body } = await ask('/health');
    expect(status).toBe(503);
    expect(told(body)).toMatchObject({
      active_positions: 3,
      problems: [expect.stringMatching(/^malformed: it is not served: .*base URL/)],
      accounts: [
        { account: 'a', healthy: true },
        { account: 'malformed', state: 'not_served' },
      ],
    });
    expect(await ask('/health/ready')).toMatchObject({ status: 200 });
  });

  it('tells of the others when one account cannot be told', async () => {
    const broken = (): never => {
      throw new Error('GET https://x.test/a?signature=0123456789abcdef0123');
    };
    const servers = [...wellParts.servers, { name: 'b', report: broken, watcher: broken }];
    const { status, body } = await (await open({ parts: { servers } }))('/health');
    expect(status).toBe(503);
    expect(body).not.toContain('0123456789abcdef0123');
    expect(told(body)).toMatchObject({
      accounts: [
        { account: 'a', healthy: true },
        { account: 'b', healthy: false },
      ],
    });
  });

  it('knows of another worker on the same data folder that watches', async () => {
    const dataDir = temporaryFolder();
    writeWorkerReport(dataDir, { pid: 1, writtenAt: new Date(NOW).toISOString(), accounts: [report()] });
    const mine = report({ watch: null, truth: null });
    const servers = [{ name: 'a', report: () => mine, watcher: () => undefined }];
    const { status, body } = await (await open({ parts: { servers }, dataDir }))('/health');
    expect([status, told(body)]).toMatchObject([200, { accounts: [{ watched_by: 'another_worker' }] }]);
  });

  it.each<[string, Partial<WorkerParts>, RegExp]>([
    ['Temporal', { askTemporal: () => Promise.reject(new Error('UNAVAILABLE')) }, /^Temporal: UNAVAILABLE/],
    ['the journal', { askJournal: () => Promise.reject(new Error('locked')) }, /^journal: locked/],
    ['what was written last', { askJournal: async () => 'the disk is full' }, /^journal: the disk is full/],
  ])('is not well without %s', async (_, parts, problem) => {
    const ask = await open({ parts });
    const { status, body } = await ask('/health');
    expect(status).toBe(503);
    expect(told(body)).toMatchObject({ ready: false, problems: [expect.stringMatching(problem)] });
    expect(await ask('/health/ready')).toMatchObject({ status: 503 });
    expect(await ask('/health/live')).toMatchObject({ status: 200 });
  });
});

it('health that is switched off is served nowhere', async () => {
  const config = configOf('health: { enabled: false, port: 0 }');
  const desk = openHealth({ config, log, readEvents: undefined });
  expect(desk.address()).toBeNull();
  await desk.close();
});
