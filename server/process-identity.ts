/**
 * Telling whether a process id still means the same process: ids are reused, so an id alone is never
 * reason enough to end or trust a process.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as written down: its id, and when the system says it started (compared, never read). */
export type ProcessIdentity = { pid: number; startMark: string };

/** Field 22 of /proc/PID/stat, counted behind the name, which may hold spaces itself. */
const START_TIME_INDEX = 19;
const PS_TIMEOUT_MS = 2_000;

/** The identity of a living process, or `undefined` if none has this id. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startMark = fromProc(pid) ?? fromPs(pid);
  return startMark === undefined ? undefined : { pid, startMark };
}

/** `true` while the very process that was identified lives. */
export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.startMark === process.startMark;
}

function fromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended already; it only waits to be reaped.
    return fields[0] === 'Z' ? undefined : fields[START_TIME_INDEX];
  } catch {
    return undefined;
  }
}

/** For systems without /proc, such as macOS. */
function fromPs(pid: number): string | undefined {
  if (process.platform === 'linux') return undefined;
  try {
    const output = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: PS_TIMEOUT_MS,
    });
    return output.trim() === '' ? undefined : output.trim();
  } catch {
    return undefined;
  }
}
