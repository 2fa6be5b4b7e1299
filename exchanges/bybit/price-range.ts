/** Bybit's trades and candles, for how far a price went while nobody listened. */
import type { Exchange, PriceRangeQuery } from '../exchange.ts';
import type { Markets } from '../market-list.ts';
import { CANDLE_MS, createPriceRange, type PricedSpan } from '../price-range.ts';
import { readRows } from '../rows.ts';
import type { BybitApi } from './api.ts';
import { readPages } from './pages.ts';
import { candleRow, tradeRow } from './wire.ts';

/** The most that Bybit gives at once; a gap of more minutes is known by its last part. */
const MAX_ROWS = 1_000;

export function createBybitPriceRange(api: BybitApi, markets: Markets): NonNullable<Exchange['priceRange']> {
  const candles =
    (endpoint: 'candles' | 'markCandles') =>
    async ({ symbol, sinceMs, untilMs }: PriceRangeQuery): Promise<PricedSpan[]> => {
      const asked = {
        symbol: markets.idOf(symbol),
        interval: '1',
        start: api.clock.toServer(sinceMs),
        end: api.clock.toServer(untilMs),
        limit: MAX_ROWS,
      };
      const list = await readPages(api, endpoint, asked);
      return readRows<typeof candleRow, PricedSpan>(
        'candle',
        list,
        candleRow,
        ({ openedAtMs, high, low }) => {
          const fromMs = api.clock.toOurs(openedAtMs);
          return { fromMs, toMs: fromMs + CANDLE_MS, high, low };
        },
      ).rows;
    };
  return createPriceRange({
    trades: async ({ symbol }) => {
      const list = await readPages(api, 'trades', { symbol: markets.idOf(symbol), limit: MAX_ROWS });
      return readRows<typeof tradeRow, PricedSpan>('trade', list, tradeRow, ({ time, price }) => {
        const atMs = api.clock.toOurs(time);
        return { fromMs: atMs, toMs: atMs, high: price, low: price };
      }).rows;
    },
    candles: candles('candles'),
    markCandles: candles('markCandles'),
  });
}
