/** The public record of prices: last trades, one-minute candles and 24-hour figures. Not kept over a restart. */
import { add, isZero, max, min, mul, ZERO } from '../domain/decimal.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { BookEvent } from './book/model.ts';
import type { PriceSource } from './control/types.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MAX_CANDLES = 1_500;
const MAX_TRADES = 500;
const SOURCES = ['last', 'mark', 'index'] as const satisfies readonly PriceSource[];

export type Candle = {
  readonly openAtMs: number;
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal;
};
export type PublicTrade = {
  readonly id: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly buyerMaker: boolean;
  readonly atMs: number;
};
export type Day = {
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly volume: Decimal;
  readonly quoteVolume: Decimal;
};

export type Tape = {
  readonly record: (event: BookEvent, nowMs: number) => PublicTrade | undefined;
  /** Oldest first; of the last price unless told otherwise. Those of other prices have no volume. */
  readonly candles: (symbol: string, intervalMs: number, source?: PriceSource) => Candle[];
  /** Newest last. */
  readonly trades: (symbol: string) => readonly PublicTrade[];
  readonly day: (symbol: string, last: Decimal, nowMs: number) => Day;
};

export function createTape(): Tape {
  const candles = new Map<string, Candle[]>();
  const trades = new Map<string, PublicTrade[]>();
  let nextTradeId = 1;

  return {
    record(event, nowMs) {
      if (event.kind !== 'price') return undefined;
      const { symbol, last } = event.market;
      const list = trades.get(symbol) ?? [];
      const quantity = event.traded ?? event.market.lastQuantity;
      const before = list.at(-1);
      const trade = {
        id: nextTradeId++,
        price: last,
        quantity,
        buyerMaker: before !== undefined && max(before.price, last) !== last,
        atMs: nowMs,
      };
      list.push(trade);
      if (list.length > MAX_TRADES) list.shift();
      trades.set(symbol, list);
      for (const source of SOURCES) {
        const key = keyOf(symbol, source);
        const volume = source === 'last' ? quantity : ZERO;
        candles.set(key, extend(candles.get(key) ?? [], event.market[source], volume, nowMs));
      }
      return trade;
    },
    candles: (symbol, intervalMs, source = 'last') =>
      merge(candles.get(keyOf(symbol, source)) ?? [], intervalMs),
    trades: (symbol) => trades.get(symbol) ?? [],
    day: (symbol, last, nowMs) =>
      dayOf(
        (candles.get(keyOf(symbol, 'last')) ?? []).filter((candle) => candle.openAtMs > nowMs - DAY_MS),
        last,
      ),
  };
}

const keyOf = (symbol: string, source: PriceSource): string => `${symbol} ${source}`;

function extend(list: Candle[], price: Decimal, quantity: Decimal, nowMs: number): Candle[] {
  const openAtMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const current = list.at(-1);
  if (current?.openAtMs === openAtMs)
    list[list.length - 1] = joined(current, {
      ...current,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: quantity,
    });
  else
    list.push({
      openAtMs,
      open: current?.close ?? price,
      high: max(price, current?.close ?? price),
      low: min(price, current?.close ?? price),
      close: price,
      volume: quantity,
    });
  if (list.length > MAX_CANDLES) list.shift();
  return list;
}

function joined(first: Candle, second: Candle): Candle {
  return {
    openAtMs: first.openAtMs,
    open: first.open,
    high: max(first.high, second.high),
    low: min(first.low, second.low),
    close: second.close,
    volume: add(first.volume, second.volume),
  };
}

function merge(list: readonly Candle[], intervalMs: number): Candle[] {
  const merged: Candle[] = [];
  for (const candle of list) {
    const openAtMs = Math.floor(candle.openAtMs / intervalMs) * intervalMs;
    const last = merged.at(-1);
    if (last?.openAtMs === openAtMs) merged[merged.length - 1] = joined(last, candle);
    else merged.push({ ...candle, openAtMs });
  }
  return merged;
}

function dayOf(list: readonly Candle[], last: Decimal): Day {
  const first = list[0];
  if (!first) return { open: last, high: last, low: last, volume: ZERO, quoteVolume: ZERO };
  const all = list.reduce(joined);
  const volume = isZero(all.volume) ? ZERO : all.volume;
  return { open: first.open, high: all.high, low: all.low, volume, quoteVolume: mul(volume, last) };
}
