/** What an account's exchange closed in a span of time, symbol by symbol; one that fails leaves the others. */
import type { ClosedPosition } from '../../../domain/exchange-truth.ts';
import type { Symbol } from '../../../domain/terms.ts';
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

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
