/** Contract and mark prices of Bybit by REST: one request tells both, of one market or of all. */
import type { Markets } from '../market-list.ts';
import type { PriceTick } from '../exchange.ts';
import { createPriceReader, type PriceReader } from '../price-reader.ts';
import { readRows, SKIP } from '../rows.ts';
import type { BybitApi } from './api.ts';
import { readPages } from './pages.ts';
import { tickerRow } from './wire.ts';

export const createBybitPrices = (api: BybitApi, markets: Markets): PriceReader =>
  createPriceReader(api.name, markets, async (symbols) => {
    const [only, ...others] = symbols;
    const asked = only !== undefined && others.length === 0 ? { symbol: markets.idOf(only) } : {};
    const wanted = new Set(symbols);
    const list = await readPages(api, 'tickers', asked);
    return readRows<typeof tickerRow, Omit<PriceTick, 'atMs'>>('ticker', list, tickerRow, (row) => {
      const symbol = markets.symbolOf(row.symbol);
      const { lastPrice: last, markPrice: mark } = row;
      if (!wanted.has(symbol) || (last === undefined && mark === undefined)) return SKIP;
      return {
        symbol,
        ...(last === undefined ? {} : { last }),
        ...(mark === undefined ? {} : { mark }),
      };
    }).rows;
  });
