/**
 * What runs on a data folder, or ran there last (`running.json`, written by `up`): by it the command
 * line finds a copy on other ports knowing only its folder. The record outlives the run, so that a
 * command for a copy that is down never reaches another copy on the usual ports.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DEMOS } from './schema.ts';

const schema = z.object({
  pid: z.int().positive(),
  temporal: z.string(),
  namespace: z.string(),
  ui: z.string().nullable(),
  venuePort: z.int().nullable(),
  controlPort: z.int().nullable(),
  /** Which paper accounts ran; null: those of a file. Absent in what older versions wrote. */
  demo: z.enum(DEMOS).nullable().optional(),
  startedAt: z.string(),
  /** null: it runs, or was cut off. */
  endedAt: z.string().nullable(),
});

export type Running = z.output<typeof schema>;

const fileOf = (dataDir: string): string => join(dataDir, 'running.json');

export function writeRunning(dataDir: string, running: Running): void {
  const draft = `${fileOf(dataDir)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(running, null, 2)}\n`);
  renameSync(draft, fileOf(dataDir));
}

/** Notes that the run ended in order. */
export function endRunning(dataDir: string, endedAt: string): void {
  const written = readLastRun(dataDir);
  if (written !== undefined) writeRunning(dataDir, { ...written, endedAt });
}

/** The record of the copy that runs on this folder, if one does. */
export function readRunning(dataDir: string): Running | undefined {
  const written = readLastRun(dataDir);
  return written !== undefined && written.endedAt === null && isAlive(written.pid) ? written : undefined;
}

/** Whether the last copy on this folder ended without a word; what it started may be about to end. */
export function wasCutOff(dataDir: string): boolean {
  const written = readLastRun(dataDir);
  return written !== undefined && written.endedAt === null && !isAlive(written.pid);
}

/** The last run on this folder, whether it still runs or not. */
export function readLastRun(dataDir: string): Running | undefined {
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
