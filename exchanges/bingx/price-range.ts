/**
 * How far a price went while nobody listened: from trades and one-minute candles that lie wholly inside
 * the gap. A candle that began before it tells of times that were watched, and does not count.
 */
import { max, min, type Decimal } from '../../domain/decimal.ts';
import type { Exchange } from '../exchange.ts';
import type { BingxApi } from './api.ts';
import type { EndpointName } from './endpoints.ts';
import type { Markets } from '../market-list.ts';
import { readBody, readRows, SKIP } from '../rows.ts';
import { candleRow, rowsBody, tradeRow } from './wire.ts';

type PriceRange = NonNullable<Exchange['priceRange']>;
type Query = Parameters<PriceRange>[0];
type Range = { high: Decimal; low: Decimal };

const CANDLE_MS = 60_000;
/** The most that BingX gives at once; a gap of more minutes is known by its last day. */
const MAX_CANDLES = 1_440;
const MAX_TRADES = 1_000;

export function createPriceRange(api: BingxApi, markets: Markets): PriceRange {
  const list = async (endpoint: EndpointName, params: Record<string, string>): Promise<unknown[]> =>
    readBody(endpoint, await api.read(endpoint, endpoint, params), rowsBody).data;

  const ofTrades = async ({ symbol, sinceMs, untilMs }: Query): Promise<Range[]> => {
    const rows = await list('trades', { symbol: markets.idOf(symbol), limit: String(MAX_TRADES) });
    return readRows<typeof tradeRow, Range>('trade', rows, tradeRow, ({ time, price }) => {
      const atMs = api.clock.toOurs(time);
      return atMs >= sinceMs && atMs <= untilMs ? { high: price, low: price } : SKIP;
    }).rows;
  };
  const ofCandles = async (
    endpoint: 'candles' | 'markCandles',
    { symbol, sinceMs, untilMs }: Query,
  ): Promise<Range[]> => {
    if (untilMs - sinceMs < CANDLE_MS) return [];
    const [startTime, endTime] = [api.clock.toServer(sinceMs), api.clock.toServer(untilMs)].map(String);
    const params = {
      symbol: markets.idOf(symbol),
      interval: '1m',
      startTime: startTime ?? '',
      endTime: endTime ?? '',
      limit: String(MAX_CANDLES),
    };
    return readRows<typeof candleRow, Range>(
      'candle',
      await list(endpoint, params),
      candleRow,
      ({ time, openTime, high, low }) => {
        const openedAtMs = time ?? openTime;
        if (openedAtMs === undefined) return { problem: 'no time' };
        const fromMs = api.clock.toOurs(openedAtMs);
        return fromMs >= sinceMs && fromMs + CANDLE_MS <= untilMs ? { high, low } : SKIP;
      },
    ).rows;
  };

  return async (query) => {
    const asked =
      query.workingType === 'MARK_PRICE'
        ? [ofCandles('markCandles', query)]
        : [ofTrades(query), ofCandles('candles', query)];
    const answers = await Promise.allSettled(asked);
    const [failed] = answers.filter((answer) => answer.status === 'rejected');
    const ranges = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    // Half of what can be known is better than nothing; a failure is only told where nothing is known.
    if (failed && ranges.length === 0) throw failed.reason;
    return ranges.length === 0
      ? undefined
      : ranges.reduce((all, one) => ({ high: max(all.high, one.high), low: min(all.low, one.low) }));
  };
}
