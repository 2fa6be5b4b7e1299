/** Plays malformed numbers: what stands in rows where a client expects figures. */
import { replaceFigures } from '../../visible.ts';
import type { Distortion } from '../../wire.ts';
import { isError } from './call.ts';
import type { Reply } from './call.ts';

/** Members that carry figures; ids, times and words stay as they are. */
const FIGURES: ReadonlySet<string> = new Set([
  ...['positionAmt', 'entryPrice', 'breakEvenPrice', 'markPrice', 'unRealizedProfit', 'unrealizedProfit'],
  ...['liquidationPrice', 'notional', 'isolatedMargin', 'isolatedWallet', 'initialMargin', 'maintMargin'],
  ...['positionInitialMargin', 'leverage', 'price', 'avgPrice', 'origQty', 'executedQty', 'cumQty'],
  ...['cumQuote', 'stopPrice', 'quantity', 'triggerPrice', 'actualPrice', 'actualQty', 'qty', 'quoteQty'],
  ...['baseQty', 'realizedPnl', 'commission', 'income', 'balance', 'walletBalance', 'marginBalance'],
  ...['crossWalletBalance', 'availableBalance', 'maxWithdrawAmount', 'totalWalletBalance', 'lastPrice'],
  ...['totalMarginBalance', 'bidPrice', 'askPrice', 'bidQty', 'askQty', 'volume', 'quoteVolume'],
]);

export function distort(reply: Reply, distortion: Distortion): Reply {
  if (distortion.kind !== 'malformed-numbers' || isError(reply)) return reply;
  const value = distortion.params.value === undefined ? null : distortion.params.value;
  return { ...reply, data: replaceFigures(reply.data, value, FIGURES) };
}
