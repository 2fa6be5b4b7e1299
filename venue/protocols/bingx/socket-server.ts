/**
 * BingX over WebSocket: gzip binary frames both for market data and, with `?listenKey=`, for the account.
 * The server says `Ping` every five seconds and drops who misses three.
 */
import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import { createPushState, push } from '../../sockets.ts';
import type { Client } from '../../sockets.ts';
import type { ProtocolSockets } from '../../wire.ts';
import type { Context } from './call.ts';
import { configPush, expiredPush, privatePush } from './pushes.ts';
import { parseStream, streamPush } from './streams.ts';
import type { Stream } from './streams.ts';

const PING_MS = 5_000;
const MISSED_PONGS = 3;

type BingxClient = Client & {
  readonly subscriptions: Map<string, Stream>;
  readonly listenKey: string | null;
  pongsDue: number;
};

export type SocketServer = ProtocolSockets & {
  /** Pushes `listenKeyExpired` to its sockets and closes them; the close alone where `silent`. */
  readonly keyExpired: (listenKey: string, silent: boolean) => void;
};

export function createSocketServer(context: Context, pingMs = PING_MS): SocketServer {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 65_536 });
  const clients = new Set<BingxClient>();
  const { books, tape } = context;

  server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const client = createClient(context, socket, request);
    if (!client) {
      socket.close(1008, 'invalid listenKey');
      return;
    }
    clients.add(client);
    socket.on('message', (data) => receive(context, client, textOf(data)));
    socket.on('close', () => clients.delete(client));
    socket.on('error', () => socket.terminate());
    greet(context, client);
  });

  const heartbeat = setInterval(() => {
    for (const client of clients) {
      if (client.pongsDue >= MISSED_PONGS) client.socket.terminate();
      else if (!client.state.silent) beat(context, client);
    }
  }, pingMs);
  heartbeat.unref();

  return {
    clients,
    upgrade: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (ws) => server.emit('connection', ws, request)),
    publish(events, trades) {
      const nowMs = books.now();
      for (const event of events) {
        const message = privatePush(books, event, nowMs);
        for (const client of clients) {
          if (message && client.account === message.account) push(client, message.message);
          if (event.kind === 'price')
            pushStreams(client, event.market.symbol, (stream) =>
              streamPush(stream, event.market, tape, trades.get(event), nowMs),
            );
        }
      }
    },
    keyExpired(listenKey, silent) {
      for (const client of clients) {
        if (client.listenKey !== listenKey) continue;
        if (!silent) push(client, expiredPush(listenKey, books.now()));
        else client.state.silent = true;
      }
    },
    close() {
      clearInterval(heartbeat);
      for (const client of clients) client.socket.terminate();
      server.close();
    },
  };
}

/** `undefined` where the listen key is unknown. */
function createClient(
  { books, listenKeys }: Context,
  socket: WebSocket,
  request: IncomingMessage,
): BingxClient | undefined {
  const listenKey = new URL(request.url ?? '/', 'http://venue').searchParams.get('listenKey');
  const account = listenKey === null ? null : (listenKeys.accountOf(listenKey, books.now()) ?? undefined);
  if (account === undefined) return undefined;
  return {
    socket,
    account,
    listenKey,
    stream: account === null ? 'public' : 'private',
    state: createPushState(),
    subscriptions: new Map(),
    pongsDue: 0,
    transmit: (message) => send(socket, JSON.stringify(message)),
  };
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Uint8Array)).toString('utf8');

function send(socket: WebSocket, text: string): void {
  if (socket.readyState === socket.OPEN) socket.send(gzipSync(text), { binary: true });
}

function greet(context: Context, client: BingxClient): void {
  if (client.account !== null) pushSnapshot(context, client);
}

function pushSnapshot({ books }: Context, client: BingxClient): void {
  const account = client.account === null ? undefined : books.accounts.get(client.account);
  if (!account) return;
  for (const market of books.markets.values())
    push(client, configPush('SNAPSHOT', account, market, books.now()));
}

function beat(context: Context, client: BingxClient): void {
  client.pongsDue += 1;
  send(client.socket, 'Ping');
  pushSnapshot(context, client);
}

function receive(context: Context, client: BingxClient, text: string): void {
  if (text.trim() === 'Pong') {
    client.pongsDue = 0;
    return;
  }
  if (text.trim() === 'Ping') {
    send(client.socket, 'Pong');
    return;
  }
  const request = parseRequest(text);
  if (!request) {
    client.transmit({ code: 100400, msg: 'not a valid request', timestamp: context.books.now() });
    return;
  }
  subscribe(context, client, request);
}

type SubscribeRequest = { readonly id: string; readonly reqType: string; readonly dataType: string };

function parseRequest(text: string): SubscribeRequest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const fields = new Map(Object.entries(value));
    return {
      id: String(fields.get('id') ?? ''),
      reqType: String(fields.get('reqType') ?? 'sub'),
      dataType: String(fields.get('dataType') ?? ''),
    };
  } catch {
    return undefined;
  }
}

function subscribe(context: Context, client: BingxClient, { id, reqType, dataType }: SubscribeRequest): void {
  const { books, tape } = context;
  // The account stream needs no subscription; asking for one of its events does no harm.
  if (client.stream === 'private' && !dataType.includes('@')) {
    client.transmit({ id, code: 0, msg: '' });
    return;
  }
  const stream = parseStream(books, dataType);
  if (!stream) {
    client.transmit({
      id,
      code: 80014,
      msg: `dataType not supported: ${dataType}`,
      dataType: '',
      data: null,
    });
    return;
  }
  if (reqType === 'unsub') client.subscriptions.delete(dataType);
  else client.subscriptions.set(dataType, stream);
  client.transmit({ id, code: 0, msg: '', dataType: '', data: null });
  const market = books.markets.get(stream.symbol);
  if (reqType === 'unsub' || !market) return;
  const first = streamPush(stream, market, tape, tape.trades(stream.symbol).at(-1), books.now());
  if (first) push(client, first);
}

function pushStreams(
  client: BingxClient,
  symbol: string,
  message: (stream: Stream) => object | undefined,
): void {
  for (const stream of client.subscriptions.values()) {
    const found = stream.symbol === symbol ? message(stream) : undefined;
    if (found) push(client, found);
  }
}
