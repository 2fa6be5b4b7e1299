/** BingX on the shared books: REST, sockets and listen keys put together. */
import type { Books } from '../../book/books.ts';
import type { Tape } from '../../tape.ts';
import type { Protocol } from '../../wire.ts';
import { createRateLimiter } from './limits.ts';
import { createListenKeys } from '../../listen-keys.ts';
import { createRest } from './rest.ts';
import { createSocketServer } from './socket-server.ts';

export function createBingx(books: Books, tape: Tape, pingMs?: number): Protocol {
  const listenKeys = createListenKeys();
  const context = { books, tape, listenKeys };
  const sockets = createSocketServer(context, pingMs);
  return {
    name: 'bingx',
    claims: (path) => path.startsWith('/openApi/') || path.startsWith('/swap-market'),
    sockets,
    ...createRest(context, createRateLimiter(books.settings)),
    expireListenKeys(account, silent = false) {
      const expired = listenKeys.expire(books.now(), account);
      for (const key of expired) sockets.keyExpired(key, silent);
      return expired.length;
    },
  };
}
