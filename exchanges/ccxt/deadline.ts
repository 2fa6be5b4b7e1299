/** A deadline that also holds where a library forgets its own timeout, such as a body that stalls. */

export class DeadlineExceeded extends Error {
  readonly afterMs: number;
  constructor(what: string, afterMs: number) {
    super(`${what} took longer than ${afterMs} ms`);
    this.name = 'DeadlineExceeded';
    this.afterMs = afterMs;
  }
}

/**
 * Runs `work` with a signal that aborts after `ms`; rejects with `DeadlineExceeded` then, even if
 * `work` ignores the signal. A late rejection of the abandoned work is swallowed.
 */
export async function withDeadline<T>(
  what: string,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new DeadlineExceeded(what, ms));
      controller.abort();
    }, ms);
  });
  const running = work(controller.signal);
  running.catch(() => undefined);
  try {
    return await Promise.race([running, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `asked` resolves with, unless it fails or takes longer than `ms`: for what helps but must not keep anybody waiting. */
export function valueWithin<T>(ms: number, asked: Promise<T>): Promise<T | undefined> {
  const late = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
  return Promise.race([asked.catch(() => undefined), late]);
}
