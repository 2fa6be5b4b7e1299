/** Turns whatever a call ended with into a `Failure`: by the exchange's own code first, else by the transport. */
import type { FailureContext } from './api.ts';
import { parseExactJson } from './exact-json.ts';
import { transportFailure, type Failure, type FailureClass } from './failure.ts';
import type { WireRecord } from './transport.ts';

/**
 * Banned: asking again at once makes the ban longer. But one stray 418 must not leave an open position
 * to itself for the minutes that a ban takes; a true ban says so again.
 */
const BAN_MS = 10_000;
/** Statuses that a ban comes with, where they mean "too many" at all. */
const BANS: readonly number[] = [403, 418];

/** The code that an answer carries, with its text. */
export type Coded = { code: string; text: string };

export type CodeTable = {
  /** `undefined` where a body carries no code or the code of success. */
  codeOfBody: (body: object) => Coded | undefined;
  /** `undefined` where no table lists the code. */
  classOfCode: (code: string, text: string) => FailureClass | undefined;
  /** What an HTTP status without a coded body means, where the exchange documents that. */
  classOfStatus?: (status: number, body: string | undefined) => FailureClass | undefined;
  /** When a limit ends, by the exchange's clock, where its answer says so otherwise than by `Retry-After`. */
  liftedAtMs?: (failure: Failure, record: WireRecord) => number | undefined;
};

/** @returns what makes a `Failure` of a call that threw */
export function createFailureReader(table: CodeTable) {
  return (error: unknown, record: WireRecord, context: FailureContext): Failure => {
    const failure =
      codedFailure(table, record, context) ??
      documentedStatus(table, record) ??
      transportFailure(error, record, context.placing);
    const waitMs = waitOf(table, failure, record, context.serverNowMs);
    return {
      ...failure,
      reason: context.redact(failure.reason),
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    };
  };
}

/** The failure that a body with a code states, whatever its HTTP status. */
function codedFailure(
  { codeOfBody, classOfCode }: CodeTable,
  record: WireRecord,
  { placing }: FailureContext,
): Failure | undefined {
  const body = parseExactJson(record.body);
  const coded = typeof body === 'object' && body !== null ? codeOfBody(body) : undefined;
  if (!coded) return undefined;
  const found = classOfCode(coded.code, coded.text) ?? unlistedClass(record);
  // A gateway that answers 5xx may have passed the request on, whatever it says.
  const doubtful = placing && (record.status ?? 0) >= 500 && found !== 'rate_limited';
  return {
    class: doubtful ? 'busy' : found,
    code: coded.code,
    reason: `code ${coded.code}: ${coded.text}`,
  };
}

function documentedStatus({ classOfStatus }: CodeTable, { status, body }: WireRecord): Failure | undefined {
  const found = status === undefined ? undefined : classOfStatus?.(status, body);
  return found && { class: found, code: `HTTP ${status}`, reason: `HTTP ${status} without a coded answer` };
}

/** A coded answer that no table lists is still the exchange's no, unless it came as a server error. */
const unlistedClass = (record: WireRecord) => ((record.status ?? 0) >= 500 ? 'busy' : 'other');

function waitOf(
  { liftedAtMs }: CodeTable,
  failure: Failure,
  record: WireRecord,
  serverNowMs: number,
): number | undefined {
  if (failure.class !== 'rate_limited') return failure.retryAfterMs;
  const announced = headerWaitMs(record.headers?.['retry-after'], serverNowMs);
  if (announced !== undefined) return announced;
  const lifted = liftedAtMs?.(failure, record);
  if (lifted !== undefined && lifted > serverNowMs) return lifted - serverNowMs;
  return BANS.includes(record.status ?? 0) || failure.code === '418' ? BAN_MS : undefined;
}

/** `Retry-After`: seconds, or a date. */
function headerWaitMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value.trim())) return Number(value) * 1_000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
