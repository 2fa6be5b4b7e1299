/**
 * Rate limits: per second and endpoint, per account (UID) and per address (IP), as BingX documents them.
 * Going on after being limited escalates: code 100410, then HTTP 429 with it, then HTTP 418 for a while.
 */
import type { VenueSettings } from '../../control/types.ts';
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
  const seen = new Map<string, number[]>();
  const strikes = new Map<string, number[]>();
  const bannedUntilMs = new Map<string, number>();

  /** Whether one more fits into the last second. */
  function fits(key: string, perSecond: number, nowMs: number): boolean {
    const recent = (seen.get(key) ?? []).filter((atMs) => atMs > nowMs - WINDOW_MS);
    const room = recent.length < perSecond;
    if (room) recent.push(nowMs);
    seen.set(key, recent);
    return room;
  }

  function strike(who: string, nowMs: number): Limited {
    const recent = (strikes.get(who) ?? []).filter((atMs) => atMs > nowMs - STRIKES_KEPT_MS);
    recent.push(nowMs);
    strikes.set(who, recent);
    if (recent.length < STRIKES_TO_429) return { status: 200, ...ERRORS.rateLimit };
    if (recent.length < STRIKES_TO_418) return { status: 429, ...ERRORS.rateLimit };
    bannedUntilMs.set(who, nowMs + BAN_MS);
    strikes.delete(who);
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
        fits(`uid ${who.account} ${endpoint}`, limits.uid, nowMs);
      const ipFits = perIp === undefined || fits(`ip ${who.remote} ${endpoint}`, perIp, nowMs);
      return uidFits && ipFits ? undefined : strike(culprit, nowMs);
    },
  };
}
