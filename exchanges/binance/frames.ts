/** Binance's socket frames: JSON text, bare or, on combined streams, inside an envelope. */
import { isPositive, parseDecimal } from '../../domain/decimal.ts';
import { parseExactJson } from '../ccxt/exact-json.ts';
import { sentAt } from '../streams/price-protocol.ts';
import type { PricePush } from '../streams/price-stream.ts';

/** The event in a frame; `undefined` for what is none and hurts nobody. */
export function readFrame(frame: Buffer): object | undefined {
  const body = parseExactJson(frame.toString('utf8'));
  if (typeof body !== 'object' || body === null) return undefined;
  const inner = 'stream' in body && 'data' in body ? body.data : body;
  return typeof inner === 'object' && inner !== null ? inner : undefined;
}

/** `last` is every trade, `ticker` a summary twice a second. */
export type PriceTopic = 'last' | 'mark' | 'ticker';

const TOPICS: Record<PriceTopic, string> = {
  last: '@aggTrade',
  mark: '@markPrice@1s',
  ticker: '@miniTicker',
};

export const topicOf = (topic: PriceTopic, marketId: string): string =>
  marketId.toLowerCase() + TOPICS[topic];

/** The price in a push; `undefined` for acknowledgements and whatever else comes. */
export function readPricePush(body: object): PricePush | undefined {
  // Fields of a push are one letter each; which ones there are depends on the event.
  const { e: event, s: marketId, p, c, E: atMs } = body as Record<string, unknown>;
  if (typeof marketId !== 'string') return undefined;
  if (event === 'aggTrade') return pricePush(p, (last) => ({ marketId, last, ...sentAt(atMs) }));
  if (event === 'markPriceUpdate') return pricePush(p, (mark) => ({ marketId, mark, ...sentAt(atMs) }));
  if (event === '24hrMiniTicker')
    return pricePush(c, (last) => ({ marketId, last, lagging: true, ...sentAt(atMs) }));
  return undefined;
}

function pricePush(value: unknown, push: (price: string) => PricePush): PricePush | undefined {
  const price = parseDecimal(value);
  return price !== undefined && isPositive(price) ? push(price) : undefined;
}
