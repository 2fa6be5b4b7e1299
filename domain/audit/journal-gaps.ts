/**
 * Gaps of the journal: positions that the exchange has closed and no row tells of, and rows that lack
 * the exchange's figures although it has them by now. Pure.
 */
import { finder, type Difference } from './difference.ts';
import type { ClosedPosition } from '../exchange-truth.ts';
import { explains, keptOf } from './explained.ts';
import { findLost } from './lost-trades.ts';
import { iso, type TradeRow } from '../position/trade.ts';
import type { PositionView } from '../view.ts';

export type Books = {
  account: string;
  views: readonly PositionView[];
  trades: readonly TradeRow[];
  /** The exchange's rows of the time that is looked at. */
  closed: readonly ClosedPosition[];
};

export function journalGaps({ account, views, trades, closed }: Books): Difference[] {
  const rows = trades.filter((trade) => trade.account === account);
  const kept = views.filter((view) => view.account === account).map(keptOf);
  const { lost, unclear } = findLost(closed, rows, kept);
  const whole = closed.filter((row) => row.whole);
  return [
    ...lost.map((row) => missingTrade(account, row)),
    ...unclear.map(({ row, why }) => ({ ...missingTrade(account, row, why), weight: 'note' as const })),
    ...rows.filter(lacksFigures).map((trade) => incompleteTrade(account, trade, whole)),
  ];
}

function missingTrade(account: string, row: ClosedPosition, but?: string): Difference {
  const { symbol, leg, side, quantity, closePrice, closedAtMs } = row;
  const when = closedAtMs === undefined ? '' : ` at ${new Date(closedAtMs).toISOString()}`;
  return finder({ account, symbol, leg })(
    'missing_trade',
    `${side} ${quantity} was closed${when} for ${closePrice ?? 'an unknown price'}, ${but ?? 'the journal has no row of it'}`,
    { there: quantity, closed: row },
  );
}

const lacksFigures = ({ figuresSource, exitReason }: TradeRow): boolean =>
  figuresSource !== 'exchange' && exitReason !== 'NEVER_OPENED';

/** Where the exchange has no row either, nothing can be done, and nothing has to. */
function incompleteTrade(account: string, trade: TradeRow, whole: readonly ClosedPosition[]): Difference {
  const { symbol, leg, epoch, side, quantity } = trade;
  const [row, second] = whole.filter((each) => explains(trade, each) !== 'no');
  const text = `the row of ${side} ${quantity} lacks the exchange's figures`;
  return finder({ account, symbol, leg })(
    'incomplete_trade',
    row ? text : `${text}, and so does the exchange`,
    {
      epoch,
      ...(row && !second ? { closed: row } : { weight: 'note' }),
    },
  );
}

/** A row with what the exchange knows by now; what it does not tell stays as it was. */
export const completed = (row: TradeRow, closed: ClosedPosition): TradeRow => ({
  ...row,
  quantity: closed.quantity,
  entryPrice: closed.entryPrice ?? row.entryPrice,
  closePrice: closed.closePrice ?? row.closePrice,
  realizedPnl: closed.realizedPnl ?? row.realizedPnl,
  netPnl: closed.netPnl ?? row.netPnl,
  fees: closed.fees ?? row.fees,
  funding: closed.funding ?? row.funding,
  entryAt: iso(closed.openedAtMs ?? null) ?? row.entryAt,
  exitAt: iso(closed.closedAtMs ?? null) ?? row.exitAt,
  exchangePositionId: row.exchangePositionId ?? closed.exchangePositionId ?? null,
  figuresSource: 'exchange',
});
