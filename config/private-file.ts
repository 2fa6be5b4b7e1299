/** Files that only their owner may read: keys live nowhere else. */
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from './errors.ts';

const OTHERS = 0o077;

/** The file's text. Throws `ConfigError` where it is missing or where others may read or write it. */
export function readPrivateFile(path: string): string {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined)
    throw refusal(path, 'there is no such file', 'Create it with apiKey and secret, then chmod 600');
  // Windows has no such bits; there the folder's own rights decide.
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
    throw refusal(
      path,
      'others on this machine can open this file',
      'Run: chmod 600 on it, and change the keys if the machine is shared',
    );
  }
  return readFileSync(path, 'utf8');
}

/** Writes the file unless it exists; of several that try at once one wins, and nobody sees half a file. */
export function createPrivateFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

const refusal = (source: string, problem: string, fix: string) =>
  new ConfigError([{ source, path: '', problem, fix }]);
