/** What a client asks over its socket: `{method, params, id}`. */
import type { Context } from './call.ts';
import { addStream, removeStream } from './client.ts';
import type { BinanceClient } from './client.ts';

type SocketRequest = { readonly method: string; readonly params: readonly unknown[]; readonly id: unknown };

/** Answers, and gives the names that were subscribed to. */
export function answerRequest(context: Context, client: BinanceClient, text: string): readonly string[] {
  const request = parseRequest(text);
  if (!request) {
    client.transmit({ error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } });
    return [];
  }
  const { method, params, id } = request;
  const names = params.map(String);
  switch (method) {
    case 'SUBSCRIBE':
      client.transmit({ result: null, id });
      return names.filter((name) => addStream(context, client, name));
    case 'UNSUBSCRIBE':
      for (const name of names) removeStream(client, name);
      client.transmit({ result: null, id });
      return [];
    case 'LIST_SUBSCRIPTIONS':
      client.transmit({ result: [...client.streams.keys(), ...client.listenKeys], id });
      return [];
    case 'SET_PROPERTY':
      if (names[0] === 'combined') client.combined = params[1] === true;
      client.transmit({ result: null, id });
      return [];
    case 'GET_PROPERTY':
      client.transmit({ result: names[0] === 'combined' ? client.combined : null, id });
      return [];
    default:
      client.transmit({ error: { code: 1, msg: `Invalid value type: unknown method ${method}` }, id });
      return [];
  }
}

function parseRequest(text: string): SocketRequest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const fields = new Map<string, unknown>(Object.entries(value));
    const params = fields.get('params');
    const method = fields.get('method');
    return {
      method: typeof method === 'string' ? method : '',
      params: Array.isArray(params) ? params : [],
      id: fields.get('id') ?? null,
    };
  } catch {
    return undefined;
  }
}
