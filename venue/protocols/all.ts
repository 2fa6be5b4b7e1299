/** The protocols that a venue speaks, all on the same books. */
import type { Books } from '../book/books.ts';
import { createTape } from '../tape.ts';
import type { Protocol } from '../wire.ts';
import { createBinance } from './binance/protocol.ts';
import { createBingx } from './bingx/protocol.ts';
import { createBybit } from './bybit/protocol.ts';

/** The first one answers what nobody claims. */
export type Protocols = readonly [Protocol, ...Protocol[]];

/** Also hands them what the books commit. */
export function createProtocols(books: Books, pingMs?: number): Protocols {
  const tape = createTape();
  const protocols: Protocols = [
    createBingx(books, tape, pingMs),
    createBybit(books, tape),
    createBinance(books, tape),
  ];
  books.onEvents((events) => {
    const trades = new Map(
      events.flatMap((event) => {
        const trade = tape.record(event, books.now());
        return trade ? [[event, trade] as const] : [];
      }),
    );
    for (const { sockets } of protocols) sockets.publish(events, trades);
  });
  return protocols;
}
