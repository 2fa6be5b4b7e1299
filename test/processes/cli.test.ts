/** The command line as people use it: `up` in one process, every other command in one of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PositionView } from '../../domain/view.ts';
import type { TradeRow } from '../../journal/journal.ts';
import { freePorts } from '../../server/ports.ts';
import { eventually } from '../support/eventually.ts';

const MAIN = join(import.meta.dirname, '../../client/cli/main.ts');
const UP_WITHIN_MS = 60_000;
/** Generous: other tests may share the two cores. */
const SETTLED_WITHIN_MS = 60_000;

type Up = { child: ChildProcess; output: () => string };

let data: string;
let ports: number[];
let up: Up | undefined;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'holdfast-up-'));
  ports = await freePorts('127.0.0.1', 4);
  up = await startUp();
});
afterAll(async () => {
  await stopUp();
  rmSync(data, { recursive: true, force: true, maxRetries: 3 });
});

async function startUp(): Promise<Up> {
  const [temporal, ui, venue, control] = ports;
  const flags = [
    '--temporal-port',
    temporal,
    '--ui-port',
    ui,
    '--venue-port',
    venue,
    '--control-port',
    control,
  ].map(String);
  const child = spawn(process.execPath, [
    MAIN,
    'up',
    '--no-demo',
    '--data',
    data,
    '--seed',
    '7',
    '--speed',
    '0.001',
    ...flags,
  ]);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  const started: Up = { child, output: () => text };
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`up ended with ${child.exitCode}: ${text}`);
    expect(text).toContain('Holdfast is running.');
  }, UP_WITHIN_MS);
  return started;
}

/** Ctrl-C; gives what was printed, and the exit code. */
async function stopUp(): Promise<{ output: string; code: number | null }> {
  if (up === undefined) return { output: '', code: null };
  const { child, output } = up;
  up = undefined;
  child.kill('SIGINT');
  await once(child, 'exit');
  return { output: output(), code: child.exitCode };
}

type Ran = { code: number | null; out: string; err: string };

/** The command finds the running copy by its data folder alone. */
async function holdfast(...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, ...args, '--data', data]);
  const ran: Ran = { code: null, out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (ran.out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (ran.err += part));
  await once(child, 'close');
  return { ...ran, code: child.exitCode };
}

