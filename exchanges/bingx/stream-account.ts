/**
 * The private stream, as hints only: BingX does not always push a triggered stop, and nothing missed
 * in a gap is replayed, so each hint says no more than "look", and each gap ends with `reconnected`.
 */
import type { AccountHint, Exchange } from '../exchange.ts';
import { keepSocket } from '../streams/socket.ts';
import { faultOf } from '../ccxt/failure.ts';
import type { BingxApi } from './api.ts';
import { HEARTBEAT_MS, PONG, readFrame } from './frames.ts';
import type { Markets } from '../market-list.ts';
import { readBody } from '../rows.ts';
import { listenKeyBody } from './wire.ts';

type Options = Parameters<Exchange['streamAccount']>[0];
type AccountStream = ReturnType<Exchange['streamAccount']>;

/** Listen keys live an hour; BingX advises to extend them twice in it. */
const EXTEND_EVERY_MS = 25 * 60_000;

export function createAccountStreamer(api: BingxApi, markets: Markets) {
  return ({ onHint, reconnectDelayMs, silenceMs }: Options): AccountStream => {
    let listenKey: string | undefined;

    const socket = keepSocket(
      {
        // A new key for every connection: the old one may be what was wrong.
        url: async () => {
          const body = await api.read('listen key', 'createListenKey', {});
          listenKey = readBody('listen key', body, listenKeyBody).listenKey;
          return `${api.sockets}?listenKey=${encodeURIComponent(listenKey)}`;
        },
        onOpen: (first) => {
          if (!first) onHint({ kind: 'reconnected', atMs: Date.now() });
        },
        onFrame: (bytes) => {
          const frame = readFrame(bytes);
          if (frame.kind === 'ping') socket.send(PONG);
          if (frame.kind !== 'message') return frame.kind === 'ping' ? 'heartbeat' : 'data';
          if (eventOf(frame.body) === 'listenKeyExpired') socket.replace('the listen key expired');
          for (const hint of hintsOf(frame.body, markets)) onHint(hint);
          return 'data';
        },
      },
      {
        name: 'account',
        timings: {
          connectMs: api.timeouts.connectMs,
          reconnectDelayMs,
          silenceMs,
          heartbeatMs: HEARTBEAT_MS,
        },
        log: api.log,
        redact: api.redact,
      },
    );
    const extend = setInterval(
      () => void extendKey(api, listenKey, (reason) => socket.replace(reason)),
      EXTEND_EVERY_MS,
    );

    return {
      state: socket.state,
      stop: async () => {
        clearInterval(extend);
        await socket.stop();
      },
    };
  };
}

async function extendKey(
  api: BingxApi,
  listenKey: string | undefined,
  onFailure: (reason: string) => void,
): Promise<void> {
  if (listenKey === undefined) return;
  const reply = await api.call('extendListenKey', { listenKey });
  if (!reply.ok) onFailure(faultOf('listen key', reply.failure).message);
}

const eventOf = (body: object): unknown => ('e' in body ? body.e : undefined);

/** What a push may mean; the symbols are where to look first. */
export function hintsOf(body: object, markets: Pick<Markets, 'symbolOf'>): AccountHint[] {
  const atMs = Date.now();
  const event = eventOf(body);
  if (event === 'ORDER_TRADE_UPDATE') {
    const symbol = symbolIn('o' in body ? body.o : undefined, markets);
    return [{ kind: 'order', atMs, ...symbol }];
  }
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
  const named =
    typeof row === 'object' && row !== null && 's' in row && typeof row.s === 'string' && row.s !== '';
  return named ? { symbol: markets.symbolOf(String((row as { s: string }).s)) } : {};
}
