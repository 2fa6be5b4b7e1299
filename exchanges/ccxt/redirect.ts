/**
 * Sends an exchange's requests to another server, such as a venue or a proxy, and leaves their URLs the
 * exchange's own: ccxt chooses error tables and signatures by them. Only scheme, host and port change,
 * at the transport; a path in the endpoint goes before the exchange's.
 */
import { checkedBaseUrl } from './base-url.ts';
import type { CcxtClient, DispatchOptions } from './load.ts';

/** Redirects every REST request of `client`; after `loadFetchImplementation`, which makes the dispatcher. */
export function redirectRequests(client: CcxtClient, endpoint: string): void {
  const { origin, pathname } = new URL(checkedBaseUrl(endpoint));
  const prefix = pathname === '/' ? '' : pathname;
  if (!client.fetchDispatcher) throw new Error('ccxt has no transport to redirect yet');
  client.fetchDispatcher = client.fetchDispatcher.compose(
    (dispatch) => (options: DispatchOptions, handler: unknown) =>
      dispatch({ ...options, origin, path: prefix + options.path }, handler),
  );
}

/** A socket url of the exchange, on the server at `endpoint`. */
export function redirectedSocket(url: string, endpoint: string): string {
  const { pathname, search } = new URL(url);
  return checkedBaseUrl(endpoint).replace(/^http/, 'ws') + pathname + search;
}
