/** What a process uses, as Linux tells in `/proc`; elsewhere these figures are not measured. */
import { existsSync, readFileSync } from 'node:fs';
import type { Part } from '../test/support/processes.ts';

/** CPU time since the process began, and memory that it holds now. */
export type Usage = { cpuMs: number; residentBytes: number };

/** Of `USER_HZ`, which Linux fixes for programs at 100 a second. */
const TICK_MS = 10;
const PAGE_BYTES = 4_096;

export const isMeasurable = (): boolean => existsSync('/proc/self/stat');

/** NaN where the process does not run or the system has no `/proc`. */
export function usageOf(part: Pick<Part, 'pid'>): Usage {
  const pid = part.pid();
  if (pid === undefined || !isMeasurable()) return { cpuMs: Number.NaN, residentBytes: Number.NaN };
  return {
    cpuMs: cpuMsIn(readFileSync(`/proc/${pid}/stat`, 'utf8')),
    residentBytes: Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES,
  };
}

/** User and system time of `/proc/<pid>/stat`; the name in brackets may hold spaces and brackets. */
export function cpuMsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
