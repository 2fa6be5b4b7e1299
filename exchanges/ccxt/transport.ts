/**
 * Sees what really came over the wire under a ccxt call: status, headers, body and the transport's own
 * error code. ccxt folds all that into a text; a placement's outcome must not hang on parsing it.
 * The whole body is read under the call's signal, because ccxt stops its timer at the headers.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { parseExactJson } from './exact-json.ts';
import type { CcxtClient } from './load.ts';
import type { RowMemory } from './row-memory.ts';

/** What is known of one request after it ended, however it ended. */
export type WireRecord = {
  /** The request was handed to the transport. */
  sent: boolean;
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** E.g. `ECONNREFUSED`, `UND_ERR_SOCKET`. */
  transportCode?: string;
};

type Call = {
  record: WireRecord;
  signal: AbortSignal;
  /** Of the list that the answer is. */
  rows?: RowMemory | undefined;
};

const current = new AsyncLocalStorage<Call>();

/** Makes `client` record its requests for `recorded`, and parse JSON without losing digits. */
export function instrument(client: CcxtClient): void {
  const send = client.undiciRequest.bind(client);
  // A compressed body that is cut short ends in an unhandled stream error inside ccxt.
  client.headers = { ...client.headers, 'Accept-Encoding': 'identity' };
  client.parseJson = (text) => (current.getStore()?.rows?.parse ?? parseExactJson)(text);
  client.undiciRequest = async (url, request) => {
    const call = current.getStore();
    if (!call) throw new Error('a request outside of a recorded call');
    call.record.sent = true;
    try {
      const signals = request.signal ? [request.signal, call.signal] : [call.signal];
      const answer = await send(url, { ...request, signal: AbortSignal.any(signals) });
      call.record.status = answer.status;
      call.record.headers = flatten(answer.headers);
      const body = await answer.text();
      call.record.body = body;
      return { ...answer, text: async () => body };
    } catch (error) {
      const code = transportCode(error);
      if (code !== undefined) call.record.transportCode = code;
      throw error;
    }
  };
}

/** Runs one ccxt call; its wire record fills as it proceeds, also when it throws. */
export function recorded<T>(call: Call, work: () => Promise<T>): Promise<T> {
  return current.run(call, work);
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  return Object.fromEntries(pairs);
}

function transportCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? transportCode(error.cause) : undefined;
}

/** Codes of a connection that was never made: nothing of the request left this machine. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export const neverConnected = (record: WireRecord): boolean =>
  record.transportCode !== undefined && NEVER_CONNECTED.has(record.transportCode);