async function read<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await holdfast(...args, '--json');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${err}`);
  return JSON.parse(out) as T; // the documented shape, which the assertions look at
}

/** A trade's row is written before its position leaves the list. */
const nothingOpen = (): Promise<void> =>
  eventually(async () => expect(await read<PositionView[]>('positions')).toEqual([]), SETTLED_WITHIN_MS);

describe('one terminal runs all of it', () => {
  it('opens, shows, moves and closes a position, and the journal has its row', async () => {
    const opened = await holdfast('open', 'btc', 'long', '0.05', '--sl', '1%', '--tp', '2%', '--wait');
    expect(opened).toMatchObject({ code: 0, err: '' });
    expect(opened.out).toContain('BTC/USDT:USDT  long 0.05  open  covered');

    const moved = await holdfast('set', 'BTC-USDT', '--sl', '1.5%', '--tp', 'none');
    expect(moved.code).toBe(0);
    await eventually(async () => {
      const [tranche] = (await read<PositionView>('show', 'btc')).tranches;
      expect(tranche).toMatchObject({ stopLoss: { state: 'live' }, takeProfit: { state: 'none' } });
    }, SETTLED_WITHIN_MS);
    expect(await holdfast('check')).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^ok paper: Holdfast and exchange agree on 1 position; truth \d+ m?s old\n$/,
      ),
    });

    expect((await holdfast('close', 'btcusdt')).code).toBe(0);
    const [row] = await eventually(async () => {
      const rows = await read<TradeRow[]>('journal');
      expect(rows).toMatchObject([{ exitReason: 'USER_CLOSE', figuresSource: 'exchange' }]);
      return rows;
    }, SETTLED_WITHIN_MS);
    expect(row).toMatchObject({ symbol: 'BTC/USDT:USDT', side: 'long', quantity: '0.05', account: 'paper' });
    await nothingOpen();
  });

  it('says what is wrong, and ends with the documented code', async () => {
    expect(await holdfast('open', 'btc', 'long', '0.05', '--sl', '999999')).toMatchObject({
      code: 3,
      err: expect.stringContaining('must be below the price'),
    });
    expect(await holdfast('open', 'bct', 'long', '1')).toMatchObject({
      code: 4,
      err: expect.stringContaining('Did you mean BTC/USDT:USDT?'),
    });
    expect(await holdfast('open', 'btc', 'long', '0.00001')).toMatchObject({
      code: 3,
      err: expect.stringContaining('under the minimum'),
    });
    expect(await holdfast('close', 'eth')).toMatchObject({ code: 4 });
    expect(await holdfast('doctor')).toMatchObject({ code: 0, err: '' });
  });

  it('refuses a second copy on the same folder', async () => {
    const { code, err } = await holdfast('up', '--no-demo');
    expect({ code, err }).toMatchObject({
      code: 3,
      err: expect.stringContaining('is in use by "holdfast up"'),
    });
  });

  it('brings back each part that is killed', async () => {
    const { pid: venue } = await read<{ pid: number }>('venue', 'health');
    const { pid: temporal } = JSON.parse(readFileSync(join(data, 'temporal/server.json'), 'utf8')) as {
      pid: number;
    }; // its own record
    const worker = Number(/worker +process (\d+)/.exec(up?.output() ?? '')?.[1]);
    for (const pid of [worker, venue, temporal]) process.kill(pid, 'SIGKILL');
    await eventually(async () => {
      for (const part of ['worker', 'venue', 'Temporal server'])
        expect(up?.output()).toContain(`${part} is back`);
    }, SETTLED_WITHIN_MS);
    expect(await holdfast('open', 'sol', 'long', '1', '--sl', '2%', '--wait')).toMatchObject({
      code: 0,
      err: '',
    });
    expect(await holdfast('close', 'sol')).toMatchObject({ code: 0, err: '' });
    await nothingOpen();
  });

  it('resumes after Ctrl-C and a new start, and after SIGKILL leaves nothing behind', async () => {
    expect(await holdfast('open', 'eth', 'short', '0.5', '--sl', '2%', '--wait')).toMatchObject({
      code: 0,
      err: '',
    });
    const before = await read<PositionView>('show', 'eth');
    const stopped = await stopUp();
    expect(stopped).toMatchObject({ code: 0, output: expect.stringContaining('Positions are kept') });
    // The journal answers without any of the processes; a position says that it is only written down.
    expect((await read<{ answeredBy: string }>('show', 'eth')).answeredBy).toBe('projection');

    up = await startUp();
    expect(up.output()).toContain('1 open position resumed.');
    const { epoch, entryOrderId, entryAt } = before;
    await eventually(async () => {
      const after = await read<PositionView & { answeredBy: string }>('show', 'eth');
      expect(after).toMatchObject({ epoch, entryOrderId, entryAt, covered: true, answeredBy: 'workflow' });
    }, SETTLED_WITHIN_MS);

    up.child.kill('SIGKILL');
    up = undefined;
    // Children notice the end of their parent: the next start waits for that, and finds the ports free.
    up = await startUp();
    expect(await holdfast('check')).toMatchObject({ code: 0, err: '' });
  });

  it('closes everything at once, and says how far it is', async () => {
    expect(await holdfast('open', 'sol', 'long', '1', '--sl', '2%', '--wait')).toMatchObject({ code: 0 });
    const { code, out } = await holdfast('close', '--all');
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\n2 of 2 positions closed\n$/),
    });
    for (const what of ['SOL/USDT:USDT net  1', 'ETH/USDT:USDT net  0.5'])
      expect(out).toContain(`paper  ${what}  closed  USER_CLOSE`);
    await nothingOpen();
    expect(await holdfast('close', '--all')).toMatchObject({ code: 0, out: 'No position is open.\n' });
  });
});
