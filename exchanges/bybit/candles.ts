/** Bybit's candles, of the contract and of the mark price. */
import type { Candle, Timeframe } from '../../domain/candles.ts';
import type { CandleSource } from '../candles.ts';
import type { Markets } from '../market-list.ts';
import { readRows } from '../rows.ts';
import type { BybitApi } from './api.ts';
import { readPages } from './pages.ts';
import { candleRow } from './wire.ts';

/** The most that Bybit gives at once; of more it gives the newest. */
const MAX_CANDLES = 1_000;

/** Bybit counts minutes. */
const INTERVALS: Readonly<Record<Timeframe, string>> = { '1m': '1', '5m': '5', '15m': '15', '1h': '60' };

export const createBybitCandles =
  (api: BybitApi, markets: Markets): CandleSource =>
  async ({ symbol, workingType, timeframe, span, limit = MAX_CANDLES }) => {
    const list = await readPages(api, workingType === 'MARK_PRICE' ? 'markCandles' : 'candles', {
      symbol: markets.idOf(symbol),
      interval: INTERVALS[timeframe],
      limit,
      ...(span && { start: api.clock.toServer(span.sinceMs), end: api.clock.toServer(span.untilMs) }),
    });
    return readRows<typeof candleRow, Candle>('candle', list, candleRow, ({ openedAtMs, ...prices }) => ({
      openedAtMs: api.clock.toOurs(openedAtMs),
      ...prices,
    }));
  };
