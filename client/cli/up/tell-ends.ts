/** Tells each trade that ends from now on once, with its figures as soon as they are known. */
import type { TradeRow } from '../../../journal/journal.ts';
import type { Holdfast } from '../../api.ts';
import type { Colors } from '../context.ts';
import { orDash, profit } from '../render/format.ts';

/** More trades than end between two looks. */
const RECENT_TRADES = 50;
/** How long a trade's figures may be missing before it is told without them. */
const FIGURES_WAIT_MS = 15_000;

/**
 * Each call gives the lines that are new, the oldest first.
 * @param isNamed each line names its account: there are several
 */
export async function createTeller(
  { trades }: Pick<Holdfast, 'trades'>,
  now: () => number,
  isNamed = false,
): Promise<(colors: Colors) => Promise<string[]>> {
  const recent = () => trades({ limit: RECENT_TRADES });
  const told = new Set((await recent()).map(keyOf));
  const firstSeenMs = new Map<string, number>();
  return async (colors) => {
    const ready = (await recent()).filter((row) => {
      if (told.has(keyOf(row))) return false;
      const sinceMs = firstSeenMs.get(keyOf(row)) ?? now();
      firstSeenMs.set(keyOf(row), sinceMs);
      return row.netPnl !== null || row.exitReason === 'NEVER_OPENED' || now() - sinceMs >= FIGURES_WAIT_MS;
    });
    for (const row of ready) {
      told.add(keyOf(row));
      firstSeenMs.delete(keyOf(row));
    }
    return ready.toReversed().map((row) => endText(row, colors, isNamed));
  };
}

const keyOf = ({ account, symbol, leg, epoch }: TradeRow): string => `${account} ${symbol} ${leg} ${epoch}`;

function endText(row: TradeRow, colors: Colors, isNamed: boolean): string {
  const { symbol, side, quantity, entryPrice, closePrice, netPnl, exitReason, exitAt } = row;
  const time = exitAt === null ? '' : `${new Date(exitAt).toTimeString().slice(0, 8)}  `;
  const clock = isNamed ? `${time}${row.account}  ` : time;
  if (exitReason === 'NEVER_OPENED') return `${clock}${colors.bold(symbol)} ${side} was never opened`;
  return `${clock}${colors.bold(symbol)} ${side} ${quantity}: ${exitReason}, ${orDash(entryPrice)} to ${orDash(closePrice)}, net ${profit(netPnl, colors)}`;
}
