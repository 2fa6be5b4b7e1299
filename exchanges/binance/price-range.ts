/** Binance's trades and candles, for how far a price went while nobody listened. */
import type { Exchange, PriceRangeQuery } from '../exchange.ts';
import { CANDLE_MS, createPriceRange, type PricedSpan } from '../price-range.ts';
import { readBody, readRows } from '../rows.ts';
import type { BinanceApi } from './api.ts';
import type { EndpointName } from './endpoints.ts';
import type { BinanceMarkets } from './markets.ts';
import { candleRow, rowsBody, tradeRow } from './wire.ts';

/** The most that Binance gives at once; a gap of more minutes is known by its first day. */
const MAX_CANDLES = 1_500;
const MAX_TRADES = 1_000;
/** Trades are told for less than an hour at once. */
const TRADES_SPAN_MS = 60 * 60_000 - 1;

export function createBinancePriceRange(
  api: BinanceApi,
  markets: BinanceMarkets,
): NonNullable<Exchange['priceRange']> {
  const list = async (
    endpoint: EndpointName,
    { symbol, sinceMs, untilMs }: PriceRangeQuery,
    params: Record<string, string>,
  ): Promise<unknown[]> => {
    const span = {
      symbol: markets.idOf(symbol),
      startTime: String(api.clock.toServer(sinceMs)),
      endTime: String(api.clock.toServer(untilMs)),
    };
    return readBody(endpoint, await api.read(endpoint, endpoint, { ...span, ...params }), rowsBody);
  };
  const candles =
    (endpoint: 'candles' | 'markCandles') =>
    async (query: PriceRangeQuery): Promise<PricedSpan[]> => {
      const rows = await list(endpoint, query, { interval: '1m', limit: String(MAX_CANDLES) });
      return readRows<typeof candleRow, PricedSpan>('candle', rows, candleRow, ({ openTime, high, low }) => {
        const fromMs = api.clock.toOurs(openTime);
        return { fromMs, toMs: fromMs + CANDLE_MS, high, low };
      }).rows;
    };
  return createPriceRange({
    trades: async (query) => {
      const sinceMs = Math.max(query.sinceMs, query.untilMs - TRADES_SPAN_MS);
      const rows = await list('trades', { ...query, sinceMs }, { limit: String(MAX_TRADES) });
      return readRows<typeof tradeRow, PricedSpan>('trade', rows, tradeRow, ({ T: time, p: price }) => {
        const atMs = api.clock.toOurs(time);
        return { fromMs: atMs, toMs: atMs, high: price, low: price };
      }).rows;
    },
    candles: candles('candles'),
    markCandles: candles('markCandles'),
  });
}
