/** Ending a process: asked first, forced after a grace period. */
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

const POLL_MS = 50;

/**
 * The first signal, then SIGKILL after `graceMs`. Resolves once the process is gone; one that ended earlier,
 * or whose id now means another process, is left alone.
 */
export async function endProcess(
  process: ProcessIdentity,
  graceMs: number,
  firstSignal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  if (!signal(process, firstSignal)) return;
  const deadlineMs = Date.now() + graceMs;
  while (isAlive(process) && Date.now() < deadlineMs) await delay(POLL_MS);
  signal(process, 'SIGKILL');
  while (isAlive(process)) await delay(POLL_MS);
}

/** @returns `false` if the process is gone already. Throws what the system says otherwise (EPERM). */
function signal(target: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(target)) return false;
  try {
    return process.kill(target.pid, name);
  } catch (error) {
    if (isAlive(target)) throw error;
    return false;
  }
}
