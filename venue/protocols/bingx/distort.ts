/** Plays malformed numbers: what stands in rows where a client expects figures. */
import { replaceFigures } from '../../visible.ts';
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
  return { ...reply, data: replaceFigures(reply.data, value, FIGURES) };
}
