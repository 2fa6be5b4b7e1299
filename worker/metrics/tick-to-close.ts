/**
 * How long it takes from the price tick that crossed a level to the answer to the close order, where
 * both happen in this process. A position that its own stop or target closes meanwhile has no such time.
 */

export type TickToClose = {
  /** A tick crossed a level of this position. The first one counts. */
  crossed(workflowId: string): void;
  /** Its close order was answered. */
  closed(workflowId: string): void;
};

/** Crossings that no close order followed are forgotten after this. */
const VALID_MS = 120_000;
/** Remembered at once; more positions than this cross in no market. */
const MAX_REMEMBERED = 10_000;

/**
 * @param now milliseconds of a clock that never goes back
 * @param measured is told seconds
 */
export function createTickToClose(now: () => number, measured: (seconds: number) => void): TickToClose {
  /** When, by workflow id; the oldest first. */
  const crossings = new Map<string, number>();

  const forgetOld = (nowMs: number): void => {
    for (const [workflowId, atMs] of crossings) {
      if (crossings.size <= MAX_REMEMBERED && nowMs - atMs <= VALID_MS) return;
      crossings.delete(workflowId);
    }
  };
  return {
    crossed: (workflowId) => {
      const nowMs = now();
      forgetOld(nowMs);
      if (!crossings.has(workflowId)) crossings.set(workflowId, nowMs);
    },
    closed: (workflowId) => {
      const nowMs = now();
      forgetOld(nowMs);
      const atMs = crossings.get(workflowId);
      if (atMs === undefined) return;
      crossings.delete(workflowId);
      measured((nowMs - atMs) / 1_000);
    },
  };
}
