/** Prices by REST: for one look, and as the bridge while the price socket is silent. */
import type { PriceTick } from '../exchange.ts';
import { ExchangeFault } from '../errors.ts';
import type { Symbol } from '../../domain/terms.ts';
import type { BingxApi } from './api.ts';
import type { Markets } from '../market-list.ts';
import { readBody, readRows } from '../rows.ts';
import { premiumRow, tickerBody, tickerRow } from './wire.ts';

export type PriceReader = {
  /** Contract and mark price of one symbol. Throws where neither can be read. */
  price: (symbol: Symbol) => Promise<PriceTick>;
  /** The same of several symbols, by at most two requests; symbols without an answer are left out. */
  prices: (symbols: readonly Symbol[]) => Promise<PriceTick[]>;
};

export function createPriceReader(api: BingxApi, markets: Markets): PriceReader {
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
  const prices = async (symbols: readonly Symbol[]): Promise<PriceTick[]> => {
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
          atMs: Date.now(),
          ...(last === undefined ? {} : { last }),
          ...(mark === undefined ? {} : { mark }),
        },
      ];
    });
  };
  const asked = new Map<Symbol, Promise<PriceTick>>();
  const ask = async (symbol: Symbol): Promise<PriceTick> => {
    const { symbol: known } = await markets.bySymbol(symbol);
    const [tick] = await prices([known]);
    if (!tick) throw new ExchangeFault('bad_answer', `BingX gave no price for ${symbol}`);
    return tick;
  };
  return {
    prices,
    // Many positions ask for the same price in the same moment: one question serves them all.
    price: (symbol) => {
      const asking = asked.get(symbol) ?? ask(symbol).finally(() => asked.delete(symbol));
      asked.set(symbol, asking);
      return asking;
    },
  };
}
