/** Reading what a child wrote to its log: whether it is ready, and its last words when it is not. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;
const TAIL_BYTES = 4_000;
const TAIL_LINES = 5;
const MAX_TAIL_LINE = 300;

/** The log's size now: what is written later begins there. */
export const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Resolves once a JSON line with this `event` was written after `fromByte`. Rejects only by the signal. */
export async function eventInLog(
  file: string,
  fromByte: number,
  event: string,
  signal: AbortSignal,
): Promise<void> {
  // A log that was moved aside at the start begins anew.
  while (!readFrom(file, Math.min(fromByte, sizeOf(file))).some((line) => isEvent(line, event))) {
    await delay(POLL_MS, undefined, { signal });
  }
}

/** The last lines, for an error text. */
export function lastLines(file: string): string {
  const lines = readFrom(file, Math.max(0, sizeOf(file) - TAIL_BYTES)).filter((line) => line.trim() !== '');
  return lines
    .slice(-TAIL_LINES)
    .map((line) => `  ${line.slice(0, MAX_TAIL_LINE)}`)
    .join('\n');
}

function readFrom(file: string, fromByte: number): string[] {
  const length = sizeOf(file) - fromByte;
  if (length <= 0) return [];
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    readSync(descriptor, bytes, 0, length, fromByte);
    return bytes.toString('utf8').split('\n');
  } finally {
    closeSync(descriptor);
  }
}

function isEvent(line: string, event: string): boolean {
  if (!line.startsWith('{')) return false;
  try {
    return (JSON.parse(line) as { event?: unknown }).event === event; // whatever it is, it is only compared
  } catch {
    return false;
  }
}
