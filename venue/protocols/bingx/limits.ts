/**
 * Rate limits: per second and endpoint, per account (UID) and per address (IP), as BingX documents them.
 * Going on after being limited escalates: code 100410, then HTTP 429 with it, then HTTP 418 for a while.
 */
import type { VenueSettings } from '../../control/types.ts';
import { createSlidingWindow } from '../../sliding-window.ts';
import { ERRORS } from './codes.ts';

const WINDOW_MS = 1_000;
const STRIKES_KEPT_MS = 60_000;
const STRIKES_TO_429 = 20;
const STRIKES_TO_418 = 60;
const BAN_MS = 120_000;
/** On public endpoints where the documented limits per address are off. */
const GENEROUS_PER_IP = 100;

export type Limits = { readonly uid?: number; readonly ip?: number };
export type Limited = { readonly status: 200 | 429 | 418; readonly code: number; readonly msg: string };

export type RateLimiter = {
  /** `undefined`: the request may pass. */
  readonly check: (
    endpoint: string,
    limits: Limits,
    who: { account: string | null; remote: string },
    nowMs: number,
  ) => Limited | undefined;
};

export function createRateLimiter(settings: () => VenueSettings): RateLimiter {
  const seconds = createSlidingWindow(WINDOW_MS);
  const strikes = createSlidingWindow(STRIKES_KEPT_MS);
  const bannedUntilMs = new Map<string, number>();

  function strike(who: string, nowMs: number): Limited {
    const count = strikes.count(who, nowMs);
    if (count < STRIKES_TO_429) return { status: 200, ...ERRORS.rateLimit };
    if (count < STRIKES_TO_418) return { status: 429, ...ERRORS.rateLimit };
    bannedUntilMs.set(who, nowMs + BAN_MS);
    strikes.forget(who);
    return { status: 418, ...ERRORS.rateLimit };
  }

  return {
    check(endpoint, limits, who, nowMs) {
      const { rateLimits, ipLimits } = settings();
      if (!rateLimits) return undefined;
      const culprit = who.account ?? who.remote;
      if ((bannedUntilMs.get(culprit) ?? 0) > nowMs) return { status: 418, ...ERRORS.rateLimit };
      const perIp = ipLimits ? limits.ip : who.account === null ? GENEROUS_PER_IP : undefined;
      const uidFits =
        who.account === null ||
        limits.uid === undefined ||
        seconds.take(`uid ${who.account} ${endpoint}`, limits.uid, nowMs).taken;
      const ipFits = perIp === undefined || seconds.take(`ip ${who.remote} ${endpoint}`, perIp, nowMs).taken;
      return uidFits && ipFits ? undefined : strike(culprit, nowMs);
    },
  };
}
