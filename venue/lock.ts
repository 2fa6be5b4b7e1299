/** One live venue per data folder: a lock file with the process's id and start time, as ids are used again. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Holder = { readonly pid: number; readonly startedAt: string };

/** @returns how to release it. Throws where another live venue holds the folder. */
export function lockFolder(folder: string): () => void {
  const file = join(folder, 'venue.lock');
  const holder = readHolder(file);
  if (holder && isAlive(holder)) {
    throw new Error(
      `${folder} is in use by another venue (process ${holder.pid}); stop it or give another --data folder`,
    );
  }
  writeFileSync(
    file,
    JSON.stringify({ pid: process.pid, startedAt: startTimeOf(process.pid) } satisfies Holder),
  );
  return () => {
    if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

function readHolder(file: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const fields = new Map(Object.entries(Object(value) as object));
    return { pid: Number(fields.get('pid')), startedAt: String(fields.get('startedAt')) };
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch {
    return false;
  }
  return startTimeOf(holder.pid) === holder.startedAt;
}

/** Field 22 of /proc/PID/stat; where there is no /proc the id alone has to do. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
