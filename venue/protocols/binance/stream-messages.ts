/** What the public streams push, and when. */
import { nextFundingAfter } from '../../book/funding.ts';
import type { Market } from '../../book/model.ts';
import { toFixed } from '../../figures.ts';
import { INTERVALS_MS, quoteOf } from '../../quotes.ts';
import type { PublicTrade, Tape } from '../../tape.ts';
import { depthUpdate } from './depth.ts';
import type { BookSequence } from './depth.ts';
import { symbolOf } from './format.ts';
import { aggregateTrade, dayFigures, turnoverOf } from './market-shapes.ts';
import type { Stream } from './streams.ts';

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
    case 'continuousKline':
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
  const symbol = symbolOf(moment.market.symbol);
  const candle = candleOf(stream, moment);
  if (!candle) return undefined;
  return stream.kind === 'kline'
    ? { ...head('kline', moment), k: { ...candle, s: symbol } }
    : { e: 'continuous_kline', E: moment.nowMs, ps: symbol, ct: 'PERPETUAL', k: candle };
}

function candleOf(stream: Stream, { market, tape }: Moment): object | undefined {
  const intervalMs = INTERVALS_MS[stream.detail] ?? 60_000;
  const candle = tape.candles(market.symbol, intervalMs).at(-1);
  if (!candle) return undefined;
  const turnover = turnoverOf(candle);
  const trades = tape.trades(market.symbol);
  return {
    t: candle.openAtMs,
    T: candle.openAtMs + intervalMs - 1,
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
  };
}
