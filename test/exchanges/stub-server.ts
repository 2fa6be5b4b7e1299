/** A small HTTP server that answers as a test scripts it: for the transport faults of section 6. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type StubRequest = {
  method: string;
  path: string;
  /** Of the query and, where there is one, of a form in the body. */
  params: Record<string, string>;
  /** As it came, `''` where there was none. */
  body: string;
  headers: IncomingMessage['headers'];
};

/** How to answer one request. */
export type StubAnswer =
  | { kind: 'json'; body: unknown; status?: number; headers?: Record<string, string> }
  | { kind: 'text'; body: string; status?: number; headers?: Record<string, string> }
  | { kind: 'hang' }
  | { kind: 'stall'; body: string }
  | { kind: 'cut' }
  | { kind: 'cut-mid-body'; body: string };

export type Stub = {
  readonly url: string;
  /** For a test that also wants sockets here. */
  readonly server: Server;
  /** Everything that arrived, oldest first. */
  readonly requests: StubRequest[];
  /** Answers `METHOD /path` from now on; a list is used up one by one, the last one stays. */
  on(route: string, answer: StubAnswer | StubAnswer[] | ((request: StubRequest) => StubAnswer)): void;
  close(): Promise<void>;
};

export const json = (data: unknown, extra: object = {}): StubAnswer => ({
  kind: 'json',
  body: { code: 0, msg: '', data, ...extra },
});
export const coded = (code: number, msg: string, status = 200): StubAnswer => ({
  kind: 'json',
  body: { code, msg, data: {} },
  status,
});

/** A stub that knows one BingX market and an account without positions or orders. */
export async function startBingxStub(): Promise<Stub> {
  const stub = await startStub();
  stub.on('GET /openApi/swap/v2/server/time', () => json({ serverTime: Date.now() }));
  stub.on('GET /openApi/swap/v2/quote/contracts', json([CONTRACT]));
  stub.on('GET /openApi/swap/v1/positionSide/dual', json({ dualSidePosition: 'false' }));
  stub.on('GET /openApi/swap/v2/user/positions', json([]));
  stub.on('GET /openApi/swap/v2/trade/openOrders', json({ orders: [] }));
  stub.on('GET /openApi/swap/v2/trade/allOrders', json({ orders: [] }));
  stub.on('GET /openApi/swap/v2/trade/allFillOrders', json({ fill_orders: [] }));
  stub.on('GET /openApi/swap/v2/trade/order', coded(109421, 'order not exist'));
  return stub;
}

const CONTRACT = {
  contractId: '100',
  symbol: 'BTC-USDT',
  size: '0.0001',
  quantityPrecision: 4,
  pricePrecision: 1,
  tradeMinQuantity: 0.0001,
  tradeMinUSDT: 2,
  currency: 'USDT',
  asset: 'BTC',
  status: 1,
  apiStateOpen: 'true',
  apiStateClose: 'true',
};

export async function startStub(): Promise<Stub> {
  const routes = new Map<string, (request: StubRequest) => StubAnswer>();
  const requests: StubRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request = await readRequest(incoming);
    requests.push(request);
    const route = routes.get(`${request.method} ${request.path}`);
    respond(response, route ? route(request) : coded(100404, 'no such path'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    requests,
    on: (route, answer) =>
      routes.set(
        route,
        typeof answer === 'function' ? answer : inTurn(Array.isArray(answer) ? answer : [answer]),
      ),
    close: () => closed(server),
  };
}

function inTurn(answers: StubAnswer[]): () => StubAnswer {
  return () => {
    const [next, ...rest] = answers;
    if (rest.length > 0) answers.shift();
    return next ?? { kind: 'hang' };
  };
}

async function readRequest(incoming: IncomingMessage): Promise<StubRequest> {
  const url = new URL(incoming.url ?? '/', 'http://stub');
  const body = await text(incoming);
  const isForm = incoming.headers['content-type']?.includes('form') ?? false;
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    params: Object.fromEntries([...url.searchParams, ...new URLSearchParams(isForm ? body : '')]),
    body,
    headers: incoming.headers,
  };
}

function respond(response: ServerResponse, answer: StubAnswer): void {
  switch (answer.kind) {
    case 'json':
      response
        .writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
        .end(JSON.stringify(answer.body));
      return;
    case 'text':
      response
        .writeHead(answer.status ?? 200, { 'content-type': 'text/html', ...answer.headers })
        .end(answer.body);
      return;
    case 'stall':
    case 'cut-mid-body':
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': String(answer.body.length + 100),
      });
      response.write(answer.body, () => {
        if (answer.kind === 'cut-mid-body') response.destroy();
      });
      return;
    case 'cut':
      response.destroy();
      return;
    case 'hang':
      return;
    default: {
      const unknown: never = answer;
      throw new Error(`unknown answer ${JSON.stringify(unknown)}`);
    }
  }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
