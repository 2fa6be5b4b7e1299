/** Turns whatever a BingX call ended with into a `Failure`, or finds that it did not fail. */
import { transportFailure, type Failure } from '../ccxt/failure.ts';
import { parseExactJson } from '../ccxt/exact-json.ts';
import type { WireRecord } from '../ccxt/transport.ts';
import type { Redact } from '../ccxt/redact.ts';
import { classOfCode, unblockedAtMs } from './codes.ts';

/**
 * Banned: asking again at once makes the ban longer. But one stray 418 must not leave an open position
 * to itself for the minutes that a ban takes; a true ban says so again.
 */
const BAN_MS = 10_000;

export type FailureContext = {
  /** True for a request that could leave an order on the books. */
  placing: boolean;
  redact: Redact;
  /** Server time now. */
  serverNowMs: number;
};

/** The failure of a call that threw. */
export function failureOfError(error: unknown, record: WireRecord, context: FailureContext): Failure {
  const coded = codedFailure(record, context);
  const failure = coded ?? transportFailure(error, record, context.placing);
  const waitMs = waitOf(failure, record, context.serverNowMs);
  return {
    ...failure,
    reason: context.redact(failure.reason),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
}

/** The failure that a body with a code other than 0 states, whatever its HTTP status. */
function codedFailure(record: WireRecord, { placing }: FailureContext): Failure | undefined {
  const body = parseExactJson(record.body);
  if (typeof body !== 'object' || body === null || !('code' in body)) return undefined;
  const code = String(body.code);
  if (code === '0' || code === '') return undefined;
  const text = 'msg' in body && typeof body.msg === 'string' ? body.msg : '';
  const found = classOfCode(code, text) ?? unlistedClass(record);
  // A gateway that answers 5xx may have passed the request on, whatever it says.
  const doubtful = placing && (record.status ?? 0) >= 500 && found !== 'rate_limited';
  return { class: doubtful ? 'busy' : found, code, reason: `code ${code}: ${text}` };
}

/** A coded answer that no table lists is still the exchange's no, unless it came as a server error. */
const unlistedClass = (record: WireRecord) => ((record.status ?? 0) >= 500 ? 'busy' : 'other');

function waitOf(failure: Failure, record: WireRecord, serverNowMs: number): number | undefined {
  if (failure.class !== 'rate_limited') return failure.retryAfterMs;
  const announced = headerWaitMs(record.headers?.['retry-after'], serverNowMs);
  if (announced !== undefined) return announced;
  const liftedAtMs = unblockedAtMs(failure.reason);
  if (liftedAtMs !== undefined) return Math.max(0, liftedAtMs - serverNowMs);
  return record.status === 418 || failure.code === '418' ? BAN_MS : undefined;
}

/** `Retry-After`: seconds, or a date. */
function headerWaitMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value.trim())) return Number(value) * 1_000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
