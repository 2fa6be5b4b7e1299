/** Plays a planned fault on one request: what is executed, what is answered, what the log says. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultPlan } from './control/types.ts';
import type { Distortion, Protocol, WireAnswer } from './wire.ts';

const DEFAULT_HOLD_MS = 30_000;
const HTML =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Please wait</body></html>';

export type Play = {
  readonly errors: Protocol['errors'];
  /** Executes the request and gives its true answer. */
  readonly run: (distortion?: Distortion) => Promise<WireAnswer>;
  readonly response: ServerResponse;
  readonly fault: FaultPlan;
  readonly record: (
    answer: WireAnswer | undefined,
    executed: boolean,
    answered: boolean,
    status: number | null,
  ) => void;
};

export async function playFault(play: Play): Promise<void> {
  const { fault, response, record } = play;
  const params = fault.params ?? {};
  switch (fault.kind) {
    case 'latency':
      return playLatency(play, params.ms ?? 1_000);
    case 'timeout-before':
      record(undefined, false, false, null);
      return hold(response, params.ms);
    case 'timeout-after':
      record(await play.run(), true, false, null);
      return hold(response, params.ms);
    case 'cut-before':
      record(undefined, false, false, null);
      return cut(response);
    case 'cut-after':
      record(await play.run(), true, false, null);
      return cut(response);
    case 'cut-mid-body':
      return cutMidBody(play);
    case 'html-200':
      return instead(play, { status: 200, body: HTML }, 'text/html');
    case 'status':
      return playStatus(play, params.status ?? 503);
    case 'code':
      return playCode(play);
    case 'malformed-json':
      return playMalformed(play);
    default:
      return playDistorted(play, { kind: fault.kind, params });
  }
}

async function playLatency(play: Play, ms: number): Promise<void> {
  if (play.fault.params?.before) await sleep(ms);
  const answer = await play.run();
  play.record(answer, true, true, answer.status);
  if (!play.fault.params?.before) await sleep(ms);
  send(play.response, answer);
}

async function hold(response: ServerResponse, ms = DEFAULT_HOLD_MS): Promise<void> {
  await sleep(ms, undefined, { ref: false });
  cut(response);
}

function cut(response: ServerResponse): void {
  response.socket?.destroy();
}

/** Promises the whole body and sends half of it. */
async function cutMidBody(play: Play): Promise<void> {
  const answer = await play.run();
  play.record(answer, true, false, answer.status);
  const body = Buffer.from(answer.body);
  play.response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': body.length,
  });
  play.response.write(body.subarray(0, Math.floor(body.length / 2)), () =>
    setTimeout(() => cut(play.response), 20),
  );
}

/** Answers something else; the request is executed only if the plan says so. */
async function instead(play: Play, answer: Sent, contentType = 'application/json'): Promise<void> {
  const executed = play.fault.params?.execute === true;
  const truth = executed ? await play.run() : undefined;
  play.record(truth, executed, true, answer.status);
  send(play.response, answer, contentType);
}

async function playCode(play: Play): Promise<void> {
  const { code, msg } = play.fault.params ?? {};
  await instead(play, code === undefined ? play.errors.internal() : play.errors.coded(code, msg));
}

async function playStatus(play: Play, status: number): Promise<void> {
  if (status !== 429 && status !== 418) return instead(play, { status, body: HTML }, 'text/html');
  await instead(play, play.errors.limited(status));
}

async function playMalformed(play: Play): Promise<void> {
  const answer = await play.run();
  play.record(answer, true, true, answer.status);
  send(play.response, { ...answer, body: answer.body.slice(0, Math.max(1, answer.body.length - 2)) });
}

async function playDistorted(play: Play, distortion: Distortion): Promise<void> {
  const answer = await play.run(distortion);
  play.record(answer, true, true, answer.status);
  send(play.response, answer);
}

type Sent = Pick<WireAnswer, 'status' | 'body' | 'headers'>;

/** Answers with a whole body. */
export function send(response: ServerResponse, answer: Sent, contentType = 'application/json'): void {
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-type': contentType,
    'content-length': Buffer.byteLength(answer.body),
  });
  response.end(answer.body);
}
