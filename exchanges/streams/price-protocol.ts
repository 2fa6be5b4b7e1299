/** What a price stream must know of one exchange's price socket: its url, its texts and its frames. */
import { parseDecimal, type Decimal } from '../../domain/decimal.ts';

/** Prices of one market, from one frame. */
export type PricePush = {
  marketId: string;
  last?: Decimal;
  mark?: Decimal;
  /** When the exchange sent it, by its clock; absent: it does not say. */
  atMs?: number;
  /** A summary that may be older than the real-time price of the same socket: told only where that is silent. */
  lagging?: boolean;
  /** What the frame leaves out has not changed since the last one: the market is not silent. */
  unchanged?: boolean;
};

/**
 * What a frame is: prices (none for acknowledgements and whatever else comes), or the server's own sign
 * of life, with the text that it wants as an answer.
 */
export type PriceFrame =
  | { kind: 'prices'; pushes: readonly PricePush[] }
  | { kind: 'heartbeat'; reply?: string };

export type PriceProtocol = {
  /** The socket to connect to, asked anew for each connection; a rejection is a failed attempt. */
  url: () => Promise<string>;
  /**
   * Topics of these markets, what matters most first.
   * @param plain the server keeps hanging up without a single price: name only topics that every server knows
   */
  topics: (marketIds: readonly string[], plain: boolean) => readonly string[];
  /** The most topics that one connection takes. */
  maxTopics: number;
  /** So many markets have room on one connection with all that is told in real time; others get another one. */
  maxMarkets: number;
  /** Texts to send, each at most as long as the exchange takes. */
  subscribe: (topics: readonly string[]) => readonly string[];
  unsubscribe: (topics: readonly string[]) => readonly string[];
  read: (frame: Buffer) => PriceFrame;
  /** How often the server sends a heartbeat of its own; 0 where it only answers ours. */
  heartbeatMs: number;
  /** Our own heartbeat, for a server that wants one in the exchange's own words. */
  ping?: () => string;
};

/** A push's time as the exchange writes it, epoch milliseconds; nothing where it names none. */
export function sentAt(value: unknown): Pick<PricePush, 'atMs'> {
  const atMs = parseDecimal(value);
  return atMs === undefined ? {} : { atMs: Number(atMs) };
}
