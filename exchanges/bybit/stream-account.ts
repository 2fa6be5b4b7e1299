/**
 * The private stream, as hints only: nothing missed in a gap is replayed, so each hint says no more than
 * "look", and each gap ends with `reconnected`, told when the topics are subscribed again.
 */
import { createHmac } from 'node:crypto';
import type { AccountHint, Exchange, StreamState } from '../exchange.ts';
import type { ExchangeConnection } from '../connection.ts';
import type { Markets } from '../market-list.ts';
import { keepSocket } from '../streams/socket.ts';
import type { BybitApi } from './api.ts';
import { operation, PING, readFrame, type Frame } from './frames.ts';

type Options = Parameters<Exchange['streamAccount']>[0];
type AccountStream = ReturnType<Exchange['streamAccount']>;
type Keys = Pick<ExchangeConnection, 'apiKey' | 'secret'>;

const TOPICS = ['position', 'order', 'execution', 'wallet'] as const;
/** The signature of an authentication is good for this long. */
const AUTH_VALID_MS = 10_000;

export function createAccountStreamer(api: BybitApi, markets: Markets, keys: Keys) {
  return ({ onHint, reconnectDelayMs, silenceMs }: Options): AccountStream => {
    let subscribed = false;
    let subscriptions = 0;
    let overdue: NodeJS.Timeout | undefined;

    const onAnswer = ({ op, success, text }: Extract<Frame, { kind: 'answer' }>): void => {
      if (op !== 'auth' && op !== 'subscribe') return;
      if (!success) return socket.replace(`${op} was refused: ${text}`);
      if (op === 'auth') return socket.send(operation('subscribe', TOPICS));
      clearTimeout(overdue);
      subscribed = true;
      subscriptions += 1;
      if (subscriptions > 1) onHint({ kind: 'reconnected', atMs: Date.now() });
    };
    const socket = keepSocket(
      {
        url: async () => {
          await markets.ready().catch(() => undefined);
          return api.sockets.account;
        },
        onOpen: () => {
          socket.send(authentication(keys, api.clock.serverNowMs() + AUTH_VALID_MS));
          // A server that takes the key and then says nothing would leave us deaf.
          overdue = setTimeout(() => socket.replace('not subscribed in time'), api.timeouts.connectMs);
        },
        onFrame: (bytes) => {
          const frame = readFrame(bytes);
          if (frame.kind === 'answer') onAnswer(frame);
          if (frame.kind === 'push') for (const hint of hintsOf(frame, markets)) onHint(hint);
          return frame.kind === 'pong' ? 'heartbeat' : 'data';
        },
        onState: (state) => {
          if (state !== 'down') return;
          clearTimeout(overdue);
          subscribed = false;
        },
        ping: () => PING,
      },
      {
        name: 'account',
        timings: { connectMs: api.timeouts.connectMs, reconnectDelayMs, silenceMs, heartbeatMs: 0 },
        log: api.log,
        redact: api.redact,
      },
    );
    return {
      state: () => stateOf(socket.state(), subscribed),
      stop: async () => {
        clearTimeout(overdue);
        await socket.stop();
      },
    };
  };
}

/** Connected, but not subscribed yet: nothing would be heard. */
const stateOf = (socket: StreamState, subscribed: boolean): StreamState =>
  socket === 'live' && !subscribed ? 'connecting' : socket;

function authentication({ apiKey, secret }: Keys, expiresMs: number): string {
  const signature = createHmac('sha256', secret).update(`GET/realtime${expiresMs}`).digest('hex');
  return operation('auth', [apiKey, expiresMs, signature]);
}

const KINDS: Record<string, AccountHint['kind']> = {
  order: 'order',
  execution: 'order',
  position: 'position',
  wallet: 'balance',
};

/** What a push may mean; the symbols are where to look first. */
function hintsOf(
  { topic, data }: Extract<Frame, { kind: 'push' }>,
  markets: Pick<Markets, 'symbolOf'>,
): AccountHint[] {
  const kind = KINDS[topic.split('.')[0] ?? ''];
  if (!kind) return [];
  const atMs = Date.now();
  if (kind === 'balance') return [{ kind, atMs }];
  const ids = (Array.isArray(data) ? data : []).flatMap((row: unknown) => marketIdIn(row) ?? []);
  return [...new Set(ids)].map((id) => ({ kind, atMs, symbol: markets.symbolOf(id) }));
}

const marketIdIn = (row: unknown): string | undefined =>
  typeof row === 'object' &&
  row !== null &&
  'symbol' in row &&
  typeof row.symbol === 'string' &&
  row.symbol !== ''
    ? row.symbol
    : undefined;
