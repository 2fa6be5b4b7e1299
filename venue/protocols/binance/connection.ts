/**
 * What a connection listens to by its address:
 * `/ws`, `/ws/<stream>[/<stream>]`, `/stream?streams=a/b`, each also under `/market`, `/public` or `/private`,
 * and `?listenKey=` where the account's stream is meant. `/ws-fapi/v1` is for requests instead.
 */
export type Connection = { readonly names: readonly string[]; readonly combined: boolean };

const ENTRANCE = /^(?:\/(?:market|public|private))?\/(ws|stream)(?:\/(.*))?$/;

export const API_PATH = '/ws-fapi/v1';

export const isSocketPath = (path: string): boolean => path === API_PATH || ENTRANCE.test(path);

export function readConnection(url: string): Connection {
  const { pathname, searchParams } = new URL(url, 'http://venue');
  const [, entrance, rest = ''] = ENTRANCE.exec(pathname) ?? [];
  const listed = [...rest.split('/'), ...(searchParams.get('streams') ?? '').split('/')];
  const listenKey = searchParams.get('listenKey') ?? '';
  return {
    combined: entrance === 'stream',
    // A bare number only tells connections of one client apart.
    names: [...listed, listenKey]
      .map(decodeURIComponent)
      .filter((name) => name !== '' && !/^\d+$/.test(name)),
  };
}
