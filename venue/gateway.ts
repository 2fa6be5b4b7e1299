/** The HTTP server that clients talk to: reads the request, plays a planned fault, logs what truly happened. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultPlan, RequestRecord } from './control/types.ts';
import type { Faults } from './faults.ts';
import type { RequestLog } from './requests.ts';
import type { Distortion, Protocol, WireAnswer, WireRequest } from './wire.ts';

const MAX_BODY_BYTES = 1_048_576;
const DEFAULT_HOLD_MS = 30_000;
const HTML = '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Please wait</body></html>';

export type GatewayDeps = { readonly protocol: Protocol; readonly faults: Faults; readonly log: RequestLog; readonly now: () => number };

export function createGateway(deps: GatewayDeps): Server {
  const server = createServer((request, response) => {
    // Whatever goes wrong here is a broken connection to this one client.
    serve(deps, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  return server;
}

async function serve(deps: GatewayDeps, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = await readRequest(incoming);
  const facts = deps.protocol.facts(request);
  const fault = deps.faults.next(request, facts);
  const record = (answer: WireAnswer | undefined, executed: boolean, answered: boolean, status: number | null) =>
    deps.log.add(recordOf(deps, request, facts, fault, answer, executed, answered, status));
  if (!fault) {
    const answer = execute(deps, request, undefined);
    record(answer, true, true, answer.status);
    send(response, answer.status, answer.body);
    return;
  }
  await playFault({ deps, request, response, fault, record });
}

type Play = {
  readonly deps: GatewayDeps;
  readonly request: WireRequest;
  readonly response: ServerResponse;
  readonly fault: FaultPlan;
  readonly record: (answer: WireAnswer | undefined, executed: boolean, answered: boolean, status: number | null) => void;
};

async function playFault(play: Play): Promise<void> {
  const { fault, response, record } = play;
  const params = fault.params ?? {};
  switch (fault.kind) {
    case 'latency': return playLatency(play, params.ms ?? 1_000);
    case 'timeout-before':
      record(undefined, false, false, null);
      return hold(response, params.ms);
    case 'timeout-after':
      record(run(play), true, false, null);
      return hold(response, params.ms);
    case 'cut-before':
      record(undefined, false, false, null);
      return cut(response);
    case 'cut-after':
      record(run(play), true, false, null);
      return cut(response);
    case 'cut-mid-body': return cutMidBody(play);
    case 'html-200': return instead(play, 200, HTML, 'text/html');
    case 'status': return playStatus(play, params.status ?? 503);
    case 'code': return instead(play, 200, play.deps.protocol.errorBody(params.code ?? 100500, params.msg), 'application/json');
    case 'malformed-json': return playMalformed(play);
    default: return playDistorted(play, { kind: fault.kind, params });
  }
}

const run = ({ deps, request }: Play): WireAnswer => execute(deps, request, undefined);

async function playLatency(play: Play, ms: number): Promise<void> {
  if (play.fault.params?.before) await sleep(ms);
  const answer = run(play);
  play.record(answer, true, true, answer.status);
  if (!play.fault.params?.before) await sleep(ms);
  send(play.response, answer.status, answer.body);
}

async function hold(response: ServerResponse, ms = DEFAULT_HOLD_MS): Promise<void> {
  await sleep(ms, undefined, { ref: false });
  cut(response);
}

function cut(response: ServerResponse): void {
  response.socket?.destroy();
}

/** Promises the whole body and sends half of it. */
function cutMidBody(play: Play): void {
  const answer = run(play);
  play.record(answer, true, false, answer.status);
  const body = Buffer.from(answer.body);
  play.response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': body.length });
  play.response.write(body.subarray(0, Math.floor(body.length / 2)), () => setTimeout(() => cut(play.response), 20));
}

/** Answers something else; the request is executed only if the plan says so. */
function instead(play: Play, status: number, body: string, contentType: string): void {
  const executed = play.fault.params?.execute === true;
  const answer = executed ? run(play) : undefined;
  play.record(answer, executed, true, status);
  send(play.response, status, body, contentType);
}

function playStatus(play: Play, status: number): void {
  const limited = status === 429 || status === 418;
  const body = limited ? play.deps.protocol.errorBody(100410, 'Request rate limit exceeded') : HTML;
  instead(play, status, body, limited ? 'application/json' : 'text/html');
}

function playMalformed(play: Play): void {
  const answer = run(play);
  play.record(answer, true, true, answer.status);
  send(play.response, answer.status, answer.body.slice(0, Math.max(1, answer.body.length - 2)));
}

function playDistorted(play: Play, distortion: Distortion): void {
  const answer = execute(play.deps, play.request, distortion);
  play.record(answer, true, true, answer.status);
  send(play.response, answer.status, answer.body);
}

/** A failure of the venue itself is answered as one; its books are back where they were. */
function execute({ protocol }: GatewayDeps, request: WireRequest, distortion: Distortion | undefined): WireAnswer {
  try {
    return protocol.handle(request, distortion);
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${JSON.stringify({ level: 'error', event: 'request failed', path: request.path, detail })}\n`);
    return { status: 200, body: protocol.errorBody(109500, 'Internal server error'), code: 109500, orderId: null };
  }
}

function send(response: ServerResponse, status: number, body: string, contentType = 'application/json'): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
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
    method: incoming.method ?? 'GET', path, query, body: Buffer.concat(chunks).toString('utf8'),
    contentType: incoming.headers['content-type'] ?? '', headers: incoming.headers, remote: incoming.socket.remoteAddress ?? '',
  };
}

function recordOf(
  deps: GatewayDeps, request: WireRequest, facts: { account: string | null; params: Readonly<Record<string, string>> },
  fault: FaultPlan | undefined, answer: WireAnswer | undefined, executed: boolean, answered: boolean, httpStatus: number | null,
): Omit<RequestRecord, 'seq'> {
  return {
    atMs: deps.now(), account: facts.account, method: request.method, path: request.path, params: facts.params, httpStatus,
    code: answer?.code ?? null, executed, answered, fault: fault?.kind ?? null, orderId: answer?.orderId ?? facts.params['orderId'] ?? null,
  };
}
