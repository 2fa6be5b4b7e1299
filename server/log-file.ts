/** A child's log: it writes to the file itself, and the parent sees to it that it stays small. */
import { copyFileSync, mkdirSync, openSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

/** With the one before it, `<name>.1`, twice as much is the most that is kept. */
const MAX_LOG_BYTES = 20_000_000;
const LOOK_EVERY_MS = 60_000;

/** Opens for appending, so that every write goes to the end, wherever that is by then. Makes the folder. */
export function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  shortenLog(file);
  return openSync(file, 'a');
}

/** Looks at the size every minute. @returns a function that ends it */
export function keepLogSmall(file: string): () => void {
  const timer = setInterval(() => shortenLog(file), LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Moves a log that has grown too large to `<name>.1` and goes on with an empty one. The writer keeps
 * its open file, so the content is copied and cut off; a line written in between is lost.
 */
export function shortenLog(file: string, maxBytes = MAX_LOG_BYTES): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= maxBytes) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}
