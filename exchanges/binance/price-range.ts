/** Binance's trades and candles, for how far a price went while nobody listened. */
import type { CandleSource } from '../candles.ts';
import type { Exchange } from '../exchange.ts';
import { createPriceRange, type PricedSpan } from '../price-range.ts';
import { readBody, readRows } from '../rows.ts';
import type { BinanceApi } from './api.ts';
import type { BinanceMarkets } from './markets.ts';
import { rowsBody, tradeRow } from './wire.ts';

const MAX_TRADES = 1_000;
/** Trades are told for less than an hour at once. */
const TRADES_SPAN_MS = 60 * 60_000 - 1;

/** A gap of more minutes than candles are given at once is known by its first day. */
export const createBinancePriceRange = (
  api: BinanceApi,
  markets: BinanceMarkets,
  candles: CandleSource,
): NonNullable<Exchange['priceRange']> =>
  createPriceRange({
    trades: async ({ symbol, sinceMs, untilMs }) => {
      const asked = {
        symbol: markets.idOf(symbol),
        startTime: String(api.clock.toServer(Math.max(sinceMs, untilMs - TRADES_SPAN_MS))),
        endTime: String(api.clock.toServer(untilMs)),
        limit: String(MAX_TRADES),
      };
      const list = readBody('trades', await api.read('trades', 'trades', asked), rowsBody);
      return readRows<typeof tradeRow, PricedSpan>('trade', list, tradeRow, ({ T: time, p: price }) => {
        const atMs = api.clock.toOurs(time);
        return { fromMs: atMs, toMs: atMs, high: price, low: price };
      }).rows;
    },
    candles,
  });
