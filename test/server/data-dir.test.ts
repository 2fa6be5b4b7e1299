import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DataDirInUseError, lockDataDir } from '../../server/data-dir.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('a data folder is refused to a second holder, which is told who has it', async () => {
  const dir = temporaryFolder();
  const holder = await holdElsewhere(dir, 'up');

  const refusal = refusalOf(() => lockDataDir(dir, 'up', 'holdfast up'));

  expect(refusal.holder).toMatchObject({ pid: holder.pid, command: 'holdfast test' });
  expect(refusal.message).toContain(`"holdfast test" (process ${holder.pid}, since `);
  expect(refusal.message).toContain('--data');
});

test('a second lock of the same purpose in the same process is refused too', () => {
  const dir = temporaryFolder();
  const lock = lockDataDir(dir, 'up', 'first');
  expect(refusalOf(() => lockDataDir(dir, 'up', 'second')).holder?.command).toBe('first');
  lock.release();
});

test('parts of one installation lock the same folder for purposes of their own', async () => {
  const dir = temporaryFolder();
  await holdElsewhere(dir, 'worker');
  expect(() => lockDataDir(dir, 'venue', 'holdfast venue').release()).not.toThrow();
});

test('a released folder is free, and releasing twice does no harm', () => {
  const dir = temporaryFolder();
  const lock = lockDataDir(dir, 'up', 'holdfast up');
  lock.release();
  lock.release();
  expect(() => lockDataDir(dir, 'up', 'holdfast up').release()).not.toThrow();
});

test('a holder that was killed leaves no lock behind', async () => {
  const dir = temporaryFolder();
  const holder = await holdElsewhere(dir, 'up');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(() => lockDataDir(dir, 'up', 'holdfast up').release()).not.toThrow();
});

async function holdElsewhere(dir: string, purpose: string): Promise<ChildProcess> {
  const program = join(import.meta.dirname, 'programs/holder.ts');
  const holder = spawn(process.execPath, [program, dir, purpose], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  return holder;
}

function refusalOf(action: () => unknown): DataDirInUseError {
  try {
    action();
  } catch (error) {
    if (error instanceof DataDirInUseError) return error;
    throw error;
  }
  throw new Error('the folder was given away twice');
}
