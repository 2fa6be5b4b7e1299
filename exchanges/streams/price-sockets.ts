/**
 * Spreads markets over as many sockets as the exchange's limit of topics makes necessary. A market stays on
 * its socket; one that is lost costs its own markets a moment, and no others.
 */
import type { StreamState } from '../exchange.ts';
import type { PriceProtocol, PricePush } from './price-protocol.ts';
import { createPriceTopics } from './price-topics.ts';
import type { KeptSocket } from './socket.ts';

/** What each socket does by itself: opened, a frame, lost. */
export type PriceSocketEvents = {
  onOpen: () => void;
  onFrame: (bytes: Buffer) => 'data' | 'heartbeat';
  onState: (state: StreamState) => void;
};

type Line = {
  socket: KeptSocket;
  topics: ReturnType<typeof createPriceTopics>;
  marketIds: Set<string>;
};

type Deps = {
  protocol: PriceProtocol;
  open: (events: PriceSocketEvents) => KeptSocket;
  /** A socket is connected, and has heard nothing of its markets yet; what is wanted is to be said again. */
  onOpen: (marketIds: ReadonlySet<string>) => void;
  onPrice: (push: PricePush) => void;
  onDown: () => void;
};

/** Addresses may hold so many connections on every exchange, with others beside them. */
const MAX_SOCKETS = 12;
/** What is said of several is said by the worst of them. */
const WORST_FIRST: readonly StreamState[] = ['down', 'connecting', 'silent', 'live'];

export function createPriceSockets({ protocol, open, onOpen, onPrice, onDown }: Deps) {
  const openLine = (): Line => {
    const marketIds = new Set<string>();
    const topics = createPriceTopics(protocol, (text) => socket.send(text));
    const socket = open({
      onOpen: () => {
        topics.renewed();
        onOpen(marketIds);
      },
      onFrame: (bytes) => {
        const frame = protocol.read(bytes);
        if (frame.kind === 'heartbeat') {
          if (frame.reply !== undefined) socket.send(frame.reply);
          return 'heartbeat';
        }
        if (frame.pushes.length > 0) topics.worked();
        frame.pushes.forEach(onPrice);
        return 'data';
      },
      onState: (state) => {
        if (state === 'down') onDown();
      },
    });
    return { socket, topics, marketIds };
  };
  // One from the beginning: that the exchange can be reached is known before anything is wanted.
  let lines: readonly Line[] = [openLine()];
  const lineOf = (marketId: string): Line | undefined =>
    lines.find(({ marketIds }) => marketIds.has(marketId));

  const withRoom = (): Line | undefined => {
    const free = lines.find(({ marketIds }) => marketIds.size < protocol.maxMarkets);
    if (free || lines.length >= MAX_SOCKETS) return free;
    const line = openLine();
    lines = [...lines, line];
    return line;
  };
  const dropEmpty = (): void => {
    const [first, ...others] = lines;
    for (const { socket, marketIds } of others) if (marketIds.size === 0) void socket.stop();
    lines = lines.filter((line) => line === first || line.marketIds.size > 0);
  };
  return {
    /** False where there is no room for all of them. */
    want: (marketIds: readonly string[]): boolean => {
      const wanted = new Set(marketIds);
      for (const line of lines)
        for (const id of line.marketIds) if (!wanted.has(id)) line.marketIds.delete(id);
      const placed = new Set(lines.flatMap((line) => [...line.marketIds]));
      const missing = marketIds.filter((id) => !placed.has(id));
      const left = missing.filter((id) => withRoom()?.marketIds.add(id) === undefined);
      dropEmpty();
      const complete = lines.map(({ topics, marketIds: its }) => topics.want([...its]));
      return left.length === 0 && !complete.includes(false);
    },
    state: (): StreamState =>
      WORST_FIRST.find((state) => lines.some(({ socket }) => socket.state() === state)) ?? 'down',
    /** Whether the socket of this market is live; false where it has none. */
    isLive: (marketId: string): boolean => lineOf(marketId)?.socket.state() === 'live',
    replace: (marketId: string, reason: string): void => lineOf(marketId)?.socket.replace(reason),
    stop: async (): Promise<void> => {
      await Promise.all(lines.map(({ socket }) => socket.stop()));
    },
  };
}
