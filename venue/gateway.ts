/** The HTTP server that clients talk to: reads the request, plays a planned fault, logs what truly happened. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FaultPlan, RequestRecord } from './control/types.ts';
import type { Faults } from './faults.ts';
import { playFault, send } from './play-fault.ts';
import type { Protocols } from './protocols/all.ts';
import type { RequestLog } from './requests.ts';
import type { Distortion, Protocol, WireAnswer, WireRequest } from './wire.ts';

const MAX_BODY_BYTES = 1_048_576;
export type GatewayDeps = {
  /** The first that claims a path serves it. */
  readonly protocols: Protocols;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly now: () => number;
  /** Executes with whatever else arrives at the same time, and answers when it is on disk. */
  readonly execute: (work: () => WireAnswer) => Promise<WireAnswer>;
};

export function createGateway(deps: GatewayDeps): Server {
  const server = createServer((request, response) => {
    // Whatever goes wrong here is a broken connection to this one client.
    serve(deps, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    protocolOf(deps, pathOf(request)).sockets.upgrade(request, socket, head);
  });
  return server;
}

/** What nobody claims is answered by the first one, in its own words. */
const protocolOf = ({ protocols }: GatewayDeps, path: string): Protocol =>
  protocols.find((protocol) => protocol.claims(path)) ?? protocols[0];

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?')[0] ?? '/';

async function serve(deps: GatewayDeps, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = await readRequest(incoming);
  const protocol = protocolOf(deps, request.path);
  const facts = protocol.facts(request);
  const fault = deps.faults.next(request, facts);
  let begunAtMs: number | undefined;
  const record = (
    answer: WireAnswer | undefined,
    executed: boolean,
    answered: boolean,
    status: number | null,
  ) => {
    const asked = recordOf(request, facts, fault, answer, executed, answered, status);
    deps.log.add({ ...asked, atMs: begunAtMs ?? deps.now() });
  };
  const run = (distortion?: Distortion) =>
    execute(deps, protocol, request.path, () => {
      begunAtMs ??= deps.now();
      return protocol.handle(request, distortion);
    });
  if (!fault) {
    const answer = await run();
    record(answer, true, true, answer.status);
    send(response, answer);
    return;
  }
  await playFault({ errors: protocol.errors, run, response, fault, record });
}

/** A failure of the venue itself is answered as one; its books are back where they were. */
async function execute(
  { execute: commit }: GatewayDeps,
  protocol: Protocol,
  path: string,
  work: () => WireAnswer,
): Promise<WireAnswer> {
  try {
    return await commit(work);
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${JSON.stringify({ level: 'error', event: 'request failed', path, detail })}\n`);
    return { ...protocol.errors.internal(), orderId: null };
  }
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) throw new Error('the request body is too large');
    chunks.push(chunk as Buffer);
  }
  const [path = '/', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  return {
    method: incoming.method ?? 'GET',
    path,
    query,
    body: Buffer.concat(chunks).toString('utf8'),
    contentType: incoming.headers['content-type'] ?? '',
    headers: incoming.headers,
    remote: incoming.socket.remoteAddress ?? '',
  };
}

function recordOf(
  request: WireRequest,
  facts: { account: string | null; params: Readonly<Record<string, string>> },
  fault: FaultPlan | undefined,
  answer: WireAnswer | undefined,
  executed: boolean,
  answered: boolean,
  httpStatus: number | null,
): Omit<RequestRecord, 'seq' | 'atMs'> {
  return {
    account: facts.account,
    method: request.method,
    path: request.path,
    params: facts.params,
    httpStatus,
    code: answer?.code ?? null,
    executed,
    answered,
    fault: fault?.kind ?? null,
    orderId: answer?.orderId ?? facts.params['orderId'] ?? null,
  };
}
