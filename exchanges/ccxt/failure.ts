/**
 * What a failed call means, in terms that placements, cancellations and reads all decide by.
 * An adapter brings the table of its exchange's codes; the transport's part is the same for all.
 */
import type { RefusalKind } from '../../domain/exchange-truth.ts';
import { ExchangeFault, type FaultKind } from '../errors.ts';
import { DeadlineExceeded } from './deadline.ts';
import { neverConnected, type WireRecord } from './transport.ts';

/** The meaning of a code or of a way to fail. */
export type FailureClass =
  | RefusalKind
  | 'duplicate' // the client order id was used before: the first one may live
  | 'order_gone' // the exchange knows no such order
  | 'unknown_symbol'
  | 'busy' // the exchange does not say whether it did it
  | 'maintenance'
  | 'timeout'
  | 'network'
  | 'bad_answer'
  | 'not_sent'; // nothing left this process

export type Failure = {
  class: FailureClass;
  /** The exchange's code, or `HTTP 503` and the like. */
  code?: string;
  /** Redacted. */
  reason: string;
  retryAfterMs?: number;
};

/** Classes after which an order is surely not on the books; everything else leaves that open. */
const DEFINITE: Partial<Record<FailureClass, RefusalKind>> = {
  would_trigger: 'would_trigger',
  no_position: 'no_position',
  protection_exists: 'protection_exists',
  quantity_locked: 'quantity_locked',
  insufficient_funds: 'insufficient_funds',
  rule: 'rule',
  rate_limited: 'rate_limited',
  position_mode: 'position_mode',
  credentials: 'credentials',
  clock: 'clock',
  other: 'other',
  order_gone: 'other',
  unknown_symbol: 'rule',
  not_sent: 'rate_limited',
};

/** The refusal that a failed placement amounts to; `undefined` where its outcome is unknown. */
export const refusalOf = (failure: Failure): RefusalKind | undefined => DEFINITE[failure.class];

const FAULTS: Record<FailureClass, FaultKind> = {
  would_trigger: 'refused',
  no_position: 'refused',
  protection_exists: 'refused',
  quantity_locked: 'refused',
  insufficient_funds: 'refused',
  rule: 'refused',
  position_mode: 'refused',
  other: 'refused',
  duplicate: 'refused',
  order_gone: 'refused',
  rate_limited: 'rate_limited',
  not_sent: 'rate_limited',
  credentials: 'auth',
  clock: 'clock',
  unknown_symbol: 'unknown_symbol',
  busy: 'unavailable',
  maintenance: 'maintenance',
  timeout: 'timeout',
  network: 'network',
  bad_answer: 'bad_answer',
};

/** The same failure as a fault, for reads. */
export function faultOf(what: string, failure: Failure): ExchangeFault {
  const code = failure.code === undefined ? {} : { code: failure.code };
  const retry = failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs };
  return new ExchangeFault(FAULTS[failure.class], `${what}: ${failure.reason}`, { ...code, ...retry });
}

/** Maintenance pages and gateways: the exchange may or may not have seen the request. */
const HTTP_CLASSES: Record<string, FailureClass> = {
  '401': 'credentials',
  '403': 'credentials',
  '418': 'rate_limited',
  '429': 'rate_limited',
  '503': 'maintenance',
};

/**
 * Classifies a failure that carries no code of the exchange. An HTTP status alone, without a coded
 * body, is the word of whatever stands between: only 429 and 418 are taken to mean "not accepted".
 */
export function transportFailure(error: unknown, record: WireRecord, placing: boolean): Failure {
  if (error instanceof DeadlineExceeded)
    return { class: record.sent ? 'timeout' : 'not_sent', reason: error.message };
  if (neverConnected(record)) {
    const found = record.transportCode ?? '';
    return placing
      ? {
          class: 'not_sent',
          code: found,
          reason: `no connection (${found})`,
          retryAfterMs: NO_CONNECTION_RETRY_MS,
        }
      : { class: 'network', code: found, reason: `no connection (${found})` };
  }
  if (record.status !== undefined && record.status >= 400) return statusFailure(record, placing);
  if (record.status !== undefined && record.body === undefined) {
    return {
      class: 'network',
      reason: `connection lost within the answer (${record.transportCode ?? 'cut'})`,
    };
  }
  return { class: 'network', reason: `connection lost (${record.transportCode ?? nameOf(error)})` };
}

/** A venue that is just restarting is back within about this time. */
const NO_CONNECTION_RETRY_MS = 1_000;

function statusFailure(record: WireRecord, placing: boolean): Failure {
  const status = String(record.status);
  const found = HTTP_CLASSES[status] ?? ((record.status ?? 0) >= 500 ? 'busy' : 'bad_answer');
  const doubtful = placing && found === 'credentials' ? 'bad_answer' : found;
  return { class: doubtful, code: `HTTP ${status}`, reason: `HTTP ${status} without a coded answer` };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error');
