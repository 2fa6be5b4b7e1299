/**
 * Sends an exchange's requests to another server, such as a venue or a proxy, and leaves their URLs the
 * exchange's own: ccxt chooses error tables and signatures by them. Only scheme, host and port change,
 * at the transport; a path in the endpoint goes before the exchange's.
 */
import type { CcxtClient, DispatchOptions } from './load.ts';

/** `endpoint` as a URL. Throws where it is no http(s) URL; never repeats it, it may hold a password. */
export function checkedEndpoint(endpoint: string): URL {
  if (!URL.canParse(endpoint)) throw new Error('the endpoint is not a URL');
  const url = new URL(endpoint);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error('the endpoint must begin with http:// or https://');
  if (url.search || url.hash) throw new Error('the endpoint must not have a query or fragment');
  return url;
}

/** Redirects every REST request of `client`; after `loadFetchImplementation`, which makes the dispatcher. */
export function redirectRequests(client: CcxtClient, endpoint: string): void {
  const { origin, pathname } = checkedEndpoint(endpoint);
  const prefix = pathname.replace(/\/+$/, '');
  if (!client.fetchDispatcher) throw new Error('ccxt has no transport to redirect yet');
  client.fetchDispatcher = client.fetchDispatcher.compose(
    (dispatch) => (options: DispatchOptions, handler: unknown) =>
      dispatch({ ...options, origin, path: prefix + options.path }, handler),
  );
}

/** A socket url of the exchange, on the server at `endpoint`. */
export function redirectedSocket(url: string, endpoint: string): string {
  const { origin, pathname } = checkedEndpoint(endpoint);
  const { pathname: path, search } = new URL(url);
  return origin.replace(/^http/, 'ws') + pathname.replace(/\/+$/, '') + path + search;
}
