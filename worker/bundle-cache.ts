/**
 * Keeps bundles as files, each under the hash of what went into it and the hash of what it is. A file that is
 * not what its name says (a disk that was full, a machine that lost power) is made anew, never run.
 */
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { WorkflowBundleOption } from '@temporalio/worker';

/** Bundles kept: those of a few checkouts of the last days. */
const KEPT = 3;

/**
 * @param key hash of everything that goes into the bundle
 * @param make takes seconds; called only where no whole file is there
 */
export async function keptOrMade(
  folder: string,
  key: string,
  make: () => Promise<string>,
): Promise<WorkflowBundleOption> {
  const whole = globSync(join(folder, fileName(key, '*'))).find((path) => isWhole(key, path));
  if (whole !== undefined) return { codePath: whole };
  const code = await make();
  const file = join(folder, fileName(key, shortHash(code)));
  return keep(folder, file, code) ? { codePath: file } : { code };
}

/** Of 16 digits: enough to tell a few files apart, and a whole one from a damaged one. */
const shortHash = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16);

const fileName = (key: string, content: string): string => `workflows-${key}-${content}.js`;

function isWhole(key: string, path: string): boolean {
  try {
    if (basename(path) === fileName(key, shortHash(readFileSync(path)))) return true;
    rmSync(path, { force: true });
  } catch {
    // Another process dropped it, or it cannot be read: one is made.
  }
  return false;
}

/** False where the folder cannot be written, as in an image: then the bundle is made at every start. */
function keep(folder: string, file: string, code: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, code);
    renameSync(draft, file);
  } catch {
    return false;
  }
  dropOldest(folder);
  return true;
}

function dropOldest(folder: string): void {
  const bundles = globSync(join(folder, 'workflows-*.js')).map((path) => ({
    path,
    mtimeMs: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  }));
  const old = bundles.toSorted((a, b) => b.mtimeMs - a.mtimeMs).slice(KEPT);
  for (const { path } of old) rmSync(path, { force: true });
}
