/** The thing to compare with: a plain ccxt loop that closes at market when the price reaches a level. */
import { createRequire } from 'node:module';

type Ticker = { last?: number };
type Plain = {
  urls: { api: Record<string, unknown> };
  options: Record<string, unknown>;
  loadMarkets(): Promise<unknown>;
  loadHttpProxyAgent(): Promise<unknown>;
  watchTicker(symbol: string): Promise<Ticker>;
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: number,
    price: undefined,
    params: object,
  ): Promise<unknown>;
  close(): Promise<unknown>;
};

/** Keeps nothing, restarts nothing: its latency is the floor that ccxt sets. */
export async function createBareLoop(endpoint: string, keys: { apiKey: string; secret: string }) {
  // The package's own types name hundreds of classes; this one has what is used here.
  const ccxt = createRequire(import.meta.url)('ccxt') as { pro: { bingx: new (config: object) => Plain } };
  const exchange = new ccxt.pro.bingx({ ...keys, enableRateLimit: false });
  for (const key of Object.keys(exchange.urls.api)) exchange.urls.api[key] = `${endpoint}/openApi`;
  const socket = endpoint.replace(/^http/, 'ws');
  exchange.urls.api['ws'] = {
    linear: `${socket}/swap-market`,
    spot: `${socket}/market`,
    inverse: `${socket}/cswap-market`,
  };
  exchange.options['sandboxMode'] = true;
  await exchange.loadHttpProxyAgent();
  await exchange.loadMarkets();
  return {
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
    close: () => exchange.close(),
  };
}
