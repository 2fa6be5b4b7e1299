/** The price socket of BingX: contract and mark prices in real time, the ticker where they are not offered. */
import { createPriceStreamer, type PriceFrame } from '../streams/price-stream.ts';
import type { BingxApi } from './api.ts';
import { HEARTBEAT_MS, PONG, readFrame, subscription } from './frames.ts';
import type { Markets } from '../market-list.ts';
import type { PriceReader } from '../price-reader.ts';
import { readPricePush, TOPICS, type PriceTopic } from './price-frames.ts';

/** BingX takes this many topics on one connection. */
const MAX_TOPICS = 200;
/** Contract and mark price. */
const REAL_TIME_TOPICS = 2;
/** The real-time topics first; `ticker` is what is left where they are not offered. */
const TOPIC_ORDER: readonly PriceTopic[] = ['last', 'mark', 'ticker'];

export function createBingxPriceStreamer(api: BingxApi, markets: Markets, prices: PriceReader) {
  let nextId = 1;
  const texts = (how: 'sub' | 'unsub') => (topics: readonly string[]) =>
    topics.map((topic) => subscription(String(nextId++), how, topic));
  return createPriceStreamer({
    protocol: {
      url: async () => api.sockets,
      topics: (marketIds, plain) =>
        (plain ? ['ticker' as const] : TOPIC_ORDER).flatMap((topic) =>
          marketIds.map((id) => id + TOPICS[topic]),
        ),
      maxTopics: MAX_TOPICS,
      maxMarkets: MAX_TOPICS / REAL_TIME_TOPICS,
      subscribe: texts('sub'),
      unsubscribe: texts('unsub'),
      read: readPrices,
      heartbeatMs: HEARTBEAT_MS,
    },
    markets,
    prices,
    clock: api.clock,
    connectMs: api.timeouts.connectMs,
    log: api.log,
    redact: api.redact,
  });
}

function readPrices(bytes: Buffer): PriceFrame {
  const frame = readFrame(bytes);
  if (frame.kind === 'ping') return { kind: 'heartbeat', reply: PONG };
  const push = frame.kind === 'message' ? readPricePush(frame.body) : undefined;
  return { kind: 'prices', pushes: push ? [push] : [] };
}
