/** Contract and mark prices of Binance by REST, by at most two requests. */
import type { z } from 'zod';
import type { Decimal } from '../../domain/decimal.ts';
import type { Symbol } from '../../domain/terms.ts';
import { createPriceReader, type AskPrices, type PriceReader } from '../price-reader.ts';
import { readBody, readRows } from '../rows.ts';
import type { BinanceApi } from './api.ts';
import type { EndpointName } from './endpoints.ts';
import type { BinanceMarkets } from './markets.ts';
import { markPriceRow, rowOrRowsBody, tickerRow } from './wire.ts';

export function createBinancePrices(api: BinanceApi, markets: BinanceMarkets): PriceReader {
  const read = async <S extends z.ZodType<{ symbol: string }>>(
    endpoint: EndpointName,
    symbol: Symbol | undefined,
    schema: S,
    priceOf: (row: z.output<S>) => Decimal | undefined,
  ): Promise<Map<Symbol, Decimal | undefined>> => {
    const params: Record<string, string> = symbol === undefined ? {} : { symbol: markets.idOf(symbol) };
    const list = readBody(endpoint, await api.read(endpoint, endpoint, params), rowOrRowsBody);
    const { rows } = readRows<S, [Symbol, Decimal | undefined]>(endpoint, list, schema, (row) => [
      markets.symbolOf(row.symbol),
      priceOf(row),
    ]);
    return new Map(rows);
  };
  const prices: AskPrices = async (symbols) => {
    // Without a symbol Binance answers for all of them, at the weight of a few.
    const [first, ...others] = symbols;
    const one = others.length === 0 ? first : undefined;
    const [lasts, marks] = await Promise.allSettled([
      read(one === undefined ? 'tickers' : 'ticker', one, tickerRow, ({ price }) => price),
      read(one === undefined ? 'markPrices' : 'markPrice', one, markPriceRow, ({ markPrice }) => markPrice),
    ]);
    if (lasts.status === 'rejected' && marks.status === 'rejected') throw lasts.reason;
    return symbols.flatMap((symbol) => {
      const last = lasts.status === 'fulfilled' ? lasts.value.get(symbol) : undefined;
      const mark = marks.status === 'fulfilled' ? marks.value.get(symbol) : undefined;
      return last === undefined && mark === undefined
        ? []
        : [
            {
              symbol,
              ...(last !== undefined && { last }),
              ...(mark !== undefined && { mark }),
            },
          ];
    });
  };
  return createPriceReader(api.name, markets, prices);
}
