/** How markets are spread over sockets of so many topics; what a socket does by itself, the test does. */
import { describe, expect, it } from 'vitest';
import type { StreamState } from '../../exchanges/exchange.ts';
import type { PriceProtocol, PricePush } from '../../exchanges/streams/price-protocol.ts';
import { createPriceSockets, type PriceSocketEvents } from '../../exchanges/streams/price-sockets.ts';

/** Two topics a market, six on a connection. */
const PROTOCOL: PriceProtocol = {
  url: () => Promise.resolve('ws://nowhere'),
  topics: (ids) => ['last', 'mark'].flatMap((topic) => ids.map((id) => `${id}@${topic}`)),
  maxTopics: 6,
  maxMarkets: 3,
  subscribe: (topics) => topics.map((topic) => `+${topic}`),
  unsubscribe: (topics) => topics.map((topic) => `-${topic}`),
  read: (frame) => ({ kind: 'prices', pushes: [{ marketId: frame.toString() }] }),
  heartbeatMs: 0,
};

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `M${index}`);

function start() {
  const opened: {
    events: PriceSocketEvents;
    state: StreamState;
    stopped: boolean;
    replaced: number;
    topics: Set<string>;
  }[] = [];
  const connected: string[][] = [];
  const pushes: PricePush[] = [];
  let downs = 0;
  let wanted: string[] = [];
  const sockets = createPriceSockets({
    protocol: PROTOCOL,
    open: (events) => {
      const socket = {
        events,
        state: 'connecting' as StreamState,
        stopped: false,
        replaced: 0,
        topics: new Set<string>(),
      };
      opened.push(socket);
      return {
        state: () => socket.state,
        send: (text) => {
          if (socket.state !== 'live') return;
          if (text.startsWith('+')) socket.topics.add(text.slice(1));
          else socket.topics.delete(text.slice(1));
        },
        replace: () => void (socket.replaced += 1),
        stop: () => {
          socket.stopped = true;
          return Promise.resolve();
        },
      };
    },
    onOpen: (marketIds) => {
      connected.push([...marketIds]);
      sockets.want(wanted);
    },
    onPrice: (push) => pushes.push(push),
    onDown: () => (downs += 1),
  });
  const turn = (index: number, state: StreamState): void => {
    const socket = opened[index];
    if (!socket) throw new Error(`there is no socket ${index}`);
    socket.state = state;
    if (state === 'live') {
      socket.topics.clear();
      socket.events.onOpen();
    }
    socket.events.onState(state);
  };
  return {
    sockets,
    opened,
    connected,
    pushes,
    downs: () => downs,
    turn,
    want: (marketIds: string[]) => sockets.want((wanted = marketIds)),
    live: () => opened.forEach((_, index) => turn(index, 'live')),
  };
}

describe('the sockets of a price stream', () => {
  it('are one, from the beginning and as long as that has room', () => {
    const { opened, want } = start();
    expect(opened).toHaveLength(1);
    expect(want(ids(3))).toBe(true);
    expect(opened).toHaveLength(1);
  });

  it('are as many as all markets need, each with no more topics than it may have', () => {
    const { opened, want, live } = start();
    expect(want(ids(8))).toBe(true);
    live();
    expect(opened.map(({ topics }) => topics.size)).toEqual([6, 6, 4]);
    expect(opened.flatMap(({ topics }) => [...topics]).sort()).toEqual(
      ids(8).flatMap((id) => [`${id}@last`, `${id}@mark`]),
    );
  });

  it('keep their markets when others go, fill up again, and end when nothing is left for them', () => {
    const { opened, want, live } = start();
    want(ids(8));
    live();
    want(['M0', 'M4', 'M7']);
    expect(opened.map(({ topics, stopped }) => [topics.size, stopped])).toEqual([
      [2, false],
      [2, false],
      [2, false],
    ]);
    want(['M0', 'M7', 'N1', 'N2', 'N3']);
    expect(
      opened.map(({ topics, stopped }) => [topics.has('N1@last'), topics.has('N3@last'), stopped]),
    ).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, false],
    ]);
    want([]);
    expect(opened.map(({ stopped }) => stopped)).toEqual([false, true, true]);
  });

  it('say what has no room at all', () => {
    const { opened, want } = start();
    expect(want(ids(12 * 3))).toBe(true);
    expect(want(ids(12 * 3 + 1))).toBe(false);
    expect(opened).toHaveLength(12);
  });

  it('are lost one by one: only what is theirs is away, and subscribed again when they are back', () => {
    const { sockets, opened, connected, downs, want, live, turn } = start();
    want(ids(5));
    live();
    connected.length = 0;
    turn(1, 'down');
    expect(ids(5).map(sockets.isLive)).toEqual([true, true, true, false, false]);
    expect([sockets.state(), downs()]).toEqual(['down', 1]);
    turn(1, 'live');
    expect(connected).toEqual([['M3', 'M4']]);
    expect(opened[1]?.topics.size).toBe(4);
    expect(sockets.state()).toBe('live');
  });

  it('are replaced by the market that one of them is deaf to', () => {
    const { sockets, opened, want } = start();
    want(ids(5));
    sockets.replace('M4', 'it is deaf');
    sockets.replace('another', 'it is nobody’s');
    expect(opened.map(({ replaced }) => replaced)).toEqual([0, 1]);
  });

  it('pass on every price, and stop together', async () => {
    const { sockets, opened, pushes, want } = start();
    want(ids(5));
    opened.forEach(({ events }, index) => events.onFrame(Buffer.from(`M${index}`)));
    expect(pushes).toEqual([{ marketId: 'M0' }, { marketId: 'M1' }]);
    await sockets.stop();
    expect(opened.every(({ stopped }) => stopped)).toBe(true);
  });
});
