/**
 * Rate limits as Binance documents them: request weight a minute, new orders in ten seconds and a minute.
 * Windows begin with the clock's full minutes and tens of seconds. Who goes on after HTTP 429 is banned (418).
 */
import type { VenueSettings } from '../../control/types.ts';
import { createSlidingWindow } from '../../sliding-window.ts';
import type { BinanceError } from './codes.ts';

const MINUTE_MS = 60_000;
const TEN_SECONDS_MS = 10_000;
const MAX_WEIGHT = 2_400;
const MAX_ORDERS_PER_MINUTE = 1_200;
const MAX_ORDERS_PER_TEN_SECONDS = 300;
/** For requests without a key while the limits per address are off: all local clients share one address. */
const GENEROUS_WEIGHT = 24_000;
const STRIKES_TO_BAN = 20;
const BAN_MS = 120_000;

/** As `exchangeInfo` shows them. */
export const REQUEST_LIMITS = [
  { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: MAX_WEIGHT },
  { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: MAX_ORDERS_PER_MINUTE },
  { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: MAX_ORDERS_PER_TEN_SECONDS },
] as const;

export type Usage = { readonly weight: number; readonly newOrders: number };
type Who = { readonly account: string | null; readonly remote: string };

export type Verdict = {
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined`: the request may pass. */
  readonly refused: (BinanceError & { readonly status: 429 | 418 }) | undefined;
};

export type RateLimiter = { readonly check: (who: Who, usage: Usage, nowMs: number) => Verdict };

export function createRateLimiter(settings: () => VenueSettings): RateLimiter {
  const weights = createWindow(MINUTE_MS);
  const minuteOrders = createWindow(MINUTE_MS);
  const shortOrders = createWindow(TEN_SECONDS_MS);
  const strikes = createSlidingWindow(MINUTE_MS);
  const bans = new Map<string, number>();

  return {
    check(who, usage, nowMs) {
      const { rateLimits, ipLimits } = settings();
      const culprit = ipLimits ? who.remote : (who.account ?? who.remote);
      const trader = who.account ?? who.remote;
      const used = weights.add(culprit, usage.weight, nowMs);
      const inMinute = minuteOrders.add(trader, usage.newOrders, nowMs);
      const inTenSeconds = shortOrders.add(trader, usage.newOrders, nowMs);
      const headers = {
        'X-MBX-USED-WEIGHT-1M': String(used),
        ...(usage.newOrders > 0 && {
          'X-MBX-ORDER-COUNT-10S': String(inTenSeconds),
          'X-MBX-ORDER-COUNT-1M': String(inMinute),
        }),
      };
      if (!rateLimits) return { headers, refused: undefined };
      const bannedUntilMs = bans.get(culprit) ?? 0;
      if (bannedUntilMs > nowMs) return banned(headers, bannedUntilMs, nowMs);
      const most = who.account === null && !ipLimits ? GENEROUS_WEIGHT : MAX_WEIGHT;
      const refusal =
        used > most
          ? { ...tooManyRequests(who.remote), windowMs: MINUTE_MS }
          : tooManyOrders(inMinute, inTenSeconds);
      if (!refusal) return { headers, refused: undefined };
      if (strikes.count(culprit, nowMs) >= STRIKES_TO_BAN) {
        strikes.forget(culprit);
        bans.set(culprit, nowMs + BAN_MS);
        return banned(headers, nowMs + BAN_MS, nowMs);
      }
      const { windowMs, ...error } = refusal;
      return limited(headers, error, windowMs - (nowMs % windowMs));
    },
  };
}

const tooManyRequests = (remote: string) => ({
  code: -1003,
  msg: `Too many requests; current limit of IP(${remote}) is ${MAX_WEIGHT} requests per minute. Please use the websocket for live updates to avoid polling the API.`,
  status: 429 as const,
});

function tooManyOrders(inMinute: number, inTenSeconds: number) {
  if (inTenSeconds <= MAX_ORDERS_PER_TEN_SECONDS && inMinute <= MAX_ORDERS_PER_MINUTE) return undefined;
  const short = inTenSeconds > MAX_ORDERS_PER_TEN_SECONDS;
  const [limit, period] = short
    ? [MAX_ORDERS_PER_TEN_SECONDS, '10 SECONDS']
    : [MAX_ORDERS_PER_MINUTE, 'MINUTE'];
  return {
    code: -1015,
    msg: `Too many new orders; current limit is ${limit} orders per ${period}.`,
    status: 429 as const,
    windowMs: short ? TEN_SECONDS_MS : MINUTE_MS,
  };
}

const limited = (
  headers: Verdict['headers'],
  refused: NonNullable<Verdict['refused']>,
  waitMs: number,
): Verdict => ({ headers: { ...headers, 'Retry-After': String(Math.ceil(waitMs / 1_000)) }, refused });

const banned = (headers: Verdict['headers'], untilMs: number, nowMs: number): Verdict =>
  limited(
    headers,
    {
      code: -1003,
      msg: `Way too many requests; IP banned until ${untilMs}. Please use the websocket for live updates to avoid bans.`,
      status: 418,
    },
    untilMs - nowMs,
  );

/** Sums by key within the clock's window; only the present window is kept. */
function createWindow(lengthMs: number) {
  let startMs = 0;
  const sums = new Map<string, number>();
  return {
    add(key: string, amount: number, nowMs: number): number {
      const start = nowMs - (nowMs % lengthMs);
      if (start !== startMs) sums.clear();
      startMs = start;
      const sum = (sums.get(key) ?? 0) + amount;
      sums.set(key, sum);
      return sum;
    },
  };
}
