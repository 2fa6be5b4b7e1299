/** Running other programs with a time limit and their output kept for the error message. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const KEPT_OUTPUT = 16_384;

/**
 * Runs a program to its end.
 * @returns `{ code, output, error }`: `error` is a sentence when it could not start or ran out of
 * time, else `undefined`; `output` is the tail of stdout and stderr together.
 */
export function run(command, args, options) {
  const { timeoutMs, env = {}, cwd, onLine = () => {}, keptOutput = KEPT_OUTPUT } = options;
  return new Promise((resolve) => {
    let output = '';
    let timedOut = false;
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const collect = (chunk) => {
      output = (output + chunk).slice(-keptOutput);
      for (const line of String(chunk).split('\n')) if (line.trim() !== '') onLine(line);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const finish = (code, error) => {
      clearTimeout(timer);
      resolve({ code, output, error });
    };
    child.once('error', (error) => finish(-1, `${command} did not start: ${error.message}`));
    child.once('close', (code) => {
      finish(code ?? -1, timedOut ? `${command} was ended after ${timeoutMs / 1000} s` : undefined);
    });
  });
}

/** The last non-empty lines of a program's output, for a one-line reason. */
export function lastLines(output, count = 2) {
  const lines = output.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .slice(-count)
    .join(' | ')
    .slice(0, 300);
}

/** The full path of `name` on PATH, or `undefined`. */
export function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, name);
    if (isExecutable(candidate)) return candidate;
  }
  return undefined;
}

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
