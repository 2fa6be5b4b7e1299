/** A client's connection and what it listens to. */
import type { WebSocket } from 'ws';
import { createPushState, push } from '../../sockets.ts';
import type { Client } from '../../sockets.ts';
import type { Context } from './call.ts';
import { parseStream } from './streams.ts';
import type { Stream } from './streams.ts';

export type BinanceClient = Omit<Client, 'account' | 'stream'> & {
  account: string | null;
  stream: Client['stream'];
  /** By name; `undefined`: a name that is no stream. */
  readonly streams: Map<string, Stream | undefined>;
  readonly listenKeys: Set<string>;
  /** Messages come as `{stream, data}`. */
  combined: boolean;
  pongsDue: number;
};

export const createClient = (socket: WebSocket): BinanceClient => ({
  socket,
  account: null,
  stream: 'public',
  state: createPushState(),
  streams: new Map(),
  listenKeys: new Set(),
  combined: false,
  pongsDue: 0,
  transmit: (message) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  },
});

/** Listens to a market stream, or to the account of a listen key. `false` where the key is not alive. */
export function addStream({ books, listenKeys }: Context, client: BinanceClient, name: string): boolean {
  if (name.includes('@') || name.startsWith('!')) {
    client.streams.set(name, parseStream(books, name));
    return true;
  }
  const account = listenKeys.accountOf(name, books.now());
  if (account === undefined) return false;
  client.listenKeys.add(name);
  client.account = account;
  client.stream = 'private';
  return true;
}

export function removeStream(client: BinanceClient, name: string): void {
  client.streams.delete(name);
  if (!client.listenKeys.delete(name) || client.listenKeys.size > 0) return;
  client.account = null;
  client.stream = 'public';
}

/** @param stream the name under which a combined connection gets it */
export function sendAs(client: BinanceClient, stream: string, data: object): void {
  push(client, client.combined ? { stream, data } : data);
}
