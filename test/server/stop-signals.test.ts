import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';

test('one Ctrl-C that arrives twice stops once; a later one forces', async () => {
  const program = join(import.meta.dirname, 'programs/interrupted.ts');
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  await once(child.stdout, 'data');

  child.kill('SIGINT');
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  // The pause is what is tested: only after it does another signal mean that somebody insists.
  await delay(1_200);
  child.kill('SIGINT');
  await once(child, 'exit');

  expect(said).toBe('up\nstop SIGINT\nforce\n');
});
