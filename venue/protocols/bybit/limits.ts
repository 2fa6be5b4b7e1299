/**
 * Rate limits as Bybit documents them: per second, account and endpoint (10006 in an answer with status 200),
 * and 600 requests in five seconds from an address, beyond which it is banned for ten minutes (status 403).
 * All local clients share one address: unless `ipLimits` is on, each account there counts for itself.
 */
import type { VenueSettings } from '../../control/types.ts';
import { createSlidingWindow } from '../../sliding-window.ts';
import type { Room } from '../../sliding-window.ts';

const SECOND_MS = 1_000;
const ADDRESS_WINDOW_MS = 5_000;
const PER_ADDRESS = 600;
const BAN_MS = 600_000;

export type RateLimiter = {
  /** Whether the address may ask at all. */
  readonly admits: (remote: string, account: string | null, nowMs: number) => boolean;
  /** Takes one from the account's limit of an endpoint. */
  readonly take: (account: string, endpoint: string, perSecond: number, nowMs: number) => Room;
  /** What is left of it, without taking. */
  readonly look: (account: string, endpoint: string, perSecond: number, nowMs: number) => Room;
};

export function createRateLimiter(settings: () => VenueSettings): RateLimiter {
  const seconds = createSlidingWindow(SECOND_MS);
  const addresses = createSlidingWindow(ADDRESS_WINDOW_MS);
  const bannedUntilMs = new Map<string, number>();

  function take(account: string, endpoint: string, perSecond: number, nowMs: number, cost: number): Room {
    if (!settings().rateLimits) return { taken: true, left: perSecond, resetsAtMs: nowMs };
    return seconds.take(`${account} ${endpoint}`, perSecond, nowMs, cost);
  }

  return {
    admits(remote, account, nowMs) {
      const { rateLimits, ipLimits } = settings();
      if (!rateLimits) return true;
      const who = ipLimits ? remote : `${remote} ${account ?? ''}`;
      if ((bannedUntilMs.get(who) ?? 0) > nowMs) return false;
      if (addresses.take(who, PER_ADDRESS, nowMs).taken) return true;
      bannedUntilMs.set(who, nowMs + BAN_MS);
      return false;
    },
    take: (account, endpoint, perSecond, nowMs) => take(account, endpoint, perSecond, nowMs, 1),
    look: (account, endpoint, perSecond, nowMs) => take(account, endpoint, perSecond, nowMs, 0),
  };
}
