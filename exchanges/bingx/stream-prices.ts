/**
 * Prices of many symbols over one socket, from frame to callback without a queue. A symbol that the
 * socket says nothing about for `silenceMs` is bridged by REST, so a deaf socket costs seconds, not stops.
 */
import type { Symbol } from '../../domain/terms.ts';
import type { Exchange, PriceTick, StreamState } from '../exchange.ts';
import { keepSocket } from '../streams/socket.ts';
import type { BingxApi } from './api.ts';
import { HEARTBEAT_MS, readFrame, subscription } from './frames.ts';
import type { Markets } from '../market-list.ts';
import { readPricePush, TOPICS, type PricePush, type PriceTopic } from './price-frames.ts';
import type { PriceReader } from './prices.ts';

type Options = Parameters<Exchange['streamPrices']>[0];
type PriceStream = ReturnType<Exchange['streamPrices']>;

/** BingX takes this many topics on one connection; symbols beyond it are bridged. */
const MAX_TOPICS = 200;
/** The real-time topics first; `ticker` is what is left where they are not offered. */
const TOPIC_ORDER: readonly PriceTopic[] = ['last', 'mark', 'ticker'];
/** REST prices are limited to one request a second. */
const MIN_BRIDGE_MS = 1_000;

/** What is known of one subscribed symbol. */
type Watched = { marketId: string; lastAtMs: number; markAtMs: number; realTimeAtMs: number; last?: string };

export function createPriceStreamer(api: BingxApi, markets: Markets, prices: PriceReader) {
  return ({ symbols, onTick, reconnectDelayMs, silenceMs }: Options): PriceStream => {
    const watched = new Map<Symbol, Watched>();
    let connectedAtMs = 0;
    const topics = createTopics((text) => socket.send(text));

    const onPush = ({ topic, marketId, price }: PricePush): void => {
      const symbol = markets.symbolOf(marketId);
      const known = watched.get(symbol);
      const nowMs = Date.now();
      if (!known) return;
      if (topic === 'mark') {
        known.markAtMs = nowMs;
        onTick({ symbol, mark: price, atMs: nowMs });
        return;
      }
      known.lastAtMs = nowMs;
      if (topic === 'last') known.realTimeAtMs = nowMs;
      // The ticker may be a second older than the real-time price that has already been told.
      if (topic === 'ticker' && nowMs - known.realTimeAtMs < silenceMs) return;
      known.last = price;
      onTick({ symbol, last: price, atMs: nowMs });
    };
    const refresh = (): void => {
      const wanted = new Set(symbols());
      for (const symbol of watched.keys()) if (!wanted.has(symbol)) watched.delete(symbol);
      for (const symbol of wanted) {
        if (!watched.has(symbol))
          watched.set(symbol, { marketId: markets.idOf(symbol), lastAtMs: 0, markAtMs: 0, realTimeAtMs: 0 });
      }
      topics.want([...watched.values()].map(({ marketId }) => marketId));
    };

    const socket = keepSocket(
      {
        url: async () => {
          await markets.ready().catch(() => undefined);
          return api.sockets;
        },
        onOpen: () => {
          connectedAtMs = Date.now();
          // The market list may have come since: ids are looked up anew.
          watched.clear();
          topics.renewed();
          refresh();
        },
        onFrame: (bytes) => {
          const frame = readFrame(bytes);
          if (frame.kind === 'ping') socket.send('Pong');
          const push = frame.kind === 'message' ? readPricePush(frame.body) : undefined;
          if (push) {
            topics.worked();
            onPush(push);
          }
          return frame.kind === 'ping' ? 'heartbeat' : 'data';
        },
        onState: (state) => {
          if (state === 'down') bridge.look();
        },
      },
      {
        name: 'prices',
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
    const quiet = (nowMs: number): Symbol[] => {
      const dead = socket.state() !== 'live';
      return [...watched]
        .filter(([, known]) => dead || nowMs - Math.min(known.lastAtMs, known.markAtMs) > silenceMs)
        .map(([symbol]) => symbol);
    };
    const bridge = keepBridge(prices, silenceMs, {
      quiet,
      onTick: (tick) => {
        onTick(tick);
        if (isDeaf(watched.get(tick.symbol), tick, connectedAtMs, silenceMs))
          socket.replace('the price moved and the socket did not say so');
      },
    });

    refresh();
    return {
      refresh,
      state: () => stateOf(socket.state(), watched.values(), { connectedAtMs, silenceMs }),
      stop: async () => {
        bridge.stop();
        await socket.stop();
      },
    };
  };
}

/** Connected, but without a contract price for a symbol past the deadline: silent. */
function stateOf(
  socket: StreamState,
  watched: Iterable<Watched>,
  { connectedAtMs, silenceMs }: { connectedAtMs: number; silenceMs: number },
): StreamState {
  const nowMs = Date.now();
  const silent = [...watched].some(({ lastAtMs }) => nowMs - Math.max(lastAtMs, connectedAtMs) > silenceMs);
  return socket === 'live' && silent ? 'silent' : socket;
}

/** REST tells another price than the socket did, and the socket has had time enough. */
function isDeaf(
  known: Watched | undefined,
  tick: PriceTick,
  connectedAtMs: number,
  silenceMs: number,
): boolean {
  if (!known || known.last === undefined || tick.last === undefined || known.last === tick.last) return false;
  return Date.now() - Math.max(known.lastAtMs, connectedAtMs) > 2 * silenceMs;
}

/** A server that hangs up this often without a single price does not know some topic. */
const BARREN_CONNECTIONS = 2;

/** Keeps the socket's topics at what is wanted, within BingX's limit. */
function createTopics(send: (text: string) => void) {
  let subscribed = new Set<string>();
  let nextId = 1;
  let barren = -1;
  return {
    /** A new connection knows no topics. */
    renewed: () => {
      subscribed = new Set();
      barren += 1;
    },
    /** A price came: the topics are right. */
    worked: () => {
      barren = 0;
    },
    want: (marketIds: readonly string[]) => {
      const offered: readonly PriceTopic[] = barren >= BARREN_CONNECTIONS ? ['ticker'] : TOPIC_ORDER;
      const wanted = offered
        .flatMap((topic) => marketIds.map((id) => id + TOPICS[topic]))
        .slice(0, MAX_TOPICS);
      for (const topic of subscribed)
        if (!wanted.includes(topic)) send(subscription(String(nextId++), 'unsub', topic));
      for (const topic of wanted)
        if (!subscribed.has(topic)) send(subscription(String(nextId++), 'sub', topic));
      subscribed = new Set(wanted);
    },
  };
}

/** Reads the prices of quiet symbols by REST, one reading at a time. */
function keepBridge(
  prices: PriceReader,
  silenceMs: number,
  { quiet, onTick }: { quiet: (nowMs: number) => Symbol[]; onTick: (tick: PriceTick) => void },
) {
  let busy = false;
  const look = async (): Promise<void> => {
    const symbols = quiet(Date.now());
    if (busy || symbols.length === 0) return;
    busy = true;
    try {
      for (const tick of await prices.prices(symbols)) onTick(tick);
    } catch {
      // The next look asks again; the stream's state already says that it is not live.
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), Math.max(MIN_BRIDGE_MS, silenceMs / 2));
  return { look: () => void look(), stop: () => clearInterval(timer) };
}
