/** BingX's trades and candles, for how far a price went while nobody listened. */
import type { Exchange, PriceRangeQuery } from '../exchange.ts';
import type { Markets } from '../market-list.ts';
import { CANDLE_MS, createPriceRange, type PricedSpan } from '../price-range.ts';
import { readBody, readRows } from '../rows.ts';
import type { BingxApi } from './api.ts';
import type { EndpointName } from './endpoints.ts';
import { candleRow, rowsBody, tradeRow } from './wire.ts';

/** The most that BingX gives at once; a gap of more minutes is known by its last day. */
const MAX_CANDLES = 1_440;
const MAX_TRADES = 1_000;

export function createBingxPriceRange(api: BingxApi, markets: Markets): NonNullable<Exchange['priceRange']> {
  const list = async (endpoint: EndpointName, params: Record<string, string>): Promise<unknown[]> =>
    readBody(endpoint, await api.read(endpoint, endpoint, params), rowsBody).data;

  const candles =
    (endpoint: 'candles' | 'markCandles') =>
    async ({ symbol, sinceMs, untilMs }: PriceRangeQuery): Promise<PricedSpan[]> => {
      const params = {
        symbol: markets.idOf(symbol),
        interval: '1m',
        startTime: String(api.clock.toServer(sinceMs)),
        endTime: String(api.clock.toServer(untilMs)),
        limit: String(MAX_CANDLES),
      };
      return readRows<typeof candleRow, PricedSpan>(
        'candle',
        await list(endpoint, params),
        candleRow,
        ({ time, openTime, high, low }) => {
          const openedAtMs = time ?? openTime;
          if (openedAtMs === undefined) return { problem: 'no time' };
          const fromMs = api.clock.toOurs(openedAtMs);
          return { fromMs, toMs: fromMs + CANDLE_MS, high, low };
        },
      ).rows;
    };
  return createPriceRange({
    trades: async ({ symbol }) => {
      const rows = await list('trades', { symbol: markets.idOf(symbol), limit: String(MAX_TRADES) });
      return readRows<typeof tradeRow, PricedSpan>('trade', rows, tradeRow, ({ time, price }) => {
        const atMs = api.clock.toOurs(time);
        return { fromMs: atMs, toMs: atMs, high: price, low: price };
      }).rows;
    },
    candles: candles('candles'),
    markCandles: candles('markCandles'),
  });
}
