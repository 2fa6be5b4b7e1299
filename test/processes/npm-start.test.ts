/** `npm start` from a terminal: one Ctrl-C stops all of it, and nothing stays behind however it ends. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pollUntil } from '../../server/poll.ts';
import { freePorts } from '../../server/ports.ts';
import { identify, isAlive, type ProcessIdentity } from '../../server/process-identity.ts';
import { temporaryFolder } from '../support/temporary.ts';

const PROJECT_DIR = join(import.meta.dirname, '../..');
const UP_TIMEOUT_MS = 90_000;
const GONE_TIMEOUT_MS = 40_000;

type Started = { npm: ChildProcess; output: () => string; data: string };

test('one Ctrl-C, which reaches npm and Holdfast both, stops everything cleanly', async () => {
  const { npm, output, data } = await npmStart();
  const family = familyOf(data);
  expect(family.length).toBeGreaterThanOrEqual(4);

  // A terminal signals the whole group in the foreground; npm then passes its own on as well.
  process.kill(-(npm.pid ?? 0), 'SIGINT');
  const [code] = await once(npm, 'exit');

  expect([code, output()]).toEqual([0, expect.stringContaining('Stopped. Positions are kept')]);
  expect(family.filter(isAlive)).toEqual([]);
});

test('when Holdfast itself is killed its processes end too, and the folder can be started again', async () => {
  const first = await npmStart();
  const family = familyOf(first.data);
  const { pid } = JSON.parse(readFileSync(join(first.data, 'running.json'), 'utf8'));

  process.kill(Number(pid), 'SIGKILL');

  await pollUntil(async () => expect(family.filter(isAlive)).toEqual([]), {
    what: 'the end of all processes',
    timeoutMs: GONE_TIMEOUT_MS,
  });
  const second = await npmStart(first.data);
  expect(second.output()).toContain('Holdfast is running.');
});

async function npmStart(data = temporaryFolder()): Promise<Started> {
  const flags = ['--temporal-port', '--ui-port', '--venue-port', '--control-port'];
  const ports = await freePorts('127.0.0.1', flags.length);
  const args = flags.flatMap((flag, i) => [flag, String(ports[i])]);
  const npm = spawn('npm', ['start', '--', '--no-demo', '--data', data, ...args], {
    cwd: PROJECT_DIR,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  onTestFinished(() => stop(npm));
  const ended = new AbortController();
  npm.once('exit', () => ended.abort(new Error(`npm start ended: ${text}`)));
  await pollUntil(async () => expect(text).toContain('Holdfast is running.'), {
    what: 'the start',
    timeoutMs: UP_TIMEOUT_MS,
    signal: ended.signal,
  });
  return { npm, output: () => text, data };
}

async function stop(npm: ChildProcess): Promise<void> {
  if (npm.exitCode !== null || npm.signalCode !== null) return;
  npm.kill('SIGTERM');
  await once(npm, 'exit');
}

/** Every process whose command line names the data folder: Holdfast, the server, the venue, the worker. */
function familyOf(data: string): ProcessIdentity[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const pids = lines.filter((line) => line.includes(data)).map((line) => Number(line.trim().split(' ')[0]));
  return pids.flatMap((pid) => identify(pid) ?? []);
}
