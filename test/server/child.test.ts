import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startChild } from '../../server/child.ts';
import { endProcess } from '../../server/end-process.ts';
import { shortenLog } from '../../server/log-file.ts';
import { pollUntil } from '../../server/poll.ts';
import { identify, isAlive } from '../../server/process-identity.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Says that it is up, then ignores SIGTERM. */
const STUBBORN = ['-c', 'trap "" TERM; echo up; while :; do sleep 0.1; done'] as const;

test('a child logs to its file and tells how it ended', async () => {
  const logFile = join(temporaryFolder(), 'logs/child.log');
  const child = await startChild({ command: 'sh', args: ['-c', 'echo out; echo err >&2; exit 7'], logFile });
  expect(await child.exited).toEqual({ code: 7, signal: null });
  expect(readFileSync(logFile, 'utf8')).toBe('out\nerr\n');
});

test('a log that has grown too large is set aside while the child goes on writing to it', async () => {
  const logFile = join(temporaryFolder(), 'child.log');
  const script = 'echo first; while [ ! -e "$0.go" ]; do sleep 0.02; done; echo second';
  const child = await startChild({ command: 'sh', args: ['-c', script, logFile], logFile });
  await said(logFile, 'first');

  shortenLog(logFile, 100);
  expect(readFileSync(logFile, 'utf8')).toBe('first\n');
  shortenLog(logFile, 5);
  writeFileSync(`${logFile}.go`, '');
  await child.exited;

  expect(readFileSync(`${logFile}.1`, 'utf8')).toBe('first\n');
  expect(readFileSync(logFile, 'utf8')).toBe('second\n');
});

test('a program that does not exist is a sentence, not a crash', async () => {
  const logFile = join(temporaryFolder(), 'child.log');
  await expect(startChild({ command: '/nowhere/program', args: [], logFile })).rejects.toThrow(
    '/nowhere/program did not start',
  );
});

test('a child that ignores SIGTERM is killed after its grace period', async () => {
  const logFile = join(temporaryFolder(), 'child.log');
  const child = await startChild({ command: 'sh', args: STUBBORN, logFile, graceMs: 200 });
  await said(logFile, 'up');
  await child.stop();
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await child.stop();
});

test('a child ends when its parent is killed', async () => {
  const logFile = join(temporaryFolder(), 'child.log');
  const program = join(import.meta.dirname, 'programs/parent.ts');
  const parent = spawn(process.execPath, [program, logFile, 'sleep', '60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  const child = identify(Number(String(line)));
  if (child === undefined) throw new Error('the child did not start');
  onTestFinished(() => endProcess(child, 0));

  parent.kill('SIGKILL');

  await pollUntil(async () => expect(isAlive(child)).toBe(false), {
    what: 'the end of the child',
    timeoutMs: 10_000,
  });
});

test('a process whose id belongs to another one now is left alone', async () => {
  const logFile = join(temporaryFolder(), 'child.log');
  const child = await startChild({ command: 'sleep', args: ['60'], logFile });
  await endProcess({ pid: child.pid, startMark: 'of an earlier process' }, 0);
  expect(identify(child.pid)).toBeDefined();
  await child.stop();
  expect(identify(child.pid)).toBeUndefined();
});

async function said(logFile: string, text: string): Promise<void> {
  await pollUntil(async () => expect(readFileSync(logFile, 'utf8')).toContain(text), {
    what: `the child saying "${text}"`,
    timeoutMs: 5_000,
    everyMs: 20,
  });
}
