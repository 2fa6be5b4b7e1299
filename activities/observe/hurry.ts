/**
 * How many readings a hint may bring forward, where an exchange allows few readings of a whole account.
 * Without it a busy minute begins with so many readings that none is left for the rest of it, and with
 * them every lookup waits.
 */
const MINUTE_MS = 60_000;

export type Hurry = {
  /** A reading began before its regular time. */
  taken(nowMs: number): void;
  /** When another one may, in milliseconds of the same clock; long ago if at once. */
  freeAtMs(): number;
};

/** @param perMinute absent: as many as there are hints. */
export function createHurry(perMinute = Infinity): Hurry {
  let takenAtMs: number[] = [];
  return {
    taken: (nowMs) => {
      takenAtMs = [...takenAtMs.filter((atMs) => atMs > nowMs - MINUTE_MS), nowMs];
    },
    freeAtMs: () => {
      const blocking = takenAtMs.at(-perMinute);
      return takenAtMs.length < perMinute || blocking === undefined ? -Infinity : blocking + MINUTE_MS;
    },
  };
}
