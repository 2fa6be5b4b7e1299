/** What the watcher knows of its account, as commands read it. */
import type { ObserveHealth } from '../activities/observe/deps.ts';
import type { PriceReport, TruthReport } from '../config/serving.ts';

/** null: this process does not watch the account. */
export function truthReport(health: ObserveHealth | undefined): TruthReport | null {
  if (!health?.watching) return null;
  const { agreement, reconciliations, cover, balance, ageOfTruthMs } = health;
  const { today, lastHour, alert, uncoveredTodayMs } = reconciliations;
  return {
    state: agreement.state,
    agreedAt: at(agreement.agreedAtMs),
    ageMs: ageOfTruthMs,
    differs: agreement.count,
    differsSince: at(agreement.sinceMs),
    legs: agreement.legs.map(({ symbol, leg, sinceMs, text }) => ({
      symbol,
      leg,
      sinceAt: iso(sinceMs),
      text,
    })),
    reconciliations: { today, lastHour },
    alert: alert && { sinceAt: iso(alert.sinceMs), count: alert.count, windowMs: alert.windowMs },
    cover: { ...cover, uncoveredTodayMs },
    balance: balance && {
      asset: balance.asset,
      equity: balance.equity,
      available: balance.available,
      at: iso(balance.atMs),
    },
  };
}

/** More symbols than one account holds positions in. */
const MAX_PRICES = 1_000;

export const priceReports = ({ prices }: ObserveHealth): PriceReport[] =>
  prices.slice(0, MAX_PRICES).map(({ symbol, workingType, price, seenAtMs }) => ({
    symbol,
    workingType,
    price,
    seenAt: at(seenAtMs),
  }));

const iso = (ms: number): string => new Date(ms).toISOString();
const at = (ms: number | null): string | null => (ms === null ? null : iso(ms));
