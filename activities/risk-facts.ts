/** What limits are counted on besides the reading: only what a configured limit needs is asked for. */
import { dayResult, startOfDayMs, type DayResult } from '../domain/account/day-result.ts';
import type { AccountSnapshot } from '../domain/exchange-truth.ts';
import { countOrders } from '../domain/account/exposure.ts';
import type { RiskFacts, RiskNeed } from '../domain/account/risk.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import type { JournalReader } from '../journal/journal.ts';

/** More rows than any account makes in a day; beyond it the day's result is not known. */
export const MAX_DAY_TRADES = 10_000;

export type RiskSources = {
  exchange: Exchange;
  journal: Pick<JournalReader, 'trades' | 'positions'>;
  snapshot: AccountSnapshot;
  nowMs: number;
};

/** Throws what the exchange or the journal throws: an entry is not checked against half of it. */
export async function readRiskFacts(needs: readonly RiskNeed[], sources: RiskSources): Promise<RiskFacts> {
  const { exchange, snapshot } = sources;
  const [equity, day] = await Promise.all([
    needs.includes('equity') ? exchange.balance().then((balance) => balance.equity) : undefined,
    needs.includes('day_result') ? readDay(sources) : undefined,
  ]);
  return {
    ...(needs.includes('orders') && { openOrders: countOrders(snapshot.orders) }),
    ...(equity !== undefined && { equity }),
    ...(day !== undefined && { day }),
  };
}

/** The day is the gateway's, which dates exits too. */
async function readDay({ exchange, journal, snapshot, nowMs }: RiskSources): Promise<DayResult> {
  const { account } = exchange;
  const sinceAt = new Date(startOfDayMs(nowMs)).toISOString();
  // Rows last: a position that ends in between is in both, and counts by its row.
  const views = await journal.positions(account);
  const trades = await journal.trades({ account, sinceAt, limit: MAX_DAY_TRADES });
  const day = dayResult({ trades, views, positions: snapshot.positions });
  if (trades.length < MAX_DAY_TRADES) return day;
  return { ...day, unknown: [...day.unknown, `more than ${MAX_DAY_TRADES} trades`] };
}
