/** Waiting that somebody else may cut short. */

export type Pause = {
  /** Ends after `ms`, at `wake`, or when the run is over. */
  wait(ms: number): Promise<void>;
  wake(): void;
};

export function createPause(over: AbortSignal): Pause {
  let wake = (): void => {};
  over.addEventListener('abort', () => wake(), { once: true });
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        if (over.aborted) return resolve();
        const timer = setTimeout(() => wake(), ms);
        wake = () => {
          clearTimeout(timer);
          wake = () => {};
          resolve();
        };
      }),
    wake: () => wake(),
  };
}

/** No wait of the watcher is longer, whatever has failed how often. */
const MAX_BACKOFF_MS = 60_000;

/** 1, 2, 4 ... times `baseMs` after the first, second, third failure in a row. */
export const backoffMs = (baseMs: number, failures: number): number =>
  Math.min(baseMs * 2 ** Math.min(failures - 1, 16), MAX_BACKOFF_MS);

/** An error as one line for the log: adapters and the Temporal client keep secrets out of their texts. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
