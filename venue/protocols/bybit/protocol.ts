/** Bybit v5 on the shared books: USDT perpetuals of a unified account. */
import type { Books } from '../../book/books.ts';
import type { Tape } from '../../tape.ts';
import type { Protocol } from '../../wire.ts';
import { createRateLimiter } from './limits.ts';
import { createRest } from './rest.ts';
import { createSocketServer } from './socket-server.ts';

export function createBybit(books: Books, tape: Tape): Protocol {
  const context = { books, tape };
  return {
    name: 'bybit',
    claims: (path) => path.startsWith('/v5/'),
    sockets: createSocketServer(context),
    ...createRest(context, createRateLimiter(books.settings)),
    // Sockets are authenticated with the key itself.
    expireListenKeys: () => 0,
  };
}
