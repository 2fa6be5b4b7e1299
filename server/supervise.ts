/**
 * Keeps one process running: starts it, waits until it is ready, and brings it back when it ends
 * unasked. The first start is different: if that fails the cause is most likely a mistake (a port in
 * use, a wrong path), so it is reported at once and nothing is repeated.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessExit, RunningProcess } from './child.ts';

export type SupervisedState =
  | { stage: 'starting'; restarts: number }
  | { stage: 'running'; restarts: number; pid: number }
  /** It ended or did not get ready; the next start follows after `retryInMs`. */
  | { stage: 'waiting'; restarts: number; reason: string; retryInMs: number }
  /** The first start failed. Final. */
  | { stage: 'failed'; reason: string }
  | { stage: 'stopped' };

export type SuperviseOptions<Child extends RunningProcess> = {
  /** What people call it: `Temporal server`, `worker`, `venue`. */
  name: string;
  /** Starts the process; a rejection counts as a failed start. */
  spawn: () => Promise<Child>;
  /**
   * Resolves when the process can be used; rejects if that cannot happen any more. The signal aborts
   * when the process ended or is not wanted any more: waiting on is then in vain.
   */
  ready: (child: Child, signal: AbortSignal) => Promise<void>;
  backoff?: Backoff;
  /** Told of every change, in order. Must not throw. */
  onStateChange?: (state: SupervisedState) => void;
};

/** Waits `initialMs`, doubled at each failure in a row up to `maximumMs`; a run of `resetAfterMs` starts over. */
export type Backoff = { initialMs: number; maximumMs: number; resetAfterMs: number };

export const DEFAULT_BACKOFF: Backoff = { initialMs: 200, maximumMs: 10_000, resetAfterMs: 30_000 };

export type Supervised<Child extends RunningProcess> = {
  name: string;
  /** Resolves at the first readiness; rejects if the first start failed or `stop` came before it. */
  ready: Promise<Child>;
  state(): SupervisedState;
  /** Ends the process and the supervision. Resolves once the process is gone; may be repeated. */
  stop(): Promise<void>;
};

export function supervise<Child extends RunningProcess>(options: SuperviseOptions<Child>): Supervised<Child> {
  const supervisor = new Supervisor(options);
  const life = supervisor.run();
  return {
    name: options.name,
    ready: supervisor.ready,
    state: () => supervisor.state,
    stop: async () => {
      supervisor.stop();
      await life;
    },
  };
}

class Supervisor<Child extends RunningProcess> {
  state: SupervisedState = { stage: 'starting', restarts: 0 };
  readonly ready: Promise<Child>;
  readonly #options: SuperviseOptions<Child>;
  readonly #first = Promise.withResolvers<Child>();
  readonly #stopping = new AbortController();
  readonly #stopAsked: Promise<void>;
  #failuresInARow = 0;

  constructor(options: SuperviseOptions<Child>) {
    this.#options = options;
    this.ready = this.#first.promise;
    // Whoever watches only the state must not be ended by a rejection nobody listens to.
    this.ready.catch(() => {});
    this.#stopAsked = new Promise((resolve) => {
      this.#stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  stop(): void {
    this.#stopping.abort(new Error(`${this.#options.name} was stopped`));
  }

  async run(): Promise<void> {
    try {
      const child = await this.#start(0);
      this.#first.resolve(child);
      await this.#keep(child);
      this.#enter({ stage: 'stopped' });
    } catch (error) {
      const isStopped = this.#stopping.signal.aborted;
      this.#first.reject(error);
      this.#enter(isStopped ? { stage: 'stopped' } : { stage: 'failed', reason: messageOf(error) });
    }
  }

  /** Returns when stopping was asked for and the process is gone. */
  async #keep(first: Child): Promise<void> {
    let child = first;
    for (let restarts = 1; ; restarts += 1) {
      const startedMs = Date.now();
      const exit = await Promise.race([child.exited, this.#stopAsked]);
      if (exit === undefined) return await child.stop();
      const ranMs = Date.now() - startedMs;
      if (ranMs >= this.#backoff.resetAfterMs) this.#failuresInARow = 0;
      child = await this.#bringBack(restarts, describeExit(this.#options.name, exit));
    }
  }

  async #bringBack(restarts: number, why: string): Promise<Child> {
    let reason = why;
    for (;;) {
      const { initialMs, maximumMs } = this.#backoff;
      const retryInMs = Math.min(maximumMs, initialMs * 2 ** this.#failuresInARow);
      this.#failuresInARow += 1;
      this.#enter({ stage: 'waiting', restarts, reason, retryInMs });
      await delay(retryInMs, undefined, { signal: this.#stopping.signal });
      try {
        return await this.#start(restarts);
      } catch (error) {
        this.#stopping.signal.throwIfAborted();
        reason = messageOf(error);
      }
    }
  }

  /** One start up to readiness. A process that ends, fails or is stopped before that does not stay. */
  async #start(restarts: number): Promise<Child> {
    this.#stopping.signal.throwIfAborted();
    this.#enter({ stage: 'starting', restarts });
    const child = await this.#options.spawn();
    const waiting = new AbortController();
    try {
      await Promise.race([
        this.#options.ready(child, waiting.signal),
        this.#endedEarly(child),
        this.#stopAsked,
      ]);
      this.#stopping.signal.throwIfAborted();
    } catch (error) {
      await child.stop();
      throw error;
    } finally {
      waiting.abort();
    }
    this.#enter({ stage: 'running', restarts, pid: child.pid });
    return child;
  }

  async #endedEarly(child: Child): Promise<never> {
    throw new Error(`${describeExit(this.#options.name, await child.exited)} before it was ready`);
  }

  get #backoff(): Backoff {
    return this.#options.backoff ?? DEFAULT_BACKOFF;
  }

  #enter(next: SupervisedState): void {
    this.state = next;
    this.#options.onStateChange?.(next);
  }
}

function describeExit(name: string, { code, signal }: ProcessExit): string {
  return signal === null ? `${name} ended with code ${code}` : `${name} was ended by ${signal}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
