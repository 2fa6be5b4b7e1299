/** The thing to compare with: a plain ccxt loop that closes at market when the price reaches a level. */
import type { BareCcxt } from './bare-ccxt.ts';

/** Keeps nothing, restarts nothing: its latency is the floor that ccxt sets. */
export const createBareLoop = (exchange: BareCcxt) => ({
  /** Resolves when the close order was answered. */
  async closeAt(symbol: string, level: number, quantity: number): Promise<void> {
    for (;;) {
      const { last } = await exchange.watchTicker(symbol);
      if (last === undefined || last < level) continue;
      await exchange.createOrder(symbol, 'market', 'sell', quantity, undefined, { reduceOnly: true });
      return;
    }
  },
  /** Subscribes, so that the first tick measured is not the first one ever. */
  warm: (symbol: string) => exchange.watchTicker(symbol),
});
