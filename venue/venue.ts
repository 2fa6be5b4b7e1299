/** Starts a venue: books, feed, protocol and control interface in one process. */
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { createBatcher } from './batch.ts';
import { createBooks } from './book/books.ts';
import type { Books } from './book/books.ts';
import { marketOf } from './book/margin.ts';
import { isRefusal } from './book/refusal.ts';
import { addMarket, createAccount, DEFAULT_MARKETS } from './book/setup.ts';
import { workDueRests } from './book/trigger.ts';
import { createVenueControl } from './control/client.ts';
import type { VenueControl } from './control/client.ts';
import { createControlServer } from './control/server.ts';
import { createFaults } from './faults.ts';
import { candleFeed } from './feeds/candles.ts';
import { stillFeed } from './feeds/feed.ts';
import type { Feed } from './feeds/feed.ts';
import { createFeedRunner } from './feeds/runner.ts';
import { tradeFeed } from './feeds/trades.ts';
import { walkFeed } from './feeds/walk.ts';
import { createGateway } from './gateway.ts';
import { lockFolder } from './lock.ts';
import type { VenueOptions } from './options.ts';
import { createProtocols } from './protocols/all.ts';
import { actOn } from './sockets.ts';
import { createRequestLog } from './requests.ts';
import { openStore } from './store.ts';
import type { WireAnswer } from './wire.ts';

const HEARTBEAT_MS = 25;
const LOOPBACK = '127.0.0.1';

export type Venue = {
  readonly port: number;
  readonly controlPort: number;
  /** Base URL of the exchange protocol. */
  readonly url: string;
  readonly control: VenueControl;
  /** Ends cleanly; the books stay. */
  readonly stop: () => Promise<void>;
};

/** Throws where another venue holds the folder, a file is bad or a port is taken. */
export async function startVenue(options: VenueOptions): Promise<Venue> {
  mkdirSync(options.data, { recursive: true });
  const unlock = lockFolder(options.data);
  try {
    return await open(options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function open(options: VenueOptions, unlock: () => void): Promise<Venue> {
  const store = openStore(join(options.data, 'venue.sqlite'));
  const books = createBooks(store, Date.now);
  setUp(books, options);
  const feed = createFeedRunner(books, chooseFeed(books, options), options.speed ?? 1);
  const faults = createFaults();
  const log = createRequestLog();
  const protocols = createProtocols(books, options.pingMs);
  const clients = () => new Set(protocols.flatMap(({ sockets }) => [...sockets.clients]));
  const expireListenKeys = (account?: string, silent?: boolean) =>
    protocols.reduce((ended, protocol) => ended + protocol.expireListenKeys(account, silent), 0);
  const execute = createBatcher<WireAnswer>(books.transact);
  const gateway = createGateway({ protocols, faults, log, now: books.now, execute });
  const startedAtMs = Date.now();
  const ports = { port: 0, controlPort: 0 };
  const control = createControlServer({
    books,
    feed,
    faults,
    log,
    actOnSockets: (action, match) => actOn(clients(), action, match),
    expireListenKeys,
    health: () => ({
      status: 'ok',
      pid: process.pid,
      ...ports,
      serverTimeMs: books.now(),
      clockSkewMs: books.meta().clockSkewMs,
      startedAtMs,
      feed: feed.status(),
      accounts: [...books.accounts.keys()],
      symbols: [...books.markets.keys()],
      sockets: countSockets(clients()),
    }),
  });
  const host = options.host ?? LOOPBACK;
  const controlHost = options.controlHost ?? LOOPBACK;
  ports.port = await listen(gateway, options.port ?? 0, host);
  ports.controlPort = await listen(control, options.controlPort ?? 0, controlHost);
  const heartbeat = setInterval(() => beat(books, expireListenKeys), HEARTBEAT_MS);
  feed.resume();
  return {
    ...ports,
    url: `http://${host}:${ports.port}`,
    control: createVenueControl(`http://${controlHost}:${ports.controlPort}`),
    async stop() {
      clearInterval(heartbeat);
      feed.stop();
      for (const { sockets } of protocols) sockets.close();
      await Promise.all([close(gateway), close(control)]);
      store.close();
      unlock();
    },
  };
}

function setUp(books: Books, options: VenueOptions): void {
  const wanted = DEFAULT_MARKETS.filter(
    (market) => options.symbols === undefined || options.symbols.includes(market.symbol),
  );
  const unknown =
    options.symbols?.filter(
      (symbol) => ![...wanted, ...(options.markets ?? [])].some((market) => market.symbol === symbol),
    ) ?? [];
  if (unknown.length > 0)
    throw new Error(`no default market ${unknown.join(', ')}; describe it in a markets file`);
  for (const market of [...(options.markets ?? []), ...wanted]) orThrow(addMarket(books, market));
  for (const account of options.accounts ?? []) orThrow(createAccount(books, account));
  const { settings } = options;
  if (settings) books.transact(() => books.put.meta({ settings: { ...books.settings(), ...settings } }));
}

function orThrow(result: object): void {
  if (isRefusal(result)) throw new Error(result.detail);
}

function chooseFeed(books: Books, options: VenueOptions): Feed {
  const stored = books.meta().feed;
  const kind = options.feed ?? 'walk';
  if (kind === 'still') return stillFeed();
  if (kind === 'walk') return walkFeed(() => books.markets.values(), options.seed ?? 1, stored);
  if (options.file === undefined) throw new Error(`the feed ${kind} needs a file`);
  const symbol = options.feedSymbol ?? symbolOf(options.file, [...books.markets.keys()]);
  if (!books.markets.has(symbol)) throw new Error(`no market ${symbol} for the feed`);
  const market = () => marketOf(books, symbol);
  return kind === 'candles'
    ? candleFeed(options.file, market, stored)
    : tradeFeed(options.file, market, stored);
}

/** `eth-usdt-trades.csv` drives ETH-USDT. */
function symbolOf(file: string, symbols: readonly string[]): string {
  const name = basename(file).toUpperCase();
  return symbols.find((symbol) => name.startsWith(symbol.split('-')[0] ?? symbol)) ?? 'BTC-USDT';
}

function beat(books: Books, expireListenKeys: () => number): void {
  const due = [...books.open.values()].some(
    (order) => order.restHeldUntilMs !== null && order.restHeldUntilMs <= books.now(),
  );
  if (due) books.transact(() => workDueRests(books));
  expireListenKeys();
}

function countSockets(clients: ReadonlySet<{ readonly stream: 'public' | 'private' }>): {
  public: number;
  private: number;
} {
  const count = (stream: 'public' | 'private') =>
    [...clients].filter((client) => client.stream === stream).length;
  return { public: count('public'), private: count('private') };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // A TCP server's address is always an object.
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
