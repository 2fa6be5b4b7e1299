/** Bybit's trades and candles, for how far a price went while nobody listened. */
import type { CandleSource } from '../candles.ts';
import type { Exchange } from '../exchange.ts';
import type { Markets } from '../market-list.ts';
import { createPriceRange, type PricedSpan } from '../price-range.ts';
import { readRows } from '../rows.ts';
import type { BybitApi } from './api.ts';
import { readPages } from './pages.ts';
import { tradeRow } from './wire.ts';

/** The most that Bybit gives at once. */
const MAX_TRADES = 1_000;

/** A gap of more minutes than candles are given at once is known by its last part. */
export const createBybitPriceRange = (
  api: BybitApi,
  markets: Markets,
  candles: CandleSource,
): NonNullable<Exchange['priceRange']> =>
  createPriceRange({
    trades: async ({ symbol }) => {
      const list = await readPages(api, 'trades', { symbol: markets.idOf(symbol), limit: MAX_TRADES });
      return readRows<typeof tradeRow, PricedSpan>('trade', list, tradeRow, ({ time, price }) => {
        const atMs = api.clock.toOurs(time);
        return { fromMs: atMs, toMs: atMs, high: price, low: price };
      }).rows;
    },
    candles,
  });
