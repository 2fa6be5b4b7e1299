/**
 * Reading and proving a request, as BingX's authentication page says: HMAC-SHA256 in hex over the
 * un-encoded parameters, sorted; timestamp within recvWindow of the server clock.
 */
import type { Account } from '../../book/model.ts';
import { headerOf, isEqual, readPairs, sign } from '../../query.ts';
import type { WireRequest } from '../../wire.ts';
import { ERRORS } from './codes.ts';
import type { BingxError } from './codes.ts';

const MAX_WINDOW_MS = 5_000;

export type Params = Readonly<Record<string, string>>;

/** The parameters of query and body together; `signature` among them. */
export function readParams(request: WireRequest): Params {
  return { ...pairsToObject(readPairs(request.query)), ...pairsToObject(bodyPairs(request)) };
}

export const apiKeyOf = (request: WireRequest): string | undefined =>
  headerOf(request.headers, 'x-bx-apikey');

/** `undefined`: the request is proven. */
export function checkSignature(
  request: WireRequest,
  params: Params,
  account: Account,
): BingxError | undefined {
  const signature = params['signature'];
  if (!signature) return ERRORS.signatureMissing;
  const proven = signedTexts(request).some((text) =>
    isEqual(sign(text, account.secret), signature.toLowerCase()),
  );
  return proven ? undefined : ERRORS.signatureWrong;
}

export function checkTimestamp(params: Params, nowMs: number): BingxError | undefined {
  const timestamp = Number(params['timestamp']);
  const asked = Number(params['recvWindow']);
  const windowMs = asked > 0 ? Math.min(asked, MAX_WINDOW_MS) : MAX_WINDOW_MS;
  return Number.isFinite(timestamp) && timestamp > 0 && Math.abs(nowMs - timestamp) <= windowMs
    ? undefined
    : ERRORS.timestamp;
}

/** Clients sign the sorted parameters, or the query as they send it: both prove the secret. */
function signedTexts(request: WireRequest): string[] {
  const pairs = [...readPairs(request.query), ...bodyPairs(request)].filter(([key]) => key !== 'signature');
  const sorted = [...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const asSent = request.query
    .split('&')
    .filter((part) => part !== '' && !part.startsWith('signature='))
    .join('&');
  return [join(sorted), join(pairs), asSent];
}

const join = (pairs: readonly [string, string][]): string =>
  pairs.map(([key, value]) => `${key}=${value}`).join('&');

function bodyPairs(request: WireRequest): [string, string][] {
  const body = request.body.trim();
  if (body === '') return [];
  if (!body.startsWith('{')) return readPairs(body);
  try {
    // 19-digit ids would lose digits as numbers, so they are quoted before parsing.
    const value: unknown = JSON.parse(body.replace(/([:[,]\s*)(\d{15,})(?=\s*[,}\]])/g, '$1"$2"'));
    return typeof value === 'object' && value !== null
      ? Object.entries(value).map(([key, field]) => [key, asText(field)])
      : [];
  } catch {
    return [];
  }
}

/** A parameter as the signing text has it: nested values are JSON. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

const pairsToObject = (pairs: readonly [string, string][]): Params => Object.fromEntries(pairs);
