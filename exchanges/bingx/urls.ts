/** Points a ccxt BingX instance at the exchange, its demo, or any base URL. */
import type { ExchangeConnection } from '../connection.ts';
import type { CcxtClient } from '../ccxt/load.ts';
import { checkedBaseUrl, noEndpoint } from '../ccxt/base-url.ts';

/** Sets the REST urls of `client`; returns the url of the swap sockets. */
export function pointClient(
  client: CcxtClient,
  { mode, endpoint }: Pick<ExchangeConnection, 'mode' | 'endpoint'>,
): string {
  // Order matters: the sandbox switch replaces `urls.api`.
  if (mode === 'demo') client.setSandboxMode(true);
  if (endpoint === undefined) {
    if (mode === 'paper') throw noEndpoint();
    return socketUrlOf(client);
  }
  const base = checkedBaseUrl(endpoint);
  for (const [key, url] of Object.entries(client.urls.api)) {
    if (typeof url === 'string') client.urls.api[key] = `${base}/openApi`;
  }
  return `${base.replace(/^http/, 'ws')}/swap-market`;
}

function socketUrlOf(client: CcxtClient): string {
  const sockets = client.urls.api['ws'];
  if (
    typeof sockets === 'object' &&
    sockets !== null &&
    'linear' in sockets &&
    typeof sockets.linear === 'string'
  ) {
    return sockets.linear;
  }
  throw new Error('this ccxt names no socket url for BingX swaps');
}
