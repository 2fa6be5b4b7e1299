/** The public streams: what a name like `btcusdt@kline_1m` means. */
import type { Books } from '../../book/books.ts';
import { INTERVALS_MS } from '../../quotes.ts';
import { marketBySymbol } from './format.ts';

export type Stream = {
  readonly name: string;
  /** `null`: of all markets. */
  readonly market: string | null;
  readonly kind: Kind;
  /** Interval or number of levels. */
  readonly detail: string;
};

type Kind =
  | 'aggTrade'
  | 'trade'
  | 'miniTicker'
  | 'ticker'
  | 'bookTicker'
  | 'markPrice'
  | 'kline'
  | 'continuousKline'
  | 'depth'
  | 'forceOrder';

const KINDS: readonly Kind[] = [
  'aggTrade',
  'trade',
  'miniTicker',
  'ticker',
  'bookTicker',
  'markPrice',
  'forceOrder',
];
/** `btcusdt_perpetual@continuousKline_1m` names the contract besides. */
const PERPETUAL = /_PERPETUAL$/;
const LEVELS: ReadonlySet<string> = new Set(['', '5', '10', '20']);

/** `undefined`: no such stream; it is taken all the same, and never speaks. */
export function parseStream(books: Books, name: string): Stream | undefined {
  const all = name.startsWith('!');
  const [head = '', kindText = ''] = all ? ['', name.slice(1).split('@')[0]] : name.split('@');
  const symbol = head.toUpperCase().replace(PERPETUAL, '');
  const market = all ? undefined : marketBySymbol(books, symbol);
  if (!all && !market) return undefined;
  const parsed = parseKind(kindText);
  return parsed && { name, market: market?.symbol ?? null, ...parsed };
}

function parseKind(text: string): Pick<Stream, 'kind' | 'detail'> | undefined {
  const plain = KINDS.find((kind) => kind === text);
  if (plain) return { kind: plain, detail: '' };
  const [, candles, interval = ''] = /^(kline|continuousKline)_(.+)$/.exec(text) ?? [];
  if (candles === 'kline' || candles === 'continuousKline')
    return INTERVALS_MS[interval] === undefined ? undefined : { kind: candles, detail: interval };
  const levels = /^depth(\d*)$/.exec(text)?.[1];
  return levels !== undefined && LEVELS.has(levels) ? { kind: 'depth', detail: levels } : undefined;
}

/** Streams of all markets send a list, but for the book tickers. */
export const asSent = (stream: Stream, message: object): object =>
  stream.market === null && stream.kind !== 'bookTicker' ? [message] : message;
