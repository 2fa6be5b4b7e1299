/** BingX on the shared books: REST, sockets and listen keys put together. */
import type { Books } from '../../book/books.ts';
import { createTape } from '../../tape.ts';
import type { Protocol } from '../../wire.ts';
import { createRateLimiter } from './limits.ts';
import { createListenKeys } from './listen-keys.ts';
import { createRest } from './rest.ts';
import { createSocketServer } from './socket-server.ts';
import type { SocketServer } from './socket-server.ts';

export type BingxProtocol = Protocol & {
  readonly sockets: SocketServer;
  /** Ends the listen keys that are due, or all of an account. Returns how many. */
  readonly expireListenKeys: (account?: string, silent?: boolean) => number;
};

export function createBingx(books: Books, pingMs?: number): BingxProtocol {
  const tape = createTape();
  const listenKeys = createListenKeys();
  const context = { books, tape, listenKeys };
  const sockets = createSocketServer(context, pingMs);
  books.onEvents((events) => {
    const trades = new Map(
      events.flatMap((event) => {
        const trade = tape.record(event, books.now());
        return trade ? [[event, trade] as const] : [];
      }),
    );
    sockets.publish(events, trades);
  });
  return {
    name: 'bingx',
    sockets,
    ...createRest(context, createRateLimiter(books.settings)),
    expireListenKeys(account, silent = false) {
      const expired = listenKeys.expire(books.now(), account);
      for (const key of expired) sockets.keyExpired(key, silent);
      return expired.length;
    },
  };
}
