/** The command line in a process of its own, as people start it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../client/cli/main.ts');

export type CliRun = { code: number; out: string; err: string };

/** Resolves with its exit code and what it printed, however it ends. */
export const runCli = (configFile: string, ...args: string[]): Promise<CliRun> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args, '--config', configFile],
      { maxBuffer: 10_000_000 },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
