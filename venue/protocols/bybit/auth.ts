/**
 * Reading and proving a request, as Bybit's integration guide says: HMAC-SHA256 in hex over timestamp, key,
 * recvWindow and the raw query (GET) or the raw JSON body (POST); the timestamp within
 * [server time - recvWindow, server time + 1000).
 */
import type { Account } from '../../book/model.ts';
import { headerOf, isEqual, readPairs, sign } from '../../query.ts';
import type { WireRequest } from '../../wire.ts';
import { ERRORS } from './codes.ts';
import type { BybitError } from './codes.ts';

const DEFAULT_WINDOW_MS = 5_000;
const AHEAD_MS = 1_000;

/** Every value as text: numbers and flags in their JSON spelling, nested values as JSON. */
export type Params = Readonly<Record<string, string>>;

/** `undefined`: the body is no JSON object. */
export function readParams(request: WireRequest): Params | undefined {
  const query = Object.fromEntries(readPairs(request.query));
  if (request.method === 'GET' || request.body.trim() === '') return query;
  const body = parseObject(request.body);
  return body && { ...query, ...textParams(body) };
}

export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}

export function textParams(body: object): Params {
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, asText(value)]));
}

/** A value as text: words and figures as they are, nested values as JSON, nothing as empty. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

export const apiKeyOf = (request: Pick<WireRequest, 'headers'>): string | undefined =>
  headerOf(request.headers, 'x-bapi-api-key');

/** `undefined`: the request is proven. */
export function checkProof(
  request: WireRequest,
  account: Account | undefined,
  nowMs: number,
): BybitError | undefined {
  const key = apiKeyOf(request);
  const timestamp = headerOf(request.headers, 'x-bapi-timestamp');
  const signature = headerOf(request.headers, 'x-bapi-sign');
  if (!key || !timestamp || !signature) return ERRORS.emptyAuth;
  if (!account) return ERRORS.keyInvalid;
  const windowText = headerOf(request.headers, 'x-bapi-recv-window') ?? '';
  const payload = request.method === 'GET' ? request.query : request.body;
  const origin = `${timestamp}${key}${windowText}${payload}`;
  if (!isEqual(sign(origin, account.secret), signature.toLowerCase()))
    return { retCode: 10004, retMsg: `error sign! origin_string[${origin}]` };
  return checkTimestamp(timestamp, windowText, nowMs);
}

export function checkTimestamp(timestamp: string, windowText: string, nowMs: number): BybitError | undefined {
  const windowMs = Number(windowText) > 0 ? Number(windowText) : DEFAULT_WINDOW_MS;
  const sentAtMs = Number(timestamp);
  if (sentAtMs >= nowMs - windowMs && sentAtMs < nowMs + AHEAD_MS) return undefined;
  return {
    retCode: 10002,
    retMsg:
      'invalid request, please check your server timestamp or recv_window param. ' +
      `req_timestamp[${timestamp}],server_timestamp[${nowMs}],recv_window[${windowMs}]`,
  };
}
