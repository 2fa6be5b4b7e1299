/** Reads a long history in parts: exchanges answer for so much time, and so many rows, at once. */
import { ExchangeFault } from './errors.ts';

/** Times of the exchange's clock, both included. */
export type Window = { fromMs: number; toMs: number };

export type WindowLimits = {
  /** The longest time that one question may span. */
  maxPartMs: number;
  /** Older than so many parts nothing is asked for. */
  maxParts: number;
};

/** More questions than this are no reading but a flood. */
const MAX_QUESTIONS = 64;

/**
 * Asks for a window in parts, halving a part whose answer was cut off. Throws `bad_answer` beyond
 * `MAX_QUESTIONS`.
 */
export async function inWindows<T>(
  window: Window,
  limits: WindowLimits,
  ask: (part: Window) => Promise<{ rows: T[]; cutOff: boolean }>,
): Promise<T[]> {
  const open = split(window, limits);
  const rows: T[] = [];
  for (let asked = 0; ; asked += 1) {
    const part = open.shift();
    if (!part) return rows;
    if (asked >= MAX_QUESTIONS) throw new ExchangeFault('bad_answer', 'history: too much for one reading');
    const answer = await ask(part);
    if (!answer.cutOff || part.toMs <= part.fromMs) rows.push(...answer.rows);
    else open.unshift(...halves(part));
  }
}

/** Parts that touch but do not overlap, oldest first. */
function split({ fromMs, toMs }: Window, { maxPartMs, maxParts }: WindowLimits): Window[] {
  const parts: Window[] = [];
  const firstMs = Math.max(Math.floor(fromMs), Math.ceil(toMs) - maxParts * maxPartMs + 1);
  for (let startMs = firstMs; startMs <= toMs; startMs += maxPartMs) {
    parts.push({ fromMs: startMs, toMs: Math.min(startMs + maxPartMs - 1, Math.ceil(toMs)) });
  }
  return parts;
}

function halves({ fromMs, toMs }: Window): Window[] {
  const middleMs = Math.floor((fromMs + toMs) / 2);
  return [
    { fromMs, toMs: middleMs },
    { fromMs: middleMs + 1, toMs },
  ];
}
