/** A plain ccxt pro instance on the venue, as a user would write it: nothing of Holdfast is in its way. */
import { createCcxtClient, type CcxtClient } from '../exchanges/ccxt/load.ts';
import { redirectedSocket, redirectRequests } from '../exchanges/ccxt/redirect.ts';
import type { TriedExchange } from '../test/processes/wire-of.ts';

/** The unified methods that the comparisons use. */
export type BareCcxt = CcxtClient & {
  loadHttpProxyAgent(): Promise<unknown>;
  loadMarkets(): Promise<unknown>;
  watchTicker(symbol: string): Promise<{ last?: number }>;
  fetchTicker(symbol: string): Promise<{ last?: number }>;
  createOrder(
    symbol: string,
    type: string,
    side: string,
    amount: number,
    price: undefined,
    params: object,
  ): Promise<unknown>;
  fetchPositions(): Promise<unknown[]>;
  fetchOpenOrders(
    symbol?: undefined,
    since?: undefined,
    limit?: undefined,
    params?: object,
  ): Promise<unknown[]>;
};

const CLASSES: Record<TriedExchange, string> = { bingx: 'bingx', bybit: 'bybit', binance: 'binanceusdm' };

export async function createBareCcxt(
  exchange: TriedExchange,
  endpoint: string,
  keys: { apiKey: string; secret: string },
): Promise<BareCcxt> {
  const options = { defaultType: 'swap', fetchOpenOrders: { warnWithoutSymbol: false } };
  const config = { ...keys, enableRateLimit: false, ...(exchange !== 'binance' && { options }) };
  // Every ccxt class has the unified methods; the gateways do without them, so their type does too.
  const client = (await createCcxtClient(CLASSES[exchange], config)) as BareCcxt;
  if (exchange === 'binance') client.options['fetchOpenOrders'] = options.fetchOpenOrders;
  await client.loadFetchImplementation();
  redirectRequests(client, endpoint);
  client.urls.api['ws'] = redirected(client.urls.api['ws'], endpoint);
  // Needed once for sockets without TLS.
  await client.loadHttpProxyAgent();
  await client.loadMarkets();
  return client;
}

/** Sockets stand in a table of tables. */
function redirected(urls: unknown, endpoint: string): unknown {
  if (typeof urls === 'string') return redirectedSocket(urls.replace('{hostname}', 'hostname'), endpoint);
  if (typeof urls !== 'object' || urls === null) return urls;
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, redirected(url, endpoint)]));
}
