/** Temporal's many error types become `HoldfastError`, with a sentence that says what to do. */
import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, NamespaceNotFoundError, WorkflowNotFoundError } from '@temporalio/common';
import { ASKED_TOO_EARLY, REFUSED } from '../contract/failures.ts';
import { parsePositionWorkflowId } from '../contract/ids.ts';
import { HoldfastError, type HoldfastErrorCode, type Reason } from './errors.ts';

/** The gRPC status codes that are told apart here. */
const grpc = {
  CANCELLED: 1,
  DEADLINE_EXCEEDED: 4,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  UNAVAILABLE: 14,
} as const;

/** Reasons that deserve a code of their own, because callers act on them differently. */
const PROMOTED: Readonly<Record<string, HoldfastErrorCode>> = {
  leg_busy: 'leg_busy',
  unknown_symbol: 'unknown_symbol',
  no_position: 'no_such_position',
  exchange_unreachable: 'exchange_unreachable',
};

/** @param subject the workflow id that the call was for, or the address where there is none */
export function translate(error: unknown, subject: string): HoldfastError {
  if (error instanceof HoldfastError) return error;
  if (error instanceof WorkflowUpdateFailedError) return refusal(error, subject);
  if (error instanceof WorkflowNotFoundError) return notFound(subject, error);
  if (error instanceof NamespaceNotFoundError) {
    const text = `The server has no namespace ${error.namespace}. Choose another with --namespace, or let holdfast up make it.`;
    return new HoldfastError('no_namespace', text, { cause: error });
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return noAnswer(subject, error);
  if (askedTooEarly(error)) return noAnswer(subject, error);
  if (error instanceof QueryNotRegisteredError) {
    return new HoldfastError(
      'unexpected',
      `${subject} does not answer this query; its worker runs another version.`,
      { cause: error },
    );
  }
  return translateGrpc(error, subject);
}

/** The server passes a query's failure on as if there were no such query. */
export const askedTooEarly = (error: unknown): boolean =>
  error instanceof QueryNotRegisteredError && error.message.includes(ASKED_TOO_EARLY);

export const unreachable = (address: string, cause?: unknown): HoldfastError =>
  new HoldfastError(
    'server_unreachable',
    `No Temporal server answers at ${address}. Start one with npm start, or name yours with --temporal.`,
    { cause },
  );

const noAnswer = (subject: string, cause: unknown): HoldfastError =>
  new HoldfastError(
    'no_answer',
    `${subject} did not answer in time. The request may still take effect: look with holdfast positions before sending it again.`,
    { cause },
  );

function notFound(subject: string, cause: unknown): HoldfastError {
  const leg = parsePositionWorkflowId(subject);
  if (leg) {
    const text = `There is no open position ${leg.symbol} (${leg.leg}) on account ${leg.account}. See holdfast positions.`;
    return new HoldfastError('no_such_position', text, { cause });
  }
  const account = subject.replace(/^account\//, '');
  const text = `Account ${account} is not running. Its worker starts it: see holdfast doctor.`;
  return new HoldfastError('no_such_account', text, { cause });
}

/** The server answers, and has no such call. */
export const isUnimplemented = (error: unknown): boolean => codeOf(error) === grpc.UNIMPLEMENTED;

function codeOf(error: unknown): number | undefined {
  const source = isGrpcServiceError(error) ? error : error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(source) ? source.code : undefined;
}

function translateGrpc(error: unknown, subject: string): HoldfastError {
  const code = codeOf(error);
  if (code === grpc.UNAVAILABLE) return unreachable(subject, error);
  if (code === grpc.DEADLINE_EXCEEDED || code === grpc.CANCELLED) return noAnswer(subject, error);
  // A query's refusal arrives as FAILED_PRECONDITION when no worker polls the queue.
  if (code === grpc.FAILED_PRECONDITION) return noWorker(error);
  const text = error instanceof Error ? error.message : String(error);
  return new HoldfastError('unexpected', text, { cause: error });
}

export const noWorker = (cause?: unknown): HoldfastError =>
  new HoldfastError(
    'no_worker',
    'No worker takes the work. Start one with npm start (or node worker/main.ts); open positions stay protected by their orders meanwhile.',
    { cause },
  );

function refusal(error: WorkflowUpdateFailedError, subject: string): HoldfastError {
  const failure = error.cause;
  const reasons = failure instanceof ApplicationFailure ? readReasons(failure) : [];
  const text = failure?.message || error.message;
  if (failure instanceof ApplicationFailure && failure.type !== REFUSED && reasons.length === 0) {
    return new HoldfastError('unexpected', `${subject}: ${text}`, { cause: error });
  }
  const promoted = reasons.map(({ code }) => PROMOTED[code]).find((code) => code !== undefined);
  return new HoldfastError(promoted ?? 'refused', text, { cause: error, reasons });
}

/** Details are one list of reasons, or one reason after the other. */
function readReasons(failure: ApplicationFailure): Reason[] {
  return (failure.details ?? []).flat().filter(isReason);
}

function isReason(value: unknown): value is Reason {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'text' in value &&
    typeof value.text === 'string'
  );
}
