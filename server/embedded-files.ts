/** What the embedded server leaves in its folder, and what the next start makes of it. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { databaseFile } from './embedded-arguments.ts';
import { endProcess } from './end-process.ts';
import { identify, isAlive } from './process-identity.ts';

const STOP_GRACE_MS = 10_000;
const identity = z.object({ pid: z.number().int(), startMark: z.string() });
const processRecord = identity.extend({ parent: identity.optional() });

/**
 * Makes the folder fit for a start: ends a server that an earlier parent left behind on the same file
 * (by id, and only if it is the very process that was written down), and sets aside a database whose
 * first start was cut off before it ever served, since its schema may be half made.
 * @throws if a server is running there whose parent lives: it belongs to somebody
 */
export async function prepareServerFolder(dataDir: string): Promise<void> {
  mkdirSync(dataDir, { recursive: true });
  const previous = readRecord(processFile(dataDir));
  if (previous !== undefined && isAlive(previous)) {
    if (previous.parent !== undefined && isAlive(previous.parent)) {
      throw new Error(
        `A Temporal server (process ${previous.pid}) already serves ${dataDir} for process ${previous.parent.pid}.`,
      );
    }
    await endProcess(previous, STOP_GRACE_MS);
  }
  const database = databaseFile(dataDir);
  if (!existsSync(database) || existsSync(servedFile(dataDir))) return;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(database + suffix)) renameSync(database + suffix, `${database}${suffix}.incomplete`);
  }
}

/** Writes down which process serves the folder, for a successor to find. */
export function recordServerProcess(dataDir: string, pid: number): void {
  const server = identify(pid);
  if (server === undefined) return rmSync(processFile(dataDir), { force: true });
  writeFileSync(processFile(dataDir), JSON.stringify({ ...server, parent: identify(process.pid) }));
}

/** Notes that the database has been served from, so it is whole. */
export function markServed(dataDir: string): void {
  if (!existsSync(servedFile(dataDir))) writeFileSync(servedFile(dataDir), '');
}

function processFile(dataDir: string): string {
  return join(dataDir, 'server.json');
}

function servedFile(dataDir: string): string {
  return join(dataDir, 'database-is-whole');
}

function readRecord(file: string): z.infer<typeof processRecord> | undefined {
  try {
    return processRecord.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
