/**
 * `npm start -- --demo all`: three accounts on three exchanges, one of them in hedge mode, traded side by
 * side; after Ctrl-C a plain start goes on with all of them.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PositionView } from '../../domain/view.ts';
import { freePorts } from '../../server/ports.ts';
import { eventually } from '../support/eventually.ts';

const MAIN = join(import.meta.dirname, '../../client/cli/main.ts');
const UP_WITHIN_MS = 60_000;
const TRADED_WITHIN_MS = 90_000;
const EXCHANGES = ['binance', 'bingx', 'bybit'];

const data = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
let up: { child: ChildProcess; output: () => string } | undefined;
let ports: number[];

beforeAll(async () => {
  ports = await freePorts('127.0.0.1', 4);
});
afterAll(async () => {
  await interrupt();
  rmSync(data, { recursive: true, force: true, maxRetries: 3 });
});

it('trades on all three, each position covered, both legs where the account is in hedge mode', async () => {
  // A walk this slow leaves the positions open.
  up = await start('--demo', 'all', '--speed', '0.001');
  const views = await eventually(async () => {
    const open = (await positions()).filter(({ stage, covered }) => stage === 'open' && covered);
    expect([...new Set(open.map(({ exchange }) => exchange))].toSorted()).toEqual(EXCHANGES);
    expect(legsOf(open, 'bybit')).toEqual(expect.arrayContaining(['long', 'short']));
    return open;
  }, TRADED_WITHIN_MS);
  expect([...new Set([...legsOf(views, 'bingx'), ...legsOf(views, 'binance')])]).toEqual(['net']);
  expect(up.output()).toMatch(/bybit {2}.*USDT:USDT.*covered/);
});

it('goes on with all of them after Ctrl-C and a plain start', async () => {
  const before = await positions();
  expect(await interrupt()).toBe(0);
  up = await start('--no-demo', '--speed', '0.001');
  expect(up.output()).toMatch(/bybit +Bybit, hedge mode, paper money/);
  const after = await eventually(async () => {
    const now = await positions();
    expect(now.every(({ stage, covered }) => stage === 'open' && covered)).toBe(true);
    return now;
  }, TRADED_WITHIN_MS);
  const lives = (list: readonly PositionView[]) => list.map((one) => [one.workflowId, one.epoch]);
  expect(lives(after)).toEqual(expect.arrayContaining(lives(before)));
  await eventually(async () => expect((await holdfast('doctor')).code).toBe(0), UP_WITHIN_MS);
});

const legsOf = (views: readonly PositionView[], name: string) =>
  views.filter(({ account }) => account === name).map(({ leg }) => leg);

async function start(...args: string[]) {
  const flags = ['--temporal-port', '--ui-port', '--venue-port', '--control-port'];
  const places = flags.flatMap((flag, i) => [flag, String(ports[i])]);
  const child = spawn(process.execPath, [MAIN, 'up', '--data', data, ...args, ...places]);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`it ended: ${text}`);
    expect(text).toContain('Holdfast is running.');
  }, UP_WITHIN_MS);
  return { child, output: () => text };
}

async function interrupt(): Promise<number | null> {
  const child = up?.child;
  up = undefined;
  if (!child || child.exitCode !== null) return child?.exitCode ?? null;
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  return Number(code);
}

const positions = async (): Promise<PositionView[]> =>
  JSON.parse((await holdfast('positions', '--json')).out) as PositionView[]; // what the command is documented to print

function holdfast(...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args, '--data', data], (error, out) =>
      resolve({ code: error === null ? 0 : Number(error.code), out }),
    );
  });
}
