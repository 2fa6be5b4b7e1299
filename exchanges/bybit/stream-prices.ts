/** The price socket of Bybit: one topic a market tells contract and mark price, as a whole first and then by what changed. */
import { isPositive, parseDecimal, type Decimal } from '../../domain/decimal.ts';
import type { Markets } from '../market-list.ts';
import type { PriceReader } from '../price-reader.ts';
import { sentAt } from '../streams/price-protocol.ts';
import { createPriceStreamer, type PriceFrame } from '../streams/price-stream.ts';
import type { BybitApi } from './api.ts';
import { operation, PING, readFrame } from './frames.ts';

const TICKERS = 'tickers.';
/** Bybit sets no limit on topics of perpetuals; a market is one topic. */
const MAX_TOPICS = 500;
/** Topics in one request: far below the 21,000 characters that a request may have. */
const TOPICS_PER_REQUEST = 100;

export const createBybitPriceStreamer = (api: BybitApi, markets: Markets, prices: PriceReader) =>
  createPriceStreamer({
    protocol: {
      url: async () => api.sockets.prices,
      topics: (marketIds) => marketIds.map((id) => TICKERS + id),
      maxTopics: MAX_TOPICS,
      maxMarkets: MAX_TOPICS,
      subscribe: (topics) => inParts(topics).map((part) => operation('subscribe', part)),
      unsubscribe: (topics) => inParts(topics).map((part) => operation('unsubscribe', part)),
      read: readPrices,
      heartbeatMs: 0,
      ping: () => PING,
    },
    markets,
    prices,
    clock: api.clock,
    connectMs: api.timeouts.connectMs,
    log: api.log,
    redact: api.redact,
  });

function inParts(topics: readonly string[]): string[][] {
  const count = Math.ceil(topics.length / TOPICS_PER_REQUEST);
  return Array.from({ length: count }, (_, part) =>
    topics.slice(part * TOPICS_PER_REQUEST, (part + 1) * TOPICS_PER_REQUEST),
  );
}

/** A push that leaves a price out says that it has not changed. */
export function readPrices(bytes: Buffer): PriceFrame {
  const frame = readFrame(bytes);
  if (frame.kind === 'pong') return { kind: 'heartbeat' };
  if (frame.kind !== 'push' || !frame.topic.startsWith(TICKERS)) return { kind: 'prices', pushes: [] };
  if (typeof frame.data !== 'object' || frame.data === null) return { kind: 'prices', pushes: [] };
  const { lastPrice, markPrice } = frame.data as Record<string, unknown>; // figures are checked below
  const [last, mark] = [priceIn(lastPrice), priceIn(markPrice)];
  const push = {
    marketId: frame.topic.slice(TICKERS.length),
    unchanged: true,
    ...sentAt(frame.sentAtMs),
    ...(last === undefined ? {} : { last }),
    ...(mark === undefined ? {} : { mark }),
  };
  return { kind: 'prices', pushes: [push] };
}

function priceIn(value: unknown): Decimal | undefined {
  const price = parseDecimal(value);
  return price !== undefined && isPositive(price) ? price : undefined;
}
