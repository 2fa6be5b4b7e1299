/** What it takes to reach one account on one exchange. */
import type { AccountMode, ExchangeName, PositionMode } from '../domain/terms.ts';

/** The part of a pino logger that gateways use. */
export type ExchangeLog = {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
};

export type ExchangeTimeouts = {
  /** From sending a request to its whole answer. Default 4000: below the activities' start-to-close. */
  httpMs: number;
  /**
   * How long a placement or cancellation may wait for the rate limit before it is given back unsent.
   * Together with `httpMs` it must stay below the activities' start-to-close. Default 1500.
   */
  orderWaitMs: number;
  /** How long a read may wait for the rate limit. Default 5000. */
  readWaitMs: number;
  /** How long a socket may take to open. Default 5000. */
  connectMs: number;
};

export const DEFAULT_TIMEOUTS: ExchangeTimeouts = {
  httpMs: 4_000,
  orderWaitMs: 1_500,
  readWaitMs: 5_000,
  connectMs: 5_000,
};

/**
 * Which of an exchange's documented limits the gateway keeps.
 * - `uid-and-ip`: all; for real money and the exchange's demo.
 * - `uid`: what the account may do; for a venue where all accounts share one address.
 * - `off`: only a bound on what is under way at once.
 */
export type RateLimitMode = 'uid-and-ip' | 'uid' | 'off';

export type ExchangeConnection = {
  account: string;
  exchange: ExchangeName;
  mode: AccountMode;
  /** Base URL (http or https) of a venue or proxy in place of the exchange's own. Needed for `paper`. */
  endpoint?: string;
  apiKey: string;
  secret: string;
  /** As configured; only believed where the exchange has no endpoint that tells. */
  positionMode?: PositionMode;
  /** Send orders of one moment in one request, where the exchange takes that. Default false. */
  batches?: boolean;
  timeouts?: Partial<ExchangeTimeouts>;
  /** Default: `uid` for paper, where all accounts share one address, else `uid-and-ip`. */
  rateLimits?: RateLimitMode;
  log?: ExchangeLog;
};
