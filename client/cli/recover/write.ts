/** Writes recovered rows. The journal is read once more right before: what was written meanwhile stands. */
import { explains } from '../../../domain/audit/explained.ts';
import type { ClosedPosition } from '../../../domain/exchange-truth.ts';
import type { TradeRow } from '../../../journal/journal.ts';
import type { Session } from '../context.ts';
import { MAX_TRADES } from './look.ts';

/** Returns the rows that were written. */
export async function writeRows(
  session: Pick<Session, 'journal'>,
  account: string,
  rows: readonly TradeRow[],
): Promise<TradeRow[]> {
  if (rows.length === 0) return [];
  const journal = session.journal();
  const written: TradeRow[] = [];
  const known = await journal.trades({ account, limit: MAX_TRADES });
  for (const row of rows) {
    if (known.some((trade) => explains(trade, lifeOf(row)) !== 'no')) continue;
    written.push(await journal.writeTrade(row));
  }
  return written;
}

/** The row as the exchange told it, as far as records are compared by it. */
function lifeOf(row: TradeRow): ClosedPosition {
  const { symbol, leg, side, quantity, exchangePositionId, entryAt, exitAt } = row;
  return {
    symbol,
    leg,
    side,
    quantity,
    whole: true,
    ...(exchangePositionId !== null && { exchangePositionId }),
    ...(entryAt !== null && { openedAtMs: Date.parse(entryAt) }),
    ...(exitAt !== null && { closedAtMs: Date.parse(exitAt) }),
  };
}
