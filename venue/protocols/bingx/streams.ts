/** The public streams: what a `dataType` means and what it pushes when. */
import type { Market } from '../../book/model.ts';
import type { Books } from '../../book/books.ts';
import type { PublicTrade, Tape } from '../../tape.ts';
import { INTERVALS_MS, quoteOf } from '../../quotes.ts';
import { depthRow, tickerPush } from './market-data.ts';

const STREAMS = [
  'ticker',
  'lastPrice',
  'markPrice',
  'trade',
  'bookTicker',
  'kline',
  'depth',
  'incrDepth',
] as const;
export type StreamKind = (typeof STREAMS)[number];

export type Stream = {
  readonly dataType: string;
  readonly symbol: string;
  readonly kind: StreamKind;
  readonly detail: string;
};

/** `undefined`: no such stream or market. */
export function parseStream(books: Books, dataType: string): Stream | undefined {
  const [symbol = '', name = ''] = dataType.split('@');
  if (!books.markets.has(symbol)) return undefined;
  const kind =
    STREAMS.find((one) => name === one) ??
    (name.startsWith('kline_') ? 'kline' : name.startsWith('depth') ? 'depth' : undefined);
  if (!kind) return undefined;
  const detail =
    kind === 'kline' ? name.slice('kline_'.length) : kind === 'depth' ? name.slice('depth'.length) : '';
  return kind === 'kline' && INTERVALS_MS[detail.replace('min', 'm')] === undefined
    ? undefined
    : { dataType, symbol, kind, detail };
}

/** The message of a stream after a price step. */
export function streamPush(
  stream: Stream,
  market: Market,
  tape: Tape,
  trade: PublicTrade | undefined,
  nowMs: number,
): object | undefined {
  const { dataType, symbol } = stream;
  switch (stream.kind) {
    case 'ticker':
      return { code: 0, dataType, data: tickerPush(market, tape, nowMs) };
    case 'lastPrice':
      return {
        code: 0,
        dataType,
        data: { e: 'lastPriceUpdate', E: nowMs, s: symbol, c: market.last, T: nowMs },
      };
    case 'markPrice':
      return {
        code: 0,
        dataType,
        data: { e: 'markPriceUpdate', E: nowMs, s: symbol, p: market.mark, T: nowMs },
      };
    case 'trade':
      return (
        trade && {
          code: 0,
          dataType,
          data: [{ q: trade.quantity, p: trade.price, T: trade.atMs, m: trade.buyerMaker, s: symbol }],
        }
      );
    case 'bookTicker':
      return { code: 0, dataType, data: bookTicker(market, nowMs) };
    case 'kline':
      return klinePush(stream, tape);
    case 'depth':
      return {
        code: 0,
        dataType,
        ts: nowMs,
        data: depthRow(market, Number.parseInt(stream.detail, 10) || 20, nowMs),
      };
    case 'incrDepth':
      return {
        code: 0,
        dataType,
        ts: nowMs,
        data: { action: 'all', lastUpdateId: nowMs, ...depthRow(market, 20, nowMs) },
      };
    default:
      return stream.kind satisfies never;
  }
}

function bookTicker(market: Market, nowMs: number): object {
  const { bid, ask, quantity } = quoteOf(market);
  return {
    e: 'bookTicker',
    u: nowMs,
    E: nowMs,
    T: nowMs,
    s: market.symbol,
    b: bid,
    B: quantity,
    a: ask,
    A: quantity,
  };
}

function klinePush({ dataType, symbol, detail }: Stream, tape: Tape): object | undefined {
  const intervalMs = INTERVALS_MS[detail.replace('min', 'm')] ?? 60_000;
  const candle = tape.candles(symbol, intervalMs).at(-1);
  if (!candle) return undefined;
  const { open, high, low, close, volume, openAtMs } = candle;
  return {
    code: 0,
    dataType,
    s: symbol,
    data: [{ c: close, o: open, h: high, l: low, v: volume, T: openAtMs }],
  };
}
