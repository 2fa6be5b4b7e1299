/** Waits that double: `baseMs`, twice that, ... up to `capMs`. */
export const doubling = (baseMs: number, attempts: number, capMs: number): number =>
  Math.min(capMs, baseMs * 2 ** Math.min(attempts, 16));
