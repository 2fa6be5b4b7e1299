/**
 * How far a price went while nobody listened: from trades and one-minute candles that lie wholly inside
 * the gap. A candle that began before it tells of times that were watched, and does not count.
 */
import { TIMEFRAME_MS } from '../domain/candles.ts';
import { max, min, type Decimal } from '../domain/decimal.ts';
import type { CandleSource } from './candles.ts';
import type { Exchange, PriceRangeQuery } from './exchange.ts';

type PriceRange = NonNullable<Exchange['priceRange']>;

/** What was paid between two times, ms of our clock. */
export type PricedSpan = { fromMs: number; toMs: number; high: Decimal; low: Decimal };

/** What an exchange keeps of the past; spans outside the query do no harm. */
export type PriceHistory = {
  trades: (query: PriceRangeQuery) => Promise<PricedSpan[]>;
  candles: CandleSource;
};

const CANDLE_MS = TIMEFRAME_MS['1m'];

export function createPriceRange(history: PriceHistory): PriceRange {
  const candles = async ({ symbol, workingType, ...span }: PriceRangeQuery): Promise<PricedSpan[]> => {
    if (span.untilMs - span.sinceMs < CANDLE_MS) return [];
    const { rows } = await history.candles({ symbol, workingType, timeframe: '1m', span });
    return rows.map(({ openedAtMs: fromMs, high, low }) => ({ fromMs, toMs: fromMs + CANDLE_MS, high, low }));
  };

  return async (query) => {
    const asked =
      query.workingType === 'MARK_PRICE' ? [candles(query)] : [history.trades(query), candles(query)];
    const answers = await Promise.allSettled(asked);
    const [failed] = answers.filter((answer) => answer.status === 'rejected');
    const spans = answers
      .flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
      .filter(({ fromMs, toMs }) => fromMs >= query.sinceMs && toMs <= query.untilMs);
    // Half of what can be known is better than nothing; a failure is only told where nothing is known.
    if (failed && spans.length === 0) throw failed.reason;
    const [first, ...others] = spans;
    return first && others.reduce(widened, { high: first.high, low: first.low });
  };
}

type Range = { high: Decimal; low: Decimal };
const widened = (all: Range, one: Range): Range => ({
  high: max(all.high, one.high),
  low: min(all.low, one.low),
});
