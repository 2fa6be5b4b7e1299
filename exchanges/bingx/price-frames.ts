/** Price pushes of BingX, as documented for `@lastPrice`, `@markPrice` and `@ticker`. */
import { isPositive, parseDecimal, type Decimal } from '../../domain/decimal.ts';

/** `last` is real time, `ticker` carries the last price once a second. */
export type PriceTopic = 'last' | 'mark' | 'ticker';

export const TOPICS: Record<PriceTopic, string> = {
  last: '@lastPrice',
  mark: '@markPrice',
  ticker: '@ticker',
};

export type PricePush = { topic: PriceTopic; marketId: string; price: Decimal };

/** The price in a push; `undefined` for acknowledgements and whatever else comes. */
export function readPricePush(body: object): PricePush | undefined {
  if (!('dataType' in body) || typeof body.dataType !== 'string') return undefined;
  const [marketId, name] = body.dataType.split('@');
  const topic = topicOf(name);
  const data = 'data' in body ? body.data : undefined;
  if (!marketId || !topic || typeof data !== 'object' || data === null) return undefined;
  const price = parseDecimal(topic === 'mark' ? fieldOf(data, 'p') : fieldOf(data, 'c'));
  return price !== undefined && isPositive(price) ? { topic, marketId, price } : undefined;
}

function topicOf(name: string | undefined): PriceTopic | undefined {
  if (name === 'lastPrice') return 'last';
  if (name === 'markPrice') return 'mark';
  return name === 'ticker' ? 'ticker' : undefined;
}

const fieldOf = (data: object, name: 'p' | 'c'): unknown =>
  name in data ? (data as Record<string, unknown>)[name] : undefined;
