/**
 * A child process that dies with its parent, whatever ends the parent, and logs to its own file.
 *
 * It gets a process group of its own, so that Ctrl-C in the terminal reaches only the parent, which
 * then stops its children in the right order. For the parent's SIGKILL there is a watchdog: a shell
 * that reads from a pipe that only the parent holds; when the pipe ends, it ends the child.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { endProcess } from './end-process.ts';
import { keepLogSmall, openLog } from './log-file.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';

export type ProcessExit = { code: number | null; signal: NodeJS.Signals | null };

export type RunningProcess = {
  pid: number;
  /** Resolves when the process has ended, for whatever reason; never rejects. */
  exited: Promise<ProcessExit>;
  /** SIGTERM, then SIGKILL after the grace period. Resolves once the process is gone; may be repeated. */
  stop(): Promise<void>;
};

export type ChildOptions = {
  command: string;
  args: readonly string[];
  /** stdout and stderr are appended here; the folder is made. */
  logFile: string;
  cwd?: string;
  /** The whole environment of the child; left out, it inherits the parent's. */
  env?: Readonly<Record<string, string>>;
  /** How long the stop signal may take before SIGKILL follows; default 10 s. */
  graceMs?: number;
  /** What asks it to stop; default SIGTERM. */
  stopSignal?: StopSignal;
  /** Another user to run as; only root may choose one. */
  user?: { uid: number; gid: number };
};

export type StopSignal = 'SIGTERM' | 'SIGINT';

const DEFAULT_GRACE_MS = 10_000;

/** Starts the process. Rejects with a plain sentence if the program cannot be started at all. */
export async function startChild(options: ChildOptions): Promise<RunningProcess> {
  const log = openLog(options.logFile);
  try {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', log, log],
      ...options.user,
    });
    const exited = exitOf(child);
    await started(child, options.command);
    void exited.then(keepLogSmall(options.logFile));
    return watched(child, exited, options);
  } finally {
    closeSync(log);
  }
}

function watched(
  child: ChildProcess,
  exited: Promise<ProcessExit>,
  { graceMs = DEFAULT_GRACE_MS, stopSignal = 'SIGTERM' }: ChildOptions,
): RunningProcess {
  const pid = child.pid ?? 0;
  const identity = identify(pid);
  if (identity === undefined) return { pid, exited, stop: async () => {} };
  const watchdog = startWatchdog(identity, stopSignal);
  void exited.then(() => watchdog.kill('SIGKILL'));
  return {
    pid,
    exited,
    stop: async () => {
      await endProcess(identity, graceMs, stopSignal);
      await exited;
    },
  };
}

/** `$1` is the process id, `$2` the signal. The start mark is read again at the end: an id may have been reused by then. */
const WATCHDOG = `
mark() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20 || ps -o lstart= -p "$1"; }
born=$(mark "$1")
cat > /dev/null
same() { [ -n "$born" ] && kill -0 "$1" 2>/dev/null && [ "$(mark "$1")" = "$born" ]; }
same "$1" && kill -s "$2" "$1"
for _ in 1 2 3 4 5 6 7 8 9 10; do same "$1" || exit 0; sleep 0.5; done
same "$1" && kill -KILL "$1"
`;

function startWatchdog({ pid }: ProcessIdentity, stopSignal: StopSignal): ChildProcess {
  const name = stopSignal.replace('SIG', '');
  const watchdog = spawn('sh', ['-c', WATCHDOG, 'holdfast-watchdog', String(pid), name], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell the child still runs; only the parent's SIGKILL would then leave it to the next start.
  watchdog.on('error', () => {});
  watchdog.stdin?.on('error', () => {});
  watchdog.unref();
  return watchdog;
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function started(child: ChildProcess, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`${command} did not start: ${error.message}`)));
  });
}
