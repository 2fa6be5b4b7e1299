/** BingX's trades and candles, for how far a price went while nobody listened. */
import type { CandleSource } from '../candles.ts';
import type { Exchange } from '../exchange.ts';
import type { Markets } from '../market-list.ts';
import { createPriceRange, type PricedSpan } from '../price-range.ts';
import { readBody, readRows } from '../rows.ts';
import type { BingxApi } from './api.ts';
import { rowsBody, tradeRow } from './wire.ts';

const MAX_TRADES = 1_000;

/** A gap of more minutes than candles are given at once is known by its last day. */
export const createBingxPriceRange = (
  api: BingxApi,
  markets: Markets,
  candles: CandleSource,
): NonNullable<Exchange['priceRange']> =>
  createPriceRange({
    trades: async ({ symbol }) => {
      const asked = { symbol: markets.idOf(symbol), limit: String(MAX_TRADES) };
      const { data } = readBody('trades', await api.read('trades', 'trades', asked), rowsBody);
      return readRows<typeof tradeRow, PricedSpan>('trade', data, tradeRow, ({ time, price }) => {
        const atMs = api.clock.toOurs(time);
        return { fromMs: atMs, toMs: atMs, high: price, low: price };
      }).rows;
    },
    candles,
  });
