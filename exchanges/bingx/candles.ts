/** BingX's candles, of the contract and of the mark price. */
import type { Candle } from '../../domain/candles.ts';
import type { CandleSource } from '../candles.ts';
import type { Markets } from '../market-list.ts';
import { readBody, readRows } from '../rows.ts';
import type { BingxApi } from './api.ts';
import { candleRow, rowsBody } from './wire.ts';

/** The most that BingX gives at once; of more it gives the newest. */
const MAX_CANDLES = 1_440;

export const createBingxCandles =
  (api: BingxApi, markets: Markets): CandleSource =>
  async ({ symbol, workingType, timeframe, span, limit = MAX_CANDLES }) => {
    const endpoint = workingType === 'MARK_PRICE' ? 'markCandles' : 'candles';
    const body = await api.read(endpoint, endpoint, {
      symbol: markets.idOf(symbol),
      interval: timeframe,
      limit: String(limit),
      ...(span && {
        startTime: String(api.clock.toServer(span.sinceMs)),
        endTime: String(api.clock.toServer(span.untilMs)),
      }),
    });
    const list = readBody(endpoint, body, rowsBody).data;
    return readRows<typeof candleRow, Candle>('candle', list, candleRow, ({ time, openTime, ...prices }) => {
      const openedAtMs = time ?? openTime;
      if (openedAtMs === undefined) return { problem: 'no time' };
      return { openedAtMs: api.clock.toOurs(openedAtMs), ...prices };
    });
  };
