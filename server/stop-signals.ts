/**
 * Ctrl-C, once. A terminal sends SIGINT to every process in the foreground, and npm passes on the one
 * it got itself, so one key press arrives twice; only a later signal means that somebody insists.
 */
const SAME_PRESS_MS = 1_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type StopHandlers = {
  /** Called at the first signal. */
  stop: (signal: NodeJS.Signals) => void;
  /** Called at a signal that comes more than a second after the first: stop at once. */
  force: () => void;
};

/** @returns a function that gives the signals their usual meaning back */
export function onStopSignal({ stop, force }: StopHandlers): () => void {
  let firstMs: number | undefined;
  const handle = (signal: NodeJS.Signals): void => {
    const nowMs = Date.now();
    if (firstMs === undefined) {
      firstMs = nowMs;
      stop(signal);
    } else if (nowMs - firstMs > SAME_PRESS_MS) {
      force();
    }
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
}
