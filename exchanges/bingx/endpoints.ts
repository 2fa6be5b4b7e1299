/**
 * The BingX endpoints that the gateway uses: ccxt's method for each, and its documented limits per
 * second, per account (`uid`) and per address (`ip`).
 * Source: BingX-API/api-ai-skills d40bcc6 (2026-04-21), rate limits per endpoint.
 */
import type { RateLimitMode } from '../connection.ts';
import type { LimiterRules } from '../rate-limiter.ts';

type Endpoint = { method: string; uid?: number; ip?: number };

export const ENDPOINTS = {
  serverTime: { method: 'swapV2PublicGetServerTime', ip: 5 },
  contracts: { method: 'swapV2PublicGetQuoteContracts', ip: 1 },
  ticker: { method: 'swapV2PublicGetQuoteTicker', ip: 1 },
  premiumIndex: { method: 'swapV2PublicGetQuotePremiumIndex', ip: 1 },
  trades: { method: 'swapV2PublicGetQuoteTrades', ip: 1 },
  candles: { method: 'swapV3PublicGetQuoteKlines', ip: 1 },
  markCandles: { method: 'swapV1PublicGetMarketMarkPriceKlines', ip: 1 },
  positions: { method: 'swapV2PrivateGetUserPositions', uid: 10, ip: 3 },
  balance: { method: 'swapV3PrivateGetUserBalance', uid: 5, ip: 3 },
  positionMode: { method: 'swapV1PrivateGetPositionSideDual', uid: 2, ip: 2 },
  keyPermissions: { method: 'accountV1PrivateGetAccountApiPermissions', uid: 2, ip: 2 },
  leverage: { method: 'swapV2PrivatePostTradeLeverage', uid: 5, ip: 2 },
  placeOrder: { method: 'swapV2PrivatePostTradeOrder', uid: 10, ip: 3 },
  placeOrders: { method: 'swapV2PrivatePostTradeBatchOrders', uid: 5, ip: 3 },
  cancelOrder: { method: 'swapV2PrivateDeleteTradeOrder', uid: 10, ip: 3 },
  order: { method: 'swapV2PrivateGetTradeOrder', uid: 30, ip: 2 },
  openOrders: { method: 'swapV2PrivateGetTradeOpenOrders', uid: 5, ip: 3 },
  allOrders: { method: 'swapV2PrivateGetTradeAllOrders', uid: 5, ip: 3 },
  fills: { method: 'swapV2PrivateGetTradeAllFillOrders', uid: 5, ip: 2 },
  forcedOrders: { method: 'swapV2PrivateGetTradeForceOrders', uid: 10, ip: 2 },
  positionHistory: { method: 'swapV1PrivateGetTradePositionHistory', uid: 5, ip: 2 },
  createListenKey: { method: 'userAuthPrivatePostUserDataStream', uid: 2, ip: 2 },
  extendListenKey: { method: 'userAuthPrivatePutUserDataStream', uid: 2, ip: 2 },
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof ENDPOINTS;

/**
 * The documented second, and what two clocks may differ by in that time. It needs no more: a request counts
 * from its answer, so those of the next window arrive a whole window later, however they are bunched.
 */
const WINDOW_MS = 1_020;
const MAX_IN_FLIGHT = 64;
const MAX_QUEUED = 500;

const endpoints: [string, Endpoint][] = Object.entries(ENDPOINTS);

type Scope = 'uid' | 'ip';

function bucketsFor(scopes: readonly Scope[]): LimiterRules['buckets'] {
  return Object.fromEntries(
    scopes.flatMap((scope) =>
      endpoints.flatMap(([name, endpoint]) => {
        const limit = endpoint[scope];
        return limit === undefined ? [] : [[`${name}/${scope}`, { limit, windowMs: WINDOW_MS }] as const];
      }),
    ),
  );
}

const SCOPES: Record<RateLimitMode, readonly Scope[]> = {
  'uid-and-ip': ['uid', 'ip'],
  uid: ['uid'],
  off: [],
};

/** The limiter's rules under a mode; buckets are named `placeOrder/uid` and so on. */
export function limiterRules(mode: RateLimitMode): LimiterRules {
  return {
    buckets: bucketsFor(SCOPES[mode]),
    // What the mode leaves out counts after all when the exchange shows that it does.
    strictBuckets: bucketsFor(SCOPES['uid-and-ip']),
    maxInFlight: MAX_IN_FLIGHT,
    maxQueued: MAX_QUEUED,
  };
}

export const bucketsOf = (name: EndpointName): readonly string[] => [`${name}/uid`, `${name}/ip`];
