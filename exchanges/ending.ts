/** How a position that nobody here kept came to its end, beyond what the exchange's row of it says. */
import type { ClosedPosition, Fill } from '../domain/exchange-truth.ts';
import type { Besides } from '../domain/audit/recovered-trade.ts';
import { closingSide } from '../domain/terms.ts';
import { ExchangeFault } from './errors.ts';
import type { Exchange } from './exchange.ts';

/** Executions are dated apart from the rows made of them, in seconds by some. */
const AROUND_CLOSE_MS = 2_000;

type Ending = { row: ClosedPosition; besides: Besides };

/**
 * Who closed it, where the row does not say: the execution at its end, and whether it was forced.
 * Throws `ExchangeFault` when it could be asked again; what an exchange does not tell stays unknown.
 */
export async function endingOf(
  exchange: Pick<Exchange, 'fills' | 'capabilities'>,
  row: ClosedPosition,
): Promise<Ending> {
  const { symbol, leg, side, closedAtMs } = row;
  // A row made of executions says all that they do.
  if (!exchange.capabilities.positionIds || closedAtMs === undefined) return { row, besides: {} };
  try {
    const around = { sinceMs: closedAtMs - AROUND_CLOSE_MS, untilMs: closedAtMs + AROUND_CLOSE_MS };
    const fills = await exchange.fills({ symbol, leg, ...around });
    const last = nearest(
      fills.filter((fill) => fill.side === closingSide(side)),
      closedAtMs,
    );
    if (!last) return { row, besides: {} };
    const forced = row.forced ?? last.forced;
    return { row: { ...row, ...(forced && { forced }) }, besides: { exitOrderId: last.orderId } };
  } catch (error) {
    if (error instanceof ExchangeFault && !error.transient) return { row, besides: {} };
    throw error;
  }
}

/** On a net leg the next position may be opened by the same side a moment later: two orders as near are none. */
function nearest(fills: readonly Fill[], atMs: number): Fill | undefined {
  const distance = (fill: Fill): number => Math.abs(fill.atMs - atMs);
  const least = Math.min(...fills.map(distance));
  const near = fills.filter((fill) => distance(fill) === least);
  return new Set(near.map(({ orderId }) => orderId)).size === 1 ? near.at(-1) : undefined;
}
