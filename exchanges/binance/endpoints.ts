/**
 * The Binance USDT-M endpoints that the gateway uses: ccxt's method for each, and what a call costs.
 * `weight` counts against 2,400 a minute of the address, `order` against 300 in 10 s and 1,200 a minute of
 * the account. Source: developers.binance.com, derivatives/usds-margined-futures, per endpoint (2026).
 */
import type { RateLimitMode } from '../connection.ts';
import type { LimiterRules } from '../rate-limiter.ts';

type Endpoint = { method: string; weight: number; order?: boolean };

export const ENDPOINTS = {
  serverTime: { method: 'fapiPublicGetTime', weight: 1 },
  exchangeInfo: { method: 'fapiPublicGetExchangeInfo', weight: 1 },
  ticker: { method: 'fapiPublicGetTickerPrice', weight: 1 },
  tickers: { method: 'fapiPublicGetTickerPrice', weight: 2 },
  markPrice: { method: 'fapiPublicGetPremiumIndex', weight: 1 },
  markPrices: { method: 'fapiPublicGetPremiumIndex', weight: 10 },
  trades: { method: 'fapiPublicGetAggTrades', weight: 20 },
  candles: { method: 'fapiPublicGetKlines', weight: 10 },
  fewCandles: { method: 'fapiPublicGetKlines', weight: 5 },
  markCandles: { method: 'fapiPublicGetMarkPriceKlines', weight: 10 },
  positions: { method: 'fapiPrivateV3GetPositionRisk', weight: 5 },
  account: { method: 'fapiPrivateV3GetAccount', weight: 5 },
  positionMode: { method: 'fapiPrivateGetPositionSideDual', weight: 30 },
  keyPermissions: { method: 'sapiGetAccountApiRestrictions', weight: 1 },
  leverage: { method: 'fapiPrivatePostLeverage', weight: 1 },
  placeOrder: { method: 'fapiPrivatePostOrder', weight: 0, order: true },
  placeAlgoOrder: { method: 'fapiPrivatePostAlgoOrder', weight: 0, order: true },
  cancelOrder: { method: 'fapiPrivateDeleteOrder', weight: 1 },
  cancelAlgoOrder: { method: 'fapiPrivateDeleteAlgoOrder', weight: 1 },
  order: { method: 'fapiPrivateGetOrder', weight: 1 },
  algoOrder: { method: 'fapiPrivateGetAlgoOrder', weight: 1 },
  openOrders: { method: 'fapiPrivateGetOpenOrders', weight: 1 },
  openAlgoOrders: { method: 'fapiPrivateGetOpenAlgoOrders', weight: 1 },
  allOpenOrders: { method: 'fapiPrivateGetOpenOrders', weight: 40 },
  allOpenAlgoOrders: { method: 'fapiPrivateGetOpenAlgoOrders', weight: 40 },
  pastOrders: { method: 'fapiPrivateGetAllOrders', weight: 5 },
  pastAlgoOrders: { method: 'fapiPrivateGetAllAlgoOrders', weight: 5 },
  fills: { method: 'fapiPrivateGetUserTrades', weight: 5 },
  forcedOrders: { method: 'fapiPrivateGetForceOrders', weight: 20 },
  income: { method: 'fapiPrivateGetIncome', weight: 30 },
  createListenKey: { method: 'fapiPrivatePostListenKey', weight: 1 },
  extendListenKey: { method: 'fapiPrivatePutListenKey', weight: 1 },
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof ENDPOINTS;

/** Longer than the documented windows: requests that left evenly can arrive bunched. */
const SLACK_MS = 500;
const MAX_IN_FLIGHT = 64;
const MAX_QUEUED = 500;

/** Requests of this weight a minute stay free for cancels, whatever reads want. */
const KEPT_FREE = 200;

const BUCKETS: LimiterRules['buckets'] = {
  'orders/10s': { limit: 300, windowMs: 10_000 + SLACK_MS },
  'orders/1m': { limit: 1_200, windowMs: 60_000 + SLACK_MS },
  'weight/1m': { limit: 2_400, windowMs: 60_000 + SLACK_MS },
  'reads/1m': { limit: 2_400 - KEPT_FREE, windowMs: 60_000 + SLACK_MS },
};

/**
 * The limiter's rules under a mode. The weight belongs to the address, but one account alone can use it up:
 * so it is kept under `uid` too.
 */
export const limiterRules = (mode: RateLimitMode): LimiterRules => ({
  buckets: mode === 'off' ? {} : BUCKETS,
  // What the mode leaves out counts after all when the exchange shows that it does.
  strictBuckets: BUCKETS,
  maxInFlight: MAX_IN_FLIGHT,
  maxQueued: MAX_QUEUED,
});

const CANCELS: readonly EndpointName[] = ['cancelOrder', 'cancelAlgoOrder'];

/** A bucket named several times is charged several times. */
export function bucketsOf(name: EndpointName): readonly string[] {
  const { weight, order = false }: Endpoint = ENDPOINTS[name];
  const counted = CANCELS.includes(name) ? ['weight/1m'] : ['weight/1m', 'reads/1m'];
  return [
    ...(order ? ['orders/10s', 'orders/1m'] : []),
    ...Array.from({ length: weight }, () => counted).flat(),
  ];
}
