/** The base URL of a venue or proxy that stands in for an exchange. */

/**
 * @returns it without a trailing slash, so that paths can follow
 * Throws where it is no http(s) URL; never repeats it, it may hold a password.
 */
export function checkedBaseUrl(endpoint: string): string {
  if (!URL.canParse(endpoint)) throw new Error('the endpoint is not a URL');
  const url = new URL(endpoint);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error('the endpoint must begin with http:// or https://');
  if (url.search || url.hash) throw new Error('the endpoint must not have a query or fragment');
  return url.href.replace(/\/+$/, '');
}

/** Paper trades nowhere else than at a venue of one's own. */
export const noEndpoint = (): Error =>
  new Error('a paper account needs an endpoint: the base URL of a venue');
