/** Points a ccxt Bybit instance at the exchange, its demo, or any base URL. */
import { noEndpoint } from '../ccxt/base-url.ts';
import type { CcxtClient } from '../ccxt/load.ts';
import { redirectedSocket, redirectRequests } from '../ccxt/redirect.ts';
import type { ExchangeConnection } from '../connection.ts';

/** Bybit's sockets for USDT perpetuals. */
export type BybitSockets = { prices: string; account: string };

/** The real URLs stay; only the origin of requests and sockets changes. Returns the sockets' urls. */
export function pointClient(
  client: CcxtClient,
  { mode, endpoint }: Pick<ExchangeConnection, 'mode' | 'endpoint'>,
): BybitSockets {
  // Order matters: the demo switch replaces `urls.api`.
  if (mode === 'demo') client.enableDemoTrading?.(true);
  if (endpoint === undefined && mode === 'paper') throw noEndpoint();
  const sockets = socketsOf(client);
  if (endpoint === undefined) return sockets;
  redirectRequests(client, endpoint);
  return {
    prices: redirectedSocket(sockets.prices, endpoint),
    account: redirectedSocket(sockets.account, endpoint),
  };
}

function socketsOf(client: CcxtClient): BybitSockets {
  const named = (path: readonly string[]): string => {
    const found = path.reduce<unknown>(
      (branch, name) =>
        // Any plain object of ccxt's table of urls.
        typeof branch === 'object' && branch !== null ? (branch as Record<string, unknown>)[name] : undefined,
      client.urls.api['ws'],
    );
    if (typeof found !== 'string' || !client.implodeHostname)
      throw new Error(`this ccxt names no ${path.join(' ')} socket for Bybit`);
    return client.implodeHostname(found);
  };
  return { prices: named(['public', 'linear']), account: named(['private', 'contract']) };
}
