/** How a read of an exchange fails. Placements and cancellations never throw; see `exchange.ts`. */
import { redactPatterns } from './ccxt/redact.ts';

/**
 * - `timeout`: no whole answer in time. `network`: the connection failed.
 * - `rate_limited`: too many requests, by the exchange's word or our own limiter's; see `retryAfterMs`.
 * - `auth`: the keys are wrong or lack a permission. `clock`: our time is off.
 * - `bad_answer`: something came that the exchange does not document (HTML, a list that is `null`).
 * - `unavailable`, `maintenance`: the exchange says it cannot answer now.
 * - `refused`: a coded no that repeating does not change. `unknown_symbol`: not a market here.
 */
export type FaultKind =
  | 'timeout'
  | 'network'
  | 'rate_limited'
  | 'auth'
  | 'clock'
  | 'bad_answer'
  | 'unavailable'
  | 'maintenance'
  | 'refused'
  | 'unknown_symbol';

export type FaultDetails = {
  /** The exchange's own code. */
  code?: string;
  /** How long to wait before asking again. */
  retryAfterMs?: number;
};

/** Kinds that asking again later can cure. */
const TRANSIENT: ReadonlySet<FaultKind> = new Set([
  'timeout',
  'network',
  'rate_limited',
  'clock',
  'bad_answer',
  'unavailable',
  'maintenance',
]);

/**
 * A read that failed as a whole. The message is redacted and there is no `cause`: what ccxt and the
 * transport throw carries signed URLs, and every serialiser follows causes.
 */
export class ExchangeFault extends Error {
  readonly kind: FaultKind;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: FaultKind, message: string, details: FaultDetails = {}) {
    super(redactPatterns(message));
    this.name = 'ExchangeFault';
    this.kind = kind;
    this.code = details.code;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** Whether asking again later can succeed. */
  get transient(): boolean {
    return TRANSIENT.has(this.kind);
  }
}
