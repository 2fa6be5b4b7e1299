/** Contract and mark prices of BingX by REST, by at most two requests. */
import type { Symbol } from '../../domain/terms.ts';
import type { BingxApi } from './api.ts';
import type { Markets } from '../market-list.ts';
import { createPriceReader, type AskPrices, type PriceReader } from '../price-reader.ts';
import { readBody, readRows } from '../rows.ts';
import { premiumRow, tickerBody, tickerRow } from './wire.ts';

export function createBingxPrices(api: BingxApi, markets: Markets): PriceReader {
  const lastPrices = async (params: Record<string, string>) => {
    const { data } = readBody('ticker', await api.read('ticker', 'ticker', params), tickerBody);
    return readRows<typeof tickerRow, { symbol: Symbol; last: string | undefined }>(
      'ticker',
      data,
      tickerRow,
      (row) => ({
        symbol: markets.symbolOf(row.symbol),
        last: row.lastPrice,
      }),
    ).rows;
  };
  const markPrices = async (params: Record<string, string>) => {
    const { data } = readBody('mark price', await api.read('mark price', 'premiumIndex', params), tickerBody);
    return readRows<typeof premiumRow, { symbol: Symbol; mark: string | undefined }>(
      'mark price',
      data,
      premiumRow,
      (row) => ({
        symbol: markets.symbolOf(row.symbol),
        mark: row.markPrice,
      }),
    ).rows;
  };
  const prices: AskPrices = async (symbols) => {
    // Without a symbol BingX answers for all of them, which costs the same single request.
    const [only, ...others] = symbols;
    const params: Record<string, string> =
      only !== undefined && others.length === 0 ? { symbol: markets.idOf(only) } : {};
    const [lasts, marks] = await Promise.allSettled([lastPrices(params), markPrices(params)]);
    if (lasts.status === 'rejected' && marks.status === 'rejected') throw lasts.reason;
    const lastOf = new Map(
      lasts.status === 'fulfilled' ? lasts.value.map((row) => [row.symbol, row.last]) : [],
    );
    const markOf = new Map(
      marks.status === 'fulfilled' ? marks.value.map((row) => [row.symbol, row.mark]) : [],
    );
    return symbols.flatMap((symbol) => {
      const last = lastOf.get(symbol);
      const mark = markOf.get(symbol);
      if (last === undefined && mark === undefined) return [];
      return [
        {
          symbol,
          ...(last === undefined ? {} : { last }),
          ...(mark === undefined ? {} : { mark }),
        },
      ];
    });
  };
  return createPriceReader(api.name, markets, prices);
}
