/** The price socket of Binance: trades and mark prices in real time, the small ticker besides. */
import type { PriceReader } from '../price-reader.ts';
import { createPriceStreamer } from '../streams/price-stream.ts';
import type { BinanceApi } from './api.ts';
import { readFrame, readPricePush, topicOf, type PriceTopic } from './frames.ts';
import type { BinanceMarkets } from './markets.ts';

/** Binance takes 1,024 topics on one connection. */
const MAX_TOPICS = 1_000;
/** Trades and the mark price. */
const REAL_TIME_TOPICS = 2;
/** It takes ten messages a second from us, so one names many topics. */
const TOPICS_PER_MESSAGE = 100;
const TOPIC_ORDER: readonly PriceTopic[] = ['last', 'mark', 'ticker'];

export function createBinancePriceStreamer(api: BinanceApi, markets: BinanceMarkets, prices: PriceReader) {
  let nextId = 1;
  const texts = (method: 'SUBSCRIBE' | 'UNSUBSCRIBE') => (topics: readonly string[]) =>
    chunks(topics).map((params) => JSON.stringify({ method, params, id: nextId++ }));
  return createPriceStreamer({
    protocol: {
      url: async () => api.sockets.market,
      topics: (marketIds, plain) =>
        (plain ? ['ticker' as const] : TOPIC_ORDER).flatMap((topic) =>
          marketIds.map((id) => topicOf(topic, id)),
        ),
      maxTopics: MAX_TOPICS,
      maxMarkets: MAX_TOPICS / REAL_TIME_TOPICS,
      subscribe: texts('SUBSCRIBE'),
      unsubscribe: texts('UNSUBSCRIBE'),
      read: (bytes) => {
        const body = readFrame(bytes);
        const push = body && readPricePush(body);
        return { kind: 'prices', pushes: push ? [push] : [] };
      },
      heartbeatMs: 0,
    },
    markets,
    prices,
    clock: api.clock,
    connectMs: api.timeouts.connectMs,
    log: api.log,
    redact: api.redact,
  });
}

const chunks = (topics: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(topics.length / TOPICS_PER_MESSAGE) }, (_none, index) =>
    topics.slice(index * TOPICS_PER_MESSAGE, (index + 1) * TOPICS_PER_MESSAGE),
  );
