/** One socket of a client of Bybit's. */
import type { Client } from '../../sockets.ts';
import type { Topic } from './topics.ts';

export type BybitClient = Client & {
  readonly kind: 'public' | 'private' | 'trade';
  readonly connId: string;
  account: string | null;
  readonly topics: Map<string, Topic>;
  readonly privateTopics: Set<string>;
  heardAtMs: number;
  readonly aliveMs: number;
};
