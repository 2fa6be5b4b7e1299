/** The public topics: what one is, and what it pushes after a price step. Snapshots first, then what changed. */
import { mul, compare } from '../../../domain/decimal.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { Books } from '../../book/books.ts';
import type { Market } from '../../book/model.ts';
import { levelsOf } from '../../quotes.ts';
import type { PublicTrade, Tape } from '../../tape.ts';
import { findMarket } from './call.ts';
import { symbolOf } from './format.ts';
import { INTERVALS, tickerFigures, tradeId, tradeSide } from './market-shapes.ts';

const DEPTHS = ['1', '50', '200', '500', '1000'];

/** A subscription with what its client was told last, from which changes are told. */
export type Topic = {
  readonly name: string;
  readonly symbol: string;
  readonly kind: 'tickers' | 'publicTrade' | 'orderbook' | 'kline';
  /** The depth or the interval. */
  readonly detail: string;
  told: Readonly<Record<string, unknown>> | undefined;
};

/** `undefined`: no such topic or market. */
export function parseTopic(books: Books, name: string): Topic | undefined {
  const parts = name.split('.');
  const market = findMarket(books, parts.at(-1));
  if (!market) return undefined;
  const [kind, detail = ''] = parts;
  const topic = { name, symbol: market.symbol, told: undefined };
  if ((kind === 'tickers' || kind === 'publicTrade') && parts.length === 2)
    return { ...topic, kind, detail: '' };
  if (parts.length !== 3) return undefined;
  if (kind === 'orderbook' && DEPTHS.includes(detail)) return { ...topic, kind, detail };
  return kind === 'kline' && INTERVALS[detail] !== undefined ? { ...topic, kind, detail } : undefined;
}

export type Step = {
  readonly books: Books;
  readonly tape: Tape;
  readonly market: Market;
  readonly trade: PublicTrade | undefined;
  readonly nowMs: number;
};

/** The next message of a topic; `undefined`: nothing changed. */
export function topicPush(topic: Topic, step: Step): object | undefined {
  switch (topic.kind) {
    case 'tickers':
      return tickerPush(topic, step);
    case 'publicTrade':
      return step.trade && tradePush(topic, step.market, step.trade, step.nowMs);
    case 'orderbook':
      return bookPush(topic, step);
    case 'kline':
      return klinePush(topic, step);
    default:
      return topic.kind satisfies never;
  }
}

function tickerPush(topic: Topic, { books, tape, market, trade, nowMs }: Step): object | undefined {
  const figures: Readonly<Record<string, unknown>> = {
    ...tickerFigures(books, tape, market, nowMs),
    tickDirection: trade?.buyerMaker ? 'MinusTick' : 'PlusTick',
  };
  const { told } = topic;
  topic.told = figures;
  const envelope = { topic: topic.name, cs: nowMs, ts: nowMs };
  if (!told) return { ...envelope, type: 'snapshot', data: figures };
  const changed = Object.entries(figures).filter(([key, value]) => told[key] !== value);
  if (changed.length === 0) return undefined;
  const data = { symbol: symbolOf(market.symbol), ...Object.fromEntries(changed) };
  return { ...envelope, type: 'delta', data };
}

function tradePush(topic: Topic, market: Market, trade: PublicTrade, nowMs: number): object {
  const row = {
    T: trade.atMs,
    s: symbolOf(market.symbol),
    S: tradeSide(trade),
    v: trade.quantity,
    p: trade.price,
    L: trade.buyerMaker ? 'MinusTick' : 'PlusTick',
    i: tradeId(trade),
    BT: false,
    RPI: false,
    seq: trade.id,
  };
  return { topic: topic.name, type: 'snapshot', ts: nowMs, data: [row] };
}

type Side = Readonly<Record<string, Decimal>>;

/** Level 1 is always whole; deeper ones tell levels that changed, with size 0 where one is gone. */
function bookPush(topic: Topic, { market, nowMs }: Step): object | undefined {
  const { bids, asks } = levelsOf(market, Number(topic.detail));
  const now = { b: Object.fromEntries(bids), a: Object.fromEntries(asks) };
  const told = topic.told as { readonly b: Side; readonly a: Side } | undefined;
  topic.told = now;
  const envelope = (type: string, b: unknown, a: unknown) => ({
    topic: topic.name,
    type,
    ts: nowMs,
    data: { s: symbolOf(market.symbol), b, a, u: nowMs, seq: nowMs },
    cts: nowMs,
  });
  if (!told || topic.detail === '1') return envelope('snapshot', bids, asks);
  const b = changedLevels(told.b, now.b).toSorted((x, y) => compare(y[0], x[0]));
  const a = changedLevels(told.a, now.a).toSorted((x, y) => compare(x[0], y[0]));
  return b.length + a.length === 0 ? undefined : envelope('delta', b, a);
}

function changedLevels(told: Side, now: Side): [Decimal, Decimal][] {
  const gone = Object.keys(told).filter((price) => !(price in now));
  const fresh = Object.entries(now).filter(([price, size]) => told[price] !== size);
  return [...gone.map((price): [Decimal, Decimal] => [price, '0']), ...fresh];
}

function klinePush(topic: Topic, { tape, nowMs }: Step): object | undefined {
  const intervalMs = INTERVALS[topic.detail] ?? 60_000;
  const candle = tape.candles(topic.symbol, intervalMs).at(-1);
  if (!candle) return undefined;
  const { open, high, low, close, volume, openAtMs } = candle;
  const row = {
    start: openAtMs,
    end: openAtMs + intervalMs - 1,
    interval: topic.detail,
    open,
    close,
    high,
    low,
    volume,
    turnover: mul(volume, close),
    confirm: false,
    timestamp: nowMs,
  };
  return { topic: topic.name, data: [row], ts: nowMs, type: 'snapshot' };
}
