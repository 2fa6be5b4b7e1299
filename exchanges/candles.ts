/**
 * The candles of a market, as they closed: the one that is still open is left out, because its range
 * grows until it ends. They are kept until the next one closes, however many positions ask.
 */
import { TIMEFRAME_MS, type Candle, type Timeframe } from '../domain/candles.ts';
import type { Symbol, WorkingType } from '../domain/terms.ts';
import type { Exchange } from './exchange.ts';
import type { Markets } from './market-list.ts';
import { wholeRows, type Rows } from './rows.ts';

/** Which candles: those of a time, or the newest of all; as many as the exchange gives at once, unless fewer. */
export type CandleAsk = {
  symbol: Symbol;
  workingType: WorkingType;
  timeframe: Timeframe;
  span?: { sinceMs: number; untilMs: number };
  limit?: number;
};

/** How an exchange is asked for them: one request, in any order, times of our clock. */
export type CandleSource = (ask: CandleAsk) => Promise<Rows<Candle>>;

/** What every exchange gives at once, less those that are cut off at the end. */
const MAX_CANDLES = 990;

/** The open candle, and one that closed by our clock but perhaps not yet by the exchange's. */
const UNFINISHED = 2;

/** Clocks may differ by a second without being set right (`ccxt/clock.ts`). */
const CLOSED_FOR_MS = 1_500;

/** Markets that were not asked for longest are forgotten first. */
const MAX_KEPT = 500;

type Kept = { slot: number; limit: number; candles: Promise<Candle[]> };

/** @param source how the exchange is asked */
export function createCandleReader(
  markets: Pick<Markets, 'bySymbol'>,
  source: CandleSource,
  nowMs: () => number = Date.now,
): Exchange['candles'] {
  const kept = new Map<string, Kept>();

  const ask = async (symbol: Symbol, timeframe: Timeframe, limit: number): Promise<Candle[]> => {
    const { symbol: known } = await markets.bySymbol(symbol);
    const asked = {
      symbol: known,
      timeframe,
      limit: limit + UNFINISHED,
      workingType: 'CONTRACT_PRICE',
    } as const;
    const rows = wholeRows(`${timeframe} candles of ${symbol}`, await source(asked));
    const closedBy = nowMs() - CLOSED_FOR_MS - TIMEFRAME_MS[timeframe];
    return rows
      .filter(({ openedAtMs }) => openedAtMs <= closedBy)
      .sort((a, b) => a.openedAtMs - b.openedAtMs)
      .slice(-limit);
  };
  const keep = (key: string, entry: Kept, timeframe: Timeframe): void => {
    kept.delete(key);
    kept.set(key, entry);
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    const forget = (): void => {
      if (kept.get(key) === entry) kept.delete(key);
    };
    // An exchange that does not list the newest candle yet is asked again.
    entry.candles.then((candles) => {
      if (candles.at(-1)?.openedAtMs !== (entry.slot - 1) * TIMEFRAME_MS[timeframe]) forget();
    }, forget);
  };

  return async ({ symbol, timeframe, limit }) => {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_CANDLES)
      throw new Error(`${limit} candles: 1 to ${MAX_CANDLES} can be asked for`);
    const key = `${symbol} ${timeframe}`;
    const slot = Math.floor((nowMs() - CLOSED_FOR_MS) / TIMEFRAME_MS[timeframe]);
    const known = kept.get(key);
    const serves = known !== undefined && known.slot === slot && known.limit >= limit;
    const entry = serves ? known : { slot, limit, candles: ask(symbol, timeframe, limit) };
    if (!serves) keep(key, entry, timeframe);
    return (await entry.candles).slice(-limit);
  };
}
