/** Keeps a price socket's topics at what is wanted, within the exchange's limit. */
import type { PriceProtocol } from './price-protocol.ts';

/** A server that hangs up this often without a single price does not know some topic. */
const BARREN_CONNECTIONS = 2;

export function createPriceTopics(protocol: PriceProtocol, send: (text: string) => void) {
  let subscribed: ReadonlySet<string> = new Set();
  let barren = -1;
  return {
    /** A new connection knows no topics. */
    renewed: () => {
      subscribed = new Set();
      barren += 1;
    },
    /** A price came: the topics are right. */
    worked: () => {
      barren = 0;
    },
    /** False where there is no room for all of them. */
    want: (marketIds: readonly string[]): boolean => {
      const topics = protocol.topics(marketIds, barren >= BARREN_CONNECTIONS);
      const wanted = new Set(topics.slice(0, protocol.maxTopics));
      const dropped = [...subscribed].filter((topic) => !wanted.has(topic));
      const added = [...wanted].filter((topic) => !subscribed.has(topic));
      if (dropped.length > 0) protocol.unsubscribe(dropped).forEach(send);
      if (added.length > 0) protocol.subscribe(added).forEach(send);
      subscribed = wanted;
      return wanted.size === topics.length;
    },
  };
}
