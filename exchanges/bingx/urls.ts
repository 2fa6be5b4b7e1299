/** Points a ccxt BingX instance at the exchange, its demo, or any base URL. */
import type { ExchangeConnection } from '../connection.ts';
import type { CcxtClient } from '../ccxt/load.ts';

/** Sets the REST urls of `client`; returns the url of the swap sockets. */
export function pointClient(
  client: CcxtClient,
  { mode, endpoint }: Pick<ExchangeConnection, 'mode' | 'endpoint'>,
): string {
  // Order matters: the sandbox switch replaces `urls.api`.
  if (mode === 'demo') client.setSandboxMode(true);
  if (endpoint === undefined) {
    if (mode === 'paper') throw new Error('a paper account needs an endpoint: the base URL of a venue');
    return socketUrlOf(client);
  }
  const base = checkedBase(endpoint);
  for (const [key, url] of Object.entries(client.urls.api)) {
    if (typeof url === 'string') client.urls.api[key] = `${base}/openApi`;
  }
  return `${base.replace(/^http/, 'ws')}/swap-market`;
}

/** `endpoint` without a trailing slash. Throws where it is no http(s) URL; never repeats it, it may hold a password. */
function checkedBase(endpoint: string): string {
  if (!URL.canParse(endpoint)) throw new Error('the endpoint is not a URL');
  const url = new URL(endpoint);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error('the endpoint must begin with http:// or https://');
  if (url.search || url.hash) throw new Error('the endpoint must not have a query or fragment');
  return url.href.replace(/\/+$/, '');
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
