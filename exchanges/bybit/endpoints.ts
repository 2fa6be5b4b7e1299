/**
 * The Bybit endpoints that the gateway uses: ccxt's method for each, and its documented limit a second per
 * account. All together count against 600 requests in 5 s of the address.
 * Source: bybit-exchange/docs 072c197, v5/rate-limit (column linear, UTA 2.0).
 */
import type { RateLimitMode } from '../connection.ts';
import type { LimiterRules } from '../rate-limiter.ts';

type Endpoint = { method: string; uid?: number };

export const ENDPOINTS = {
  serverTime: { method: 'publicGetV5MarketTime' },
  instruments: { method: 'publicGetV5MarketInstrumentsInfo' },
  tickers: { method: 'publicGetV5MarketTickers' },
  priceLimit: { method: 'publicGetV5MarketPriceLimit' },
  trades: { method: 'publicGetV5MarketRecentTrade' },
  candles: { method: 'publicGetV5MarketKline' },
  markCandles: { method: 'publicGetV5MarketMarkPriceKline' },
  positions: { method: 'privateGetV5PositionList', uid: 50 },
  closedPnl: { method: 'privateGetV5PositionClosedPnl', uid: 50 },
  balance: { method: 'privateGetV5AccountWalletBalance', uid: 50 },
  keyPermissions: { method: 'privateGetV5UserQueryApi', uid: 10 },
  leverage: { method: 'privatePostV5PositionSetLeverage', uid: 10 },
  placeOrder: { method: 'privatePostV5OrderCreate', uid: 10 },
  placeOrders: { method: 'privatePostV5OrderCreateBatch', uid: 10 },
  cancelOrder: { method: 'privatePostV5OrderCancel', uid: 10 },
  liveOrders: { method: 'privateGetV5OrderRealtime', uid: 50 },
  pastOrders: { method: 'privateGetV5OrderHistory', uid: 50 },
  executions: { method: 'privateGetV5ExecutionList', uid: 50 },
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof ENDPOINTS;

/**
 * What two clocks may differ by within a window. It needs no more: a request counts from its answer, so those
 * of the next window arrive a whole window later, however they are bunched.
 */
const SLACK_MS = 20;
/** Who exceeds the limit of an address is banned for ten minutes, so that one is kept with more to spare. */
const ADDRESS_SLACK_MS = 100;
const MAX_IN_FLIGHT = 64;
const MAX_QUEUED = 500;

const endpoints: [string, Endpoint][] = Object.entries(ENDPOINTS);

const PER_ACCOUNT: LimiterRules['buckets'] = Object.fromEntries(
  endpoints.flatMap(([name, { uid }]) =>
    uid === undefined ? [] : [[`${name}/uid`, { limit: uid, windowMs: 1_000 + SLACK_MS }] as const],
  ),
);
const PER_ADDRESS: LimiterRules['buckets'] = { ip: { limit: 600, windowMs: 5_000 + ADDRESS_SLACK_MS } };
/** The last requests of the address stay free for orders and cancels, whatever reads want. */
const READS_OF_ADDRESS: LimiterRules['buckets'] = {
  'reads/ip': { limit: 500, windowMs: 5_000 + ADDRESS_SLACK_MS },
};

const ALL = { ...PER_ACCOUNT, ...PER_ADDRESS, ...READS_OF_ADDRESS };

const BUCKETS: Record<RateLimitMode, LimiterRules['buckets']> = {
  'uid-and-ip': ALL,
  uid: PER_ACCOUNT,
  off: {},
};

/** The limiter's rules under a mode; buckets are named `placeOrder/uid` and so on. */
export const limiterRules = (mode: RateLimitMode): LimiterRules => ({
  buckets: BUCKETS[mode],
  // What the mode leaves out counts after all when the exchange shows that it does.
  strictBuckets: ALL,
  maxInFlight: MAX_IN_FLIGHT,
  maxQueued: MAX_QUEUED,
});

const ORDERS: readonly EndpointName[] = ['placeOrder', 'placeOrders', 'cancelOrder'];

export const bucketsOf = (name: EndpointName): readonly string[] => [
  `${name}/uid`,
  'ip',
  ...(ORDERS.includes(name) ? [] : ['reads/ip']),
];
