/**
 * The worker's HTTP server: reads only, on loopback unless told otherwise, without a secret in any
 * answer. A port that is taken keeps no worker from its work: it is tried again until it is free, so a
 * second worker on the same machine takes the port over when the first one ends.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';

export type Answer = { status: number; type: string; body: string };

/** By path. */
export type Routes = Readonly<Record<string, () => Answer | Promise<Answer>>>;

export type HealthServer = {
  /** `http://host:port`; null while the port is somebody else's. */
  address(): string | null;
  close(): Promise<void>;
};

export type HealthServerOptions = {
  host: string;
  /** 0: one that the system chooses. */
  port: number;
  routes: Routes;
  log: Pick<Logger, 'info' | 'warn'>;
  retryMs?: number;
};

const RETRY_MS = 2_000;
const MAX_CONNECTIONS = 64;
/** A request is a line and a few headers; whoever takes longer is not asking. */
const REQUEST_WITHIN_MS = 5_000;
/** Longer than the usual scrape interval, so that its connection is kept. */
const KEEP_ALIVE_MS = 30_000;

export function keepServing({
  host,
  port,
  routes,
  log,
  retryMs = RETRY_MS,
}: HealthServerOptions): HealthServer {
  const stop = new AbortController();
  let address: string | null = null;
  const serving = (async () => {
    for (let tries = 0; !stop.signal.aborted; tries += 1) {
      const server = createHealthServer(routes, log);
      try {
        address = await listen(server, host, port);
        log.info({ address }, 'health and metrics are served');
        await until(stop.signal);
      } catch (error) {
        if (tries === 0) log.warn({ host, port, error: String(error) }, 'health cannot be served yet');
      } finally {
        address = null;
        await end(server);
      }
      await delay(retryMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    address: () => address,
    close: async () => {
      stop.abort();
      await serving;
    },
  };
}

function createHealthServer(routes: Routes, log: Pick<Logger, 'warn'>): Server {
  const options = {
    requestTimeout: REQUEST_WITHIN_MS,
    headersTimeout: REQUEST_WITHIN_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 1_000,
  };
  const server = createServer(options, (request, response) => void respond(routes, log, request, response));
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

async function respond(
  routes: Routes,
  log: Pick<Logger, 'warn'>,
  { method = '', url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isRead = method === 'GET' || method === 'HEAD';
  const [path = ''] = url.split('?');
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  const { status, type, body } = await answerOf(isRead, route, (error) =>
    log.warn({ path, error: String(error) }, 'a question about health could not be answered'),
  );
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 && { allow: 'GET, HEAD' }),
    // What came with a request that is not read is not waited for.
    ...(!isRead && { connection: 'close' }),
  });
  response.end(body); // which Node keeps to itself where only the head was asked for
}

async function answerOf(
  isRead: boolean,
  route: Routes[string] | undefined,
  onError: (error: unknown) => void,
): Promise<Answer> {
  if (route === undefined) return plain(404, 'There is nothing here; try /health');
  if (!isRead) return plain(405, 'Only GET and HEAD');
  try {
    return await route();
  } catch (error) {
    onError(error);
    return plain(500, 'It could not be told; the log says why');
  }
}

const plain = (status: number, text: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${text}\n`,
});

async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening'); // rejects with an error that comes first
  const bound = server.address();
  const at = typeof bound === 'object' && bound !== null ? bound.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${at}`;
}

async function until(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

async function end(server: Server): Promise<void> {
  if (!server.listening) return;
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
