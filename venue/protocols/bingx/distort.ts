/** Plays malformed numbers: what stands in rows where a client expects figures. */
import type { Distortion } from '../../wire.ts';
import type { Reply } from './call.ts';

/** Members that carry figures; ids, times and words stay as they are. */
const FIGURES = new Set([
  'positionAmt',
  'availableAmt',
  'avgPrice',
  'initialMargin',
  'unrealizedProfit',
  'realisedProfit',
  'liquidationPrice',
  'markPrice',
  'positionValue',
  'leverage',
  'origQty',
  'executedQty',
  'price',
  'stopPrice',
  'cumQuote',
  'commission',
  'profit',
  'balance',
  'equity',
  'availableMargin',
  'usedMargin',
  'lastPrice',
  'bidPrice',
  'askPrice',
  'volume',
  'qty',
  'amount',
  'avgClosePrice',
  'netProfit',
  'closePositionAmt',
  'positionCommission',
  'totalFunding',
]);

export function distort(reply: Reply, distortion: Distortion): Reply {
  if (distortion.kind !== 'malformed-numbers' || 'msg' in reply) return reply;
  const value = distortion.params.value === undefined ? null : distortion.params.value;
  return { ...reply, data: replaceFigures(reply.data, value) };
}

function replaceFigures(data: unknown, value: string | null): unknown {
  if (Array.isArray(data)) return data.map((row) => replaceFigures(row, value));
  // A bare integer (a raw JSON number) is no plain object: it is an id and stays.
  if (typeof data !== 'object' || data === null || Object.getPrototypeOf(data) === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, field]) => [
      key,
      FIGURES.has(key) ? value : replaceFigures(field, value),
    ]),
  );
}
