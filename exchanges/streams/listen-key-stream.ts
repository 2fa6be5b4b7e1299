/**
 * A private stream that is opened by a listen key, as hints only: exchanges do not always push a triggered
 * stop, and nothing missed in a gap is replayed, so each hint says no more than "look", and each gap ends
 * with `reconnected`.
 */
import type { ExchangeApi } from '../ccxt/api.ts';
import type { AccountHint, Exchange } from '../exchange.ts';
import type { Markets } from '../market-list.ts';
import { keepSocket } from './socket.ts';

type Options = Parameters<Exchange['streamAccount']>[0];
type AccountStream = ReturnType<Exchange['streamAccount']>;

/** One frame of the stream: the server's own sign of life, with the answer it wants; a push; or neither. */
export type AccountFrame =
  | { kind: 'ping'; reply?: string }
  | { kind: 'message'; body: object }
  | { kind: 'noise' };

export type ListenKeyProtocol = {
  createKey: () => Promise<string>;
  /** Says what went wrong, where it did. */
  extendKey: (listenKey: string) => Promise<string | undefined>;
  url: (listenKey: string) => string;
  read: (frame: Buffer) => AccountFrame;
  /** How often the server sends a heartbeat of its own; 0 where it only answers ours. */
  heartbeatMs: number;
};

/** Listen keys live an hour; the exchanges advise to extend them twice in it. */
const EXTEND_EVERY_MS = 25 * 60_000;

export function createListenKeyStreamer(
  protocol: ListenKeyProtocol,
  { timeouts, log, redact }: Pick<ExchangeApi<never, unknown>, 'timeouts' | 'log' | 'redact'>,
  markets: Pick<Markets, 'symbolOf'>,
) {
  return ({ onHint, reconnectDelayMs, silenceMs }: Options): AccountStream => {
    let listenKey: string | undefined;

    const onFrame = (bytes: Buffer): 'data' | 'heartbeat' => {
      const frame = protocol.read(bytes);
      if (frame.kind === 'ping') {
        if (frame.reply !== undefined) socket.send(frame.reply);
        return 'heartbeat';
      }
      if (frame.kind === 'noise') return 'data';
      if (eventOf(frame.body) === 'listenKeyExpired') socket.replace('the listen key expired');
      for (const hint of hintsOf(frame.body, markets)) onHint(hint);
      return 'data';
    };
    const socket = keepSocket(
      {
        // A new key for every connection: the old one may be what was wrong.
        url: async () => {
          listenKey = await protocol.createKey();
          return protocol.url(listenKey);
        },
        onOpen: (first) => {
          if (!first) onHint({ kind: 'reconnected', atMs: Date.now() });
        },
        onFrame,
      },
      {
        name: 'account',
        timings: {
          connectMs: timeouts.connectMs,
          reconnectDelayMs,
          silenceMs,
          heartbeatMs: protocol.heartbeatMs,
        },
        log,
        redact,
      },
    );
    const extend = async (): Promise<void> => {
      const failure = listenKey === undefined ? undefined : await protocol.extendKey(listenKey);
      if (failure !== undefined) socket.replace(failure);
    };
    const extending = setInterval(() => void extend(), EXTEND_EVERY_MS);

    return {
      state: socket.state,
      stop: async () => {
        clearInterval(extending);
        await socket.stop();
      },
    };
  };
}

const eventOf = (body: object): unknown => ('e' in body ? body.e : undefined);

const ORDER_EVENTS: readonly unknown[] = ['ORDER_TRADE_UPDATE', 'ALGO_UPDATE'];

/** What a push may mean; the symbols are where to look first. */
export function hintsOf(body: object, markets: Pick<Markets, 'symbolOf'>): AccountHint[] {
  const atMs = Date.now();
  const event = eventOf(body);
  if (ORDER_EVENTS.includes(event))
    return [{ kind: 'order', atMs, ...symbolIn('o' in body ? body.o : undefined, markets) }];
  if (event !== 'ACCOUNT_UPDATE') return [];
  const account = 'a' in body ? body.a : undefined;
  const positions =
    typeof account === 'object' && account !== null && 'P' in account && Array.isArray(account.P)
      ? account.P
      : [];
  const balance: AccountHint = { kind: 'balance', atMs };
  return [
    ...positions.map((row: unknown): AccountHint => ({ kind: 'position', atMs, ...symbolIn(row, markets) })),
    balance,
  ];
}

function symbolIn(row: unknown, markets: Pick<Markets, 'symbolOf'>): { symbol?: string } {
  const id = typeof row === 'object' && row !== null && 's' in row ? row.s : undefined;
  return typeof id === 'string' && id !== '' ? { symbol: markets.symbolOf(id) } : {};
}
