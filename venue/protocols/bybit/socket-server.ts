/**
 * Bybit over WebSocket: JSON text; public topics on `/v5/public/linear`, the account's on `/v5/private` after
 * `auth`, orders on `/v5/trade`. Clients say ping; who is silent for ten minutes is dropped.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import { createPushState, push } from '../../sockets.ts';
import type { ProtocolSockets } from '../../wire.ts';
import { parseObject } from './auth.ts';
import type { Context } from './call.ts';
import { ownerOf, privatePushes } from './pushes.ts';
import type { PrivatePush } from './pushes.ts';
import { receive } from './socket-requests.ts';
import type { BybitClient } from './client.ts';
import { topicPush } from './topics.ts';
import type { Step } from './topics.ts';

const ALIVE_MS = 600_000;
const LEAST_ALIVE_MS = 30_000;
const SCAN_MS = 30_000;

const KINDS = {
  '/v5/public/linear': 'public',
  '/v5/private': 'private',
  '/v5/trade': 'trade',
} as const;

export function createSocketServer(context: Context): ProtocolSockets {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 262_144 });
  const clients = new Set<BybitClient>();
  const { books, tape } = context;
  let pushed = 0;

  server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const client = createClient(socket, request);
    if (!client) {
      socket.close(1008, 'no such stream');
      return;
    }
    clients.add(client);
    socket.on('message', (data) => {
      client.heardAtMs = Date.now();
      receive(context, client, parseObject(textOf(data)));
    });
    socket.on('close', () => clients.delete(client));
    socket.on('error', () => socket.terminate());
  });

  const scan = setInterval(() => {
    for (const client of clients)
      if (Date.now() - client.heardAtMs > client.aliveMs) client.socket.terminate();
  }, SCAN_MS);
  scan.unref();

  const isHeard = (account: string | undefined): boolean =>
    account !== undefined && [...clients].some((client) => client.account === account);

  return {
    clients,
    upgrade: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (ws) => server.emit('connection', ws, request)),
    publish(events, trades) {
      const nowMs = books.now();
      for (const event of events) {
        // Most events concern nobody who listens here: they may come from another protocol.
        if (isHeard(ownerOf(event)))
          for (const message of privatePushes(books, event)) tell(context, clients, message, (pushed += 1));
        if (event.kind !== 'price') continue;
        const step = { books, tape, market: event.market, trade: trades.get(event), nowMs };
        for (const client of clients) tellPrice(client, step);
      }
    },
    close() {
      clearInterval(scan);
      for (const client of clients) client.socket.terminate();
      server.close();
    },
  };
}

/** @param number of the push, part of its id. */
function tell(
  { books }: Context,
  clients: ReadonlySet<BybitClient>,
  { account, topic, data }: PrivatePush,
  number: number,
): void {
  const id = `${books.accounts.get(account)?.uid ?? ''}_${topic}_${number}`;
  for (const client of clients) {
    if (client.kind !== 'private' || client.account !== account) continue;
    // Asked for by `order.linear`, it is named so.
    const name = [topic, `${topic}.linear`].find((one) => client.privateTopics.has(one));
    if (name !== undefined) push(client, { id, topic: name, creationTime: books.now(), data });
  }
}

function tellPrice(client: BybitClient, step: Step): void {
  for (const topic of client.topics.values()) {
    const message = topic.symbol === step.market.symbol ? topicPush(topic, step) : undefined;
    if (message) push(client, message);
  }
}

/** `undefined`: there is no such stream. */
function createClient(socket: WebSocket, request: IncomingMessage): BybitClient | undefined {
  const url = new URL(request.url ?? '/', 'http://venue');
  const kind = Object.entries(KINDS).find(([path]) => path === url.pathname)?.[1];
  if (!kind) return undefined;
  return {
    socket,
    kind,
    connId: randomBytes(10).toString('hex'),
    account: null,
    stream: kind === 'public' ? 'public' : 'private',
    state: createPushState(),
    topics: new Map(),
    privateTopics: new Set(),
    heardAtMs: Date.now(),
    aliveMs: readAlive(url.searchParams.get('max_active_time')),
    transmit(message) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    },
  };
}

/** `30s` to `10m`. */
function readAlive(text: string | null): number {
  const [, count, unit] = /^(\d+)([sm])$/.exec(text ?? '') ?? [];
  if (count === undefined) return ALIVE_MS;
  return Math.min(ALIVE_MS, Math.max(LEAST_ALIVE_MS, Number(count) * (unit === 'm' ? 60_000 : 1_000)));
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Uint8Array)).toString('utf8');
