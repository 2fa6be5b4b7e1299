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

/** Prices of these symbols as the exchange answers; symbols without one are left out. */
export type AskPrices = (symbols: readonly Symbol[]) => Promise<Omit<PriceTick, 'atMs'>[]>;

/** @param ask how the exchange is asked */
export function createPriceReader(
  name: string,
  markets: Pick<Markets, 'bySymbol'>,
  ask: AskPrices,
): PriceReader {
  // Dated by the question: what the socket tells while the answer is on its way is the later price.
  const prices: PriceReader['prices'] = async (symbols) => {
    const atMs = Date.now();
    return (await ask(symbols)).map((price) => ({ ...price, atMs }));
  };
  const asked = new Map<Symbol, Promise<PriceTick>>();
  const askOne = async (symbol: Symbol): Promise<PriceTick> => {
    const { symbol: known } = await markets.bySymbol(symbol);
    const [tick] = await prices([known]);
    if (!tick) throw new ExchangeFault('bad_answer', `${name} gave no price for ${symbol}`);
    return tick;
  };
  return {
    prices,
    // Many positions ask for the same price in the same moment: one question serves them all.
    price: (symbol) => {
      const asking = asked.get(symbol) ?? askOne(symbol).finally(() => asked.delete(symbol));
      asked.set(symbol, asking);
      return asking;
    },
  };
}
