/** Binance USDS-M futures on the shared books: REST, sockets and listen keys put together. */
import type { Books } from '../../book/books.ts';
import { createListenKeys } from '../../listen-keys.ts';
import type { Tape } from '../../tape.ts';
import type { Protocol } from '../../wire.ts';
import { isSocketPath } from './connection.ts';
import { createBookSequence } from './depth.ts';
import { createRateLimiter } from './limits.ts';
import { createRest } from './rest.ts';
import { createSocketServer } from './socket-server.ts';

export function createBinance(books: Books, tape: Tape, pingMs?: number): Protocol {
  const listenKeys = createListenKeys();
  const context = { books, tape, listenKeys, sequence: createBookSequence(books.now()) };
  const limiter = createRateLimiter(books.settings);
  const sockets = createSocketServer(context, limiter, pingMs);
  return {
    name: 'binance',
    claims: (path) => path.startsWith('/fapi/') || path.startsWith('/sapi/') || isSocketPath(path),
    sockets,
    ...createRest(context, limiter),
    expireListenKeys(account, silent = false) {
      const expired = listenKeys.expire(books.now(), account);
      for (const key of expired) sockets.keyExpired(key, silent);
      return expired.length;
    },
  };
}
