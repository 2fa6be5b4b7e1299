/** Prices by REST: for one look, and as the bridge while the price socket is silent. */
import type { Symbol } from '../domain/terms.ts';
import { ExchangeFault } from './errors.ts';
import type { PriceTick } from './exchange.ts';
import type { Markets } from './market-list.ts';

export type PriceReader = {
  /** Contract and mark price of one symbol. Throws where neither can be read. */
  price: (symbol: Symbol) => Promise<PriceTick>;
  /** The same of several symbols, by as few requests as there are; symbols without an answer are left out. */
  prices: (symbols: readonly Symbol[]) => Promise<PriceTick[]>;
};

/** @param prices how the exchange is asked */
export function createPriceReader(
  name: string,
  markets: Pick<Markets, 'bySymbol'>,
  prices: PriceReader['prices'],
): PriceReader {
  const asked = new Map<Symbol, Promise<PriceTick>>();
  const ask = async (symbol: Symbol): Promise<PriceTick> => {
    const { symbol: known } = await markets.bySymbol(symbol);
    const [tick] = await prices([known]);
    if (!tick) throw new ExchangeFault('bad_answer', `${name} gave no price for ${symbol}`);
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
