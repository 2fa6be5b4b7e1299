/** Binance's candles, of the contract and of the mark price. */
import type { Candle } from '../../domain/candles.ts';
import type { CandleSource } from '../candles.ts';
import { readBody, readRows } from '../rows.ts';
import type { BinanceApi } from './api.ts';
import type { BinanceMarkets } from './markets.ts';
import { candleRow, rowsBody } from './wire.ts';

/** The most that Binance gives at once; of a longer time it gives the oldest. */
const MAX_CANDLES = 1_500;
/** Up to here a request weighs half. */
const FEW_CANDLES = 1_000;

export const createBinanceCandles =
  (api: BinanceApi, markets: BinanceMarkets): CandleSource =>
  async ({ symbol, workingType, timeframe, span, limit = MAX_CANDLES }) => {
    const few = limit <= FEW_CANDLES ? 'fewCandles' : 'candles';
    const endpoint = workingType === 'MARK_PRICE' ? 'markCandles' : few;
    const body = await api.read(endpoint, endpoint, {
      symbol: markets.idOf(symbol),
      interval: timeframe,
      limit: String(limit),
      ...(span && {
        startTime: String(api.clock.toServer(span.sinceMs)),
        endTime: String(api.clock.toServer(span.untilMs)),
      }),
    });
    const list = readBody(endpoint, body, rowsBody);
    return readRows<typeof candleRow, Candle>('candle', list, candleRow, ({ openedAtMs, ...prices }) => ({
      openedAtMs: api.clock.toOurs(openedAtMs),
      ...prices,
    }));
  };
