/**
 * Points a ccxt Binance instance at the exchange, its demo, or any base URL. The real urls stay, because
 * ccxt chooses its tables of errors by them; requests are redirected at the transport.
 */
import { noEndpoint } from '../ccxt/base-url.ts';
import type { CcxtClient } from '../ccxt/load.ts';
import { redirectedSocket, redirectRequests } from '../ccxt/redirect.ts';
import type { ExchangeConnection } from '../connection.ts';

/** Sockets of prices and of the account. */
export type BinanceSockets = { market: string; private: string };

/** After `loadFetchImplementation`. Returns the sockets. */
export function pointClient(
  client: CcxtClient,
  { mode, endpoint }: Pick<ExchangeConnection, 'mode' | 'endpoint'>,
): BinanceSockets {
  // The demo switch replaces `urls.api`; the sandbox of old times answers no private call any more.
  if (mode === 'demo') client.enableDemoTrading?.(true);
  const base = socketBaseOf(client);
  const sockets = { market: `${base}/market/ws`, private: `${base}/private/ws` };
  if (endpoint === undefined) {
    if (mode === 'paper') throw noEndpoint();
    return sockets;
  }
  redirectRequests(client, endpoint);
  return {
    market: redirectedSocket(sockets.market, endpoint),
    private: redirectedSocket(sockets.private, endpoint),
  };
}

const UNROUTED = '/ws';

/** ccxt names the socket without its route: `wss://fstream.binance.com/ws`. */
function socketBaseOf({ urls }: CcxtClient): string {
  const sockets = urls.api['ws'];
  if (typeof sockets === 'object' && sockets !== null && 'future' in sockets) {
    const { future } = sockets;
    if (typeof future === 'string' && future.endsWith(UNROUTED)) return future.slice(0, -UNROUTED.length);
  }
  throw new Error('this ccxt names no socket url for USDT-M futures');
}
