/**
 * Reading and proving a request: HMAC-SHA256 in hex over the query and the body exactly as they were sent,
 * one after the other, without the signature; the timestamp within recvWindow of the server clock.
 */
import type { Account } from '../../book/model.ts';
import { headerOf, isEqual, readPairs, sign } from '../../query.ts';
import type { WireRequest } from '../../wire.ts';
import { ERRORS, missing } from './codes.ts';
import type { BinanceError } from './codes.ts';

const USUAL_WINDOW_MS = 5_000;
const LONGEST_WINDOW_MS = 60_000;
/** How far a client's clock may be ahead. */
const AHEAD_MS = 1_000;

export type Params = Readonly<Record<string, string>>;

/** Query and form body; a parameter in both counts as in the query. */
export const readParams = (request: WireRequest): Params => ({
  ...Object.fromEntries(readPairs(request.body.trim())),
  ...Object.fromEntries(readPairs(request.query)),
});

export const apiKeyOf = (request: WireRequest): string | undefined =>
  headerOf(request.headers, 'x-mbx-apikey');

/** What a REST request's signature is made of. */
export const signedText = (request: WireRequest): string =>
  unsigned(request.query) + unsigned(request.body.trim());

/** `undefined`: the signature of `text` is the account's, and of now. */
export function checkProof(
  text: string,
  params: Params,
  account: Account,
  nowMs: number,
): BinanceError | undefined {
  if (!params['timestamp'] || !/^\d+$/.test(params['timestamp'])) return missing('timestamp');
  if (!params['signature']) return missing('signature');
  const signature = params['signature'].toLowerCase();
  if (!isEqual(sign(text, account.secret), signature)) return ERRORS.badSignature;
  return checkTime(Number(params['timestamp']), params['recvWindow'], nowMs);
}

const unsigned = (text: string): string =>
  text
    .split('&')
    .filter((part) => !part.startsWith('signature='))
    .join('&');

function checkTime(
  timestampMs: number,
  recvWindow: string | undefined,
  nowMs: number,
): BinanceError | undefined {
  const windowMs = recvWindow === undefined ? USUAL_WINDOW_MS : Number(recvWindow);
  if (!(windowMs > 0) || windowMs > LONGEST_WINDOW_MS) return ERRORS.recvWindowTooLong;
  if (timestampMs >= nowMs + AHEAD_MS) return ERRORS.early;
  return nowMs - timestampMs <= windowMs ? undefined : ERRORS.late;
}
