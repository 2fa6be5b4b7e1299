/**
 * Closed positions of the exchange that nobody wrote down. Pure.
 *
 * - What the journal tells of in any shape, alone or as a part, is not lost.
 * - What a kept position may still tell of is left to it.
 * - What could be one of several is not guessed: it is `unclear`, and nothing is written for it.
 * - A row of which a part is still open is no closed position.
 */
import { explains, mayExplain, type Kept } from './explained.ts';
import type { ClosedPosition } from '../exchange-truth.ts';
import type { TradeRow } from '../position/trade.ts';

export type LostTrades = {
  /** Oldest first. */
  lost: ClosedPosition[];
  unclear: { row: ClosedPosition; why: string }[];
  /** Left to positions that are kept right now. */
  left: { row: ClosedPosition; workflowId: string }[];
  /** How many the journal has. */
  known: number;
};

/** @param trades of the same account, as far back as the oldest of the rows at least */
export function findLost(
  rows: readonly ClosedPosition[],
  trades: readonly TradeRow[],
  kept: readonly Kept[],
): LostTrades {
  const found: LostTrades = { lost: [], unclear: [], left: [], known: 0 };
  const whole = rows.filter((row) => row.whole);
  const named = trades.filter((trade) => whole.some((row) => explains(trade, row) === 'surely'));
  const unnamed = trades.filter((trade) => !named.includes(trade));
  for (const row of inOrder(whole)) {
    const keeper = kept.find((each) => mayExplain(each, row));
    const alike = unnamed.filter((trade) => explains(trade, row) === 'perhaps');
    if (named.some((trade) => explains(trade, row) === 'surely')) found.known += 1;
    else if (keeper) found.left.push({ row, workflowId: keeper.workflowId });
    else if (alike.length === 0) found.lost.push(row);
    else if (alike.length === 1 && alike.every((trade) => isOnlyOne(trade, whole))) found.known += 1;
    else found.unclear.push({ row, why: 'the journal has a trade that could be this one or another' });
  }
  return found;
}

const isOnlyOne = (trade: TradeRow, rows: readonly ClosedPosition[]): boolean =>
  rows.filter((row) => explains(trade, row) === 'perhaps').length === 1;

const inOrder = (rows: readonly ClosedPosition[]): ClosedPosition[] =>
  rows.toSorted((a, b) => (a.closedAtMs ?? 0) - (b.closedAtMs ?? 0));
