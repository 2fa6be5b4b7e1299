/**
 * What runs on a data folder right now (`running.json`, written by `up`): by it the command line
 * finds a copy on other ports knowing only its folder. A record whose process is gone counts as none.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  pid: z.int().positive(),
  temporal: z.string(),
  namespace: z.string(),
  ui: z.string().nullable(),
  venuePort: z.int().nullable(),
  controlPort: z.int().nullable(),
  startedAt: z.string(),
});

export type Running = z.output<typeof schema>;

const fileOf = (dataDir: string): string => join(dataDir, 'running.json');

export function writeRunning(dataDir: string, running: Running): void {
  const draft = `${fileOf(dataDir)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(running, null, 2)}\n`);
  renameSync(draft, fileOf(dataDir));
}

export const clearRunning = (dataDir: string): void => rmSync(fileOf(dataDir), { force: true });

/** The record of the copy that runs on this folder, if one does. */
export function readRunning(dataDir: string): Running | undefined {
  const written = readRecord(dataDir);
  return written !== undefined && isAlive(written.pid) ? written : undefined;
}

/** Whether the last copy on this folder ended without a word; what it started may be about to end. */
export function wasCutOff(dataDir: string): boolean {
  const written = readRecord(dataDir);
  return written !== undefined && !isAlive(written.pid);
}

function readRecord(dataDir: string): Running | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(fileOf(dataDir), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
