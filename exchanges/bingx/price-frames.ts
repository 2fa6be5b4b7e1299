/** Price pushes of BingX, as documented for `@lastPrice`, `@markPrice` and `@ticker`. */
import { isPositive, parseDecimal } from '../../domain/decimal.ts';
import { sentAt } from '../streams/price-protocol.ts';
import type { PricePush } from '../streams/price-stream.ts';

/** `last` is real time, `ticker` carries the last price once a second. */
export type PriceTopic = 'last' | 'mark' | 'ticker';

export const TOPICS: Record<PriceTopic, string> = {
  last: '@lastPrice',
  mark: '@markPrice',
  ticker: '@ticker',
};

/** The price in a push; `undefined` for acknowledgements and whatever else comes. */
export function readPricePush(body: object): PricePush | undefined {
  if (!('dataType' in body) || typeof body.dataType !== 'string') return undefined;
  const [marketId, name] = body.dataType.split('@');
  const topic = topicOf(name);
  const data = 'data' in body ? body.data : undefined;
  if (!marketId || !topic || typeof data !== 'object' || data === null) return undefined;
  const price = parseDecimal(topic === 'mark' ? fieldOf(data, 'p') : fieldOf(data, 'c'));
  if (price === undefined || !isPositive(price)) return undefined;
  const sent = sentAt(fieldOf(data, 'E'));
  if (topic === 'mark') return { marketId, mark: price, ...sent };
  return { marketId, last: price, lagging: topic === 'ticker', ...sent };
}

function topicOf(name: string | undefined): PriceTopic | undefined {
  if (name === 'lastPrice') return 'last';
  if (name === 'markPrice') return 'mark';
  return name === 'ticker' ? 'ticker' : undefined;
}

const fieldOf = (data: object, name: 'p' | 'c' | 'E'): unknown =>
  name in data ? (data as Record<string, unknown>)[name] : undefined;
