/** The public streams: what a name like `btcusdt@kline_1m` means and what it pushes when. */
import type { Books } from '../../book/books.ts';
import { nextFundingAfter } from '../../book/funding.ts';
import type { Market } from '../../book/model.ts';
import { toFixed } from '../../figures.ts';
import { INTERVALS_MS, quoteOf } from '../../quotes.ts';
import type { PublicTrade, Tape } from '../../tape.ts';
import { depthUpdate } from './depth.ts';
import type { BookSequence } from './depth.ts';
import { marketBySymbol, symbolOf } from './format.ts';
import { aggregateTrade, dayFigures, turnoverOf } from './market-shapes.ts';

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
const LEVELS: ReadonlySet<string> = new Set(['', '5', '10', '20']);

/** `undefined`: no such stream; it is taken all the same, and never speaks. */
export function parseStream(books: Books, name: string): Stream | undefined {
  const all = name.startsWith('!');
  const [head = '', kindText = ''] = all ? ['', name.slice(1).split('@')[0]] : name.split('@');
  const market = all ? undefined : marketBySymbol(books, head.toUpperCase());
  if (!all && !market) return undefined;
  const parsed = parseKind(kindText);
  return parsed && { name, market: market?.symbol ?? null, ...parsed };
}

function parseKind(text: string): Pick<Stream, 'kind' | 'detail'> | undefined {
  const plain = KINDS.find((kind) => kind === text);
  if (plain) return { kind: plain, detail: '' };
  if (text.startsWith('kline_')) {
    const interval = text.slice('kline_'.length);
    return INTERVALS_MS[interval] === undefined ? undefined : { kind: 'kline', detail: interval };
  }
  const levels = /^depth(\d*)$/.exec(text)?.[1];
  return levels !== undefined && LEVELS.has(levels) ? { kind: 'depth', detail: levels } : undefined;
}

/** Streams of all markets send a list, but for the book tickers. */
export const asSent = (stream: Stream, message: object): object =>
  stream.market === null && stream.kind !== 'bookTicker' ? [message] : message;

export type Moment = {
  readonly market: Market;
  /** Before the step; absent at a subscription. */
  readonly before: Market | undefined;
  readonly trade: PublicTrade | undefined;
  readonly tape: Tape;
  readonly sequence: BookSequence;
  readonly nowMs: number;
};

/** The message of a stream after a price step, or at its subscription. */
export function streamMessage(stream: Stream, moment: Moment): object | undefined {
  switch (stream.kind) {
    case 'aggTrade':
      return moment.trade && { ...head('aggTrade', moment), ...aggregateTrade(moment.trade), st: 1 };
    case 'trade':
      return moment.trade && tradeMessage(moment, moment.trade);
    case 'miniTicker':
      return miniTicker(moment);
    case 'ticker':
      return ticker(moment);
    case 'bookTicker':
      return bookTicker(moment);
    case 'markPrice':
      return markPriceMessage(moment.market, moment.nowMs);
    case 'kline':
      return kline(stream, moment);
    case 'depth': {
      const levels = stream.detail === '' ? undefined : Number(stream.detail);
      return depthUpdate(moment.market, moment.before, moment.sequence, levels, moment.nowMs);
    }
    case 'forceOrder':
      return undefined;
    default:
      return stream.kind satisfies never;
  }
}

const head = (e: string, { market, nowMs }: Moment) => ({ e, E: nowMs, s: symbolOf(market.symbol) });

const tradeMessage = (moment: Moment, trade: PublicTrade): object => ({
  ...head('trade', moment),
  T: trade.atMs,
  t: trade.id,
  p: trade.price,
  q: trade.quantity,
  X: 'MARKET',
  m: trade.buyerMaker,
  st: 1,
});

function miniTicker(moment: Moment): object {
  const { market, tape, nowMs } = moment;
  const day = dayFigures(market, tape, nowMs);
  return {
    ...head('24hrMiniTicker', moment),
    c: market.last,
    o: day.open,
    h: day.high,
    l: day.low,
    v: day.volume,
    q: day.quoteVolume,
    ps: symbolOf(market.symbol),
    st: 1,
  };
}

function ticker(moment: Moment): object {
  const { market, tape, nowMs } = moment;
  const day = dayFigures(market, tape, nowMs);
  return {
    ...miniTicker(moment),
    e: '24hrTicker',
    p: day.change,
    P: day.percent,
    w: day.average,
    Q: market.lastQuantity,
    O: day.openAtMs,
    C: nowMs,
    F: day.firstId,
    L: day.lastId,
    n: day.count,
  };
}

function bookTicker(moment: Moment): object {
  const { market, sequence, nowMs } = moment;
  const { bid, ask, quantity } = quoteOf(market);
  return {
    ...head('bookTicker', moment),
    u: sequence.lastId(market),
    T: nowMs,
    b: bid,
    B: quantity,
    a: ask,
    A: quantity,
    ps: symbolOf(market.symbol),
    st: 1,
  };
}

export const markPriceMessage = (market: Market, nowMs: number): object => ({
  e: 'markPriceUpdate',
  E: nowMs,
  s: symbolOf(market.symbol),
  p: toFixed(market.mark, 8),
  ap: toFixed(market.mark, 8),
  P: toFixed(market.index, 8),
  i: toFixed(market.index, 8),
  r: toFixed(market.fundingRate, 8),
  T: nextFundingAfter(nowMs),
  st: 1,
});

function kline(stream: Stream, moment: Moment): object | undefined {
  const { market, tape } = moment;
  const intervalMs = INTERVALS_MS[stream.detail] ?? 60_000;
  const candle = tape.candles(market.symbol, intervalMs).at(-1);
  if (!candle) return undefined;
  const turnover = turnoverOf(candle);
  const trades = tape.trades(market.symbol);
  return {
    ...head('kline', moment),
    k: {
      t: candle.openAtMs,
      T: candle.openAtMs + intervalMs - 1,
      s: symbolOf(market.symbol),
      i: stream.detail,
      f: trades[0]?.id ?? -1,
      L: trades.at(-1)?.id ?? -1,
      o: candle.open,
      c: candle.close,
      h: candle.high,
      l: candle.low,
      v: candle.volume,
      n: 1,
      x: false,
      q: turnover,
      V: candle.volume,
      Q: turnover,
      B: '0',
    },
  };
}
