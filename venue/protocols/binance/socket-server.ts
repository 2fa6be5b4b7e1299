/**
 * Binance over WebSocket: market streams and the user data stream, raw or combined.
 *
 * A connection listens to the streams in its path or query and to those it subscribes to later; a listen
 * key is the name of an account's stream. The server pings, and drops who misses three pings.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import type { BookEvent, Market } from '../../book/model.ts';
import type { PublicTrade } from '../../tape.ts';
import type { ProtocolSockets } from '../../wire.ts';
import type { Context } from './call.ts';
import { expiredPush, ownerOf, privatePushes } from './pushes.ts';
import type { PrivateEvent } from './pushes.ts';
import { API_PATH, readConnection } from './connection.ts';
import type { RateLimiter } from './limits.ts';
import { answerApi } from './socket-api.ts';
import { answerRequest } from './requests.ts';
import { addStream, createClient, sendAs } from './client.ts';
import type { BinanceClient } from './client.ts';
import { markPriceMessage, streamMessage } from './stream-messages.ts';
import { asSent } from './streams.ts';
import type { Moment } from './stream-messages.ts';
import type { Stream } from './streams.ts';

const PING_MS = 180_000;
const MISSED_PONGS = 3;
/** Mark prices are told at this pace even if nothing moves. */
const MARK_PRICE_MS = 1_000;

export type BinanceSockets = ProtocolSockets & {
  /** Pushes `listenKeyExpired` to its sockets; without a word they just fall silent. */
  readonly keyExpired: (listenKey: string, silent: boolean) => void;
};

export function createSocketServer(context: Context, limiter: RateLimiter, pingMs = PING_MS): BinanceSockets {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 65_536 });
  const clients = new Set<BinanceClient>();
  server.on('connection', (socket: WebSocket, request: IncomingMessage) =>
    welcome(context, limiter, clients, socket, request),
  );
  const pings = setInterval(() => pingAll(clients), pingMs);
  const marks = setInterval(() => tellMarkPrices(context, clients), MARK_PRICE_MS);
  pings.unref();
  marks.unref();

  return {
    clients,
    upgrade: (request, socket: Duplex, head) =>
      server.handleUpgrade(request, socket, head, (ws) => server.emit('connection', ws, request)),
    publish: (events, trades) => publish(context, clients, events, trades),
    keyExpired(listenKey, silent) {
      for (const client of clients) {
        if (!client.listenKeys.has(listenKey)) continue;
        if (silent) client.state.silent = true;
        else sendAs(client, listenKey, expiredPush(listenKey, context.books.now()));
      }
    },
    close() {
      clearInterval(pings);
      clearInterval(marks);
      for (const client of clients) client.socket.terminate();
      server.close();
    },
  };
}

function welcome(
  context: Context,
  limiter: RateLimiter,
  clients: Set<BinanceClient>,
  socket: WebSocket,
  request: IncomingMessage,
): void {
  const { url = '/' } = request;
  const client = createClient(socket);
  if (!connect(context, client, url)) {
    socket.close(1008, 'invalid listenKey');
    return;
  }
  clients.add(client);
  const remote = request.socket.remoteAddress ?? '';
  socket.on('message', (data) => {
    if (url.startsWith(API_PATH)) client.transmit(answerApi(context, limiter, textOf(data), remote));
    else receive(context, client, textOf(data));
  });
  socket.on('pong', () => (client.pongsDue = 0));
  socket.on('close', () => clients.delete(client));
  socket.on('error', () => socket.terminate());
  for (const name of client.streams.keys()) greet(context, client, name);
}

/** Whether the connection's listen keys, if it brings any, are alive. */
function connect(context: Context, client: BinanceClient, url: string): boolean {
  const { names, combined } = readConnection(url);
  client.combined = combined;
  return names.every((name) => addStream(context, client, name));
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Uint8Array)).toString('utf8');

function receive(context: Context, client: BinanceClient, text: string): void {
  const added = answerRequest(context, client, text);
  for (const name of added) greet(context, client, name);
}

/** What the stream says last; so a client needs not wait for the next step. */
function greet({ books, tape, sequence }: Context, client: BinanceClient, name: string): void {
  const stream = client.streams.get(name);
  const market = stream?.market ? books.markets.get(stream.market) : undefined;
  if (!stream || !market) return;
  const trade = tape.trades(market.symbol).at(-1);
  tell(client, stream, { market, before: undefined, trade, tape, sequence, nowMs: books.now() });
}

function tell(client: BinanceClient, stream: Stream, moment: Moment): void {
  const message = streamMessage(stream, moment);
  if (message) sendAs(client, stream.name, asSent(stream, message));
}

function publish(
  context: Context,
  clients: ReadonlySet<BinanceClient>,
  events: readonly BookEvent[],
  trades: ReadonlyMap<BookEvent, PublicTrade>,
): void {
  const { books, tape, sequence } = context;
  const nowMs = books.now();
  for (const event of events) {
    if (event.kind !== 'price') {
      publishPrivate(context, clients, event);
      continue;
    }
    const { market } = event;
    const before = sequence.step(market);
    const moment = { market, before, trade: trades.get(event), tape, sequence, nowMs };
    for (const client of clients) tellStep(client, moment);
  }
}

function publishPrivate(context: Context, clients: ReadonlySet<BinanceClient>, event: PrivateEvent): void {
  const owner = ownerOf(event);
  const listeners = [...clients].filter((client) => client.account === owner);
  if (listeners.length === 0) return;
  const messages = privatePushes(context.books, event, context.books.now());
  for (const client of listeners) {
    const listenKey = livingKey(context, client, owner);
    if (listenKey !== undefined) for (const message of messages) sendAs(client, listenKey, message);
  }
}

/** A stream ends with its listen key, whether it expired or was closed. */
const livingKey = (
  { books, listenKeys }: Context,
  client: BinanceClient,
  account: string,
): string | undefined =>
  [...client.listenKeys].find((key) => listenKeys.accountOf(key, books.now()) === account);

function tellStep(client: BinanceClient, moment: Moment): void {
  for (const stream of client.streams.values())
    if (stream && (stream.market === null || stream.market === moment.market.symbol))
      tell(client, stream, moment);
}

function pingAll(clients: ReadonlySet<BinanceClient>): void {
  for (const client of clients) {
    if (client.pongsDue >= MISSED_PONGS) client.socket.terminate();
    else if (!client.state.silent) {
      client.pongsDue += 1;
      client.socket.ping();
    }
  }
}

function tellMarkPrices({ books }: Context, clients: ReadonlySet<BinanceClient>): void {
  const nowMs = books.now();
  for (const client of clients)
    for (const stream of client.streams.values()) {
      if (stream?.kind !== 'markPrice') continue;
      const markets: readonly Market[] = [...books.markets.values()].filter(
        ({ symbol }) => stream.market === null || stream.market === symbol,
      );
      const messages = markets.map((market) => markPriceMessage(market, nowMs));
      const [only] = messages;
      if (only) sendAs(client, stream.name, stream.market === null ? messages : only);
    }
}
