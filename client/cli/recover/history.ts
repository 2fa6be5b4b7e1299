/** What an account's exchange closed in a span of time, symbol by symbol; one that fails leaves the others. */
import type { ClosedPosition } from '../../../domain/exchange-truth.ts';
import { closingSide, type Symbol } from '../../../domain/terms.ts';
import type { Besides } from '../../../domain/recovered-trade.ts';
import { ExchangeFault } from '../../../exchanges/errors.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import { mapBounded } from '../../map-bounded.ts';

export type Span = { sinceMs: number; untilMs: number };
export type History = { symbol: Symbol; rows: ClosedPosition[]; failure: string | null };

/** Reading two at once keeps one's waiting from being all there is; more would only queue at the limiter. */
const AT_ONCE = 2;
/** No exchange answers for more at once: BingX looks back three months. */
const PART_MS = 80 * 24 * 60 * 60_000;

export const readHistories = (
  exchange: Pick<Exchange, 'closedPositions'>,
  symbols: readonly Symbol[],
  span: Span,
): Promise<History[]> =>
  mapBounded(symbols, AT_ONCE, async (symbol) => {
    try {
      return { symbol, rows: await readParts(exchange, symbol, span), failure: null };
    } catch (error) {
      return { symbol, rows: [], failure: textOf(error) };
    }
  });

async function readParts(
  exchange: Pick<Exchange, 'closedPositions'>,
  symbol: Symbol,
  { sinceMs, untilMs }: Span,
): Promise<ClosedPosition[]> {
  const rows = new Map<string, ClosedPosition>();
  for (let fromMs = sinceMs; fromMs < untilMs; fromMs += PART_MS) {
    const part = { symbol, sinceMs: fromMs, untilMs: Math.min(fromMs + PART_MS, untilMs) };
    for (const row of await exchange.closedPositions(part)) rows.set(keyOf(row), row);
  }
  return [...rows.values()];
}

/** Parts share their edges, and tell the same times from one connection. */
const keyOf = ({
  exchangePositionId,
  orderIds,
  leg,
  openedAtMs,
  closedAtMs,
  quantity,
}: ClosedPosition): string =>
  [exchangePositionId, orderIds?.[0], leg, openedAtMs, closedAtMs, quantity].join(' ');

/** Executions are dated apart from the rows made of them, in seconds by some. */
const AROUND_CLOSE_MS = 2_000;

export type Ending = { row: ClosedPosition; besides: Besides };

/**
 * Who closed it, where the row does not say: the last execution that closed, and whether it was forced.
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
    const last = fills.filter((fill) => fill.side === closingSide(side)).at(-1);
    if (!last) return { row, besides: {} };
    const forced = row.forced ?? last.forced;
    return { row: { ...row, ...(forced && { forced }) }, besides: { exitOrderId: last.orderId } };
  } catch (error) {
    if (error instanceof ExchangeFault && !error.transient) return { row, besides: {} };
    throw error;
  }
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
