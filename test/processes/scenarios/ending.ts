/** How a play must have ended: the leg flat, no order left, and a journal row for each position, figure by figure. */
import { expect } from 'vitest';
import { abs, lte, neg, sub, type Decimal } from '../../../domain/decimal.ts';
import type { TradeRow } from '../../../domain/position/trade.ts';
import type { PositionHistoryRow } from '../../../venue/control/types.ts';
import type { TriedExchange } from '../wire-of.ts';
import { booksOf, isRunning, priceTo, rests, until, workflowOf, type Play } from './play.ts';

/**
 * To the last digit that the exchange gives: BingX's rows have four places. On the others a figure is the
 * sum of executions, of which the last of eight places is rounded each.
 */
const ROUNDED_BY: Record<TriedExchange, Decimal> = {
  bingx: '0.00005',
  bybit: '0.00000002',
  binance: '0.00000002',
};

/** The figures that a row has from the exchange, each with the venue's own. */
const FIGURES: readonly [name: keyof TradeRow, of: (row: PositionHistoryRow) => Decimal][] = [
  ['quantity', ({ closedQuantity }) => closedQuantity],
  ['entryPrice', ({ averagePrice }) => averagePrice],
  ['closePrice', ({ averageClosePrice }) => averageClosePrice],
  ['realizedPnl', ({ realizedPnl }) => realizedPnl],
  ['fees', ({ commission }) => neg(commission)],
  ['funding', ({ funding }) => funding],
  ['netPnl', ({ netPnl }) => netPnl],
];

/** @returns the rows of the leg, oldest first; as many as there are reasons */
export async function expectEnded(
  play: Play,
  reasons: readonly TradeRow['exitReason'][],
): Promise<TradeRow[]> {
  await until(async () => expect(await isRunning(play), `${workflowOf(play)} runs`).toBe(false));
  const { positions, orders, history } = await booksOf(play);
  expect(positions, `${play.symbol}: flat`).toEqual([]);
  expect(orders.filter(rests), `${play.symbol}: no order left`).toEqual([]);
  const trades = await tradesOf(play);
  expect(trades.map(({ exitReason }) => exitReason)).toEqual(reasons);
  expect(history, `${play.symbol}: positions at the venue`).toHaveLength(reasons.length);
  history.forEach((row, index) => expectFigures(trades[index], row, ROUNDED_BY[play.exchange]));
  return trades;
}

export async function tradesOf({ processes, account, symbol, leg }: Play): Promise<TradeRow[]> {
  const trades = await processes.journal.trades({ account, symbol });
  return trades
    .filter((trade) => trade.leg === leg)
    .toSorted((a, b) => (String(a.exitAt) < String(b.exitAt) ? -1 : 1));
}

function expectFigures(trade: TradeRow | undefined, row: PositionHistoryRow, rounding: Decimal): void {
  expect(trade).toMatchObject({ figuresSource: 'exchange', side: row.side });
  for (const [name, of] of FIGURES) {
    const written = trade?.[name];
    const isSame = typeof written === 'string' && lte(abs(sub(written, of(row))), rounding);
    expect(
      isSame,
      `${trade?.symbol} ${name}: ${String(written)} in the journal, ${of(row)} at the venue`,
    ).toBe(true);
  }
}

/** Ends what is still open by its target, and holds it against the books. */
export async function endByTarget(play: Play, target = '120'): Promise<TradeRow[]> {
  await priceTo(play, target);
  return expectEnded(play, ['TAKE_PROFIT']);
}
