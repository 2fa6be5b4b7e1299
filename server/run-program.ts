/** Running a program to its end, for what is set up once. */
import { execFile } from 'node:child_process';

export type ProgramOptions = {
  timeoutMs: number;
  /** The whole environment; left out, it inherits this process's. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  user?: { uid: number; gid: number };
};

const MAX_OUTPUT_BYTES = 4_000_000;
const KEPT_IN_MESSAGE = 600;

/** @returns its standard output. Throws with the end of what it printed if it fails or takes too long. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<string> {
  const { timeoutMs, env, cwd, user } = options;
  return new Promise((resolve, reject) => {
    const settings = { timeout: timeoutMs, env, cwd, maxBuffer: MAX_OUTPUT_BYTES, ...user };
    execFile(command, args, settings, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const said = `${stdout}${stderr}`.trim().slice(-KEPT_IN_MESSAGE);
      const how =
        error.killed === true ? `did not end within ${timeoutMs / 1000} s` : `failed (${error.code})`;
      reject(new Error(`${command} ${how}: ${said === '' ? error.message : said}`, { cause: error }));
    });
  });
}
