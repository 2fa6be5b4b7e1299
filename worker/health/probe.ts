/** Asks whether something answers: bounded in time, and never more often than answers are of use. */
import { setTimeout as delay } from 'node:timers/promises';
import { redactPatterns } from '../../exchanges/ccxt/redact.ts';

export type Probed = { ok: true } | { ok: false; problem: string };

export type Probe = () => Promise<Probed>;

/** An answer this fresh is given again: many who ask cost no more than one. */
const FRESH_MS = 1_000;
const ANSWERS_WITHIN_MS = 2_000;

/** @param ask rejects, or resolves with what is wrong, in words; undefined: nothing */
export function createProbe(
  ask: () => Promise<string | undefined>,
  { now = Date.now, withinMs = ANSWERS_WITHIN_MS }: { now?: () => number; withinMs?: number } = {},
): Probe {
  let asked: { atMs: number; answer: Promise<Probed> } | undefined;
  let underWay = false;
  return () => {
    if (asked && (underWay || now() - asked.atMs < FRESH_MS)) return asked.answer;
    underWay = true;
    const answer = withDeadline(ask, withinMs).finally(() => {
      underWay = false;
    });
    asked = { atMs: now(), answer };
    return answer;
  };
}

async function withDeadline(ask: () => Promise<string | undefined>, withinMs: number): Promise<Probed> {
  const over = new AbortController();
  const late = delay(withinMs, `no answer within ${withinMs / 1_000} s`, {
    signal: over.signal,
    ref: false,
  });
  late.catch(() => undefined); // it is aborted as soon as the answer is there
  try {
    const problem = await Promise.race([Promise.resolve().then(ask), late]);
    return problem === undefined ? { ok: true } : { ok: false, problem };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { ok: false, problem: redactPatterns(text).slice(0, 300) };
  } finally {
    over.abort();
  }
}
