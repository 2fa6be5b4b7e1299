/** The exchange's own account of a closed position: its rows of finished positions, and the executions. */
import type { ClosedPosition } from '../domain/exchange-truth.ts';
import type { FiguresReport } from '../domain/position/readings.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import type { LegInput } from './api.ts';

/** Executions may be dated a little before the request that made them left. */
export const FILLS_SLACK_MS = 2_000;

type Since = Pick<LegInput, 'symbol' | 'leg'> & { sinceMs: number; exchangePositionId: string | null };

/** Rows of this exchange position id, or of the symbol since then; empty where the exchange keeps none. */
export const closedSince = (
  exchange: Exchange,
  { symbol, sinceMs, exchangePositionId }: Since,
): Promise<ClosedPosition[]> =>
  exchange.capabilities.positionHistory
    ? exchange.closedPositions({
        symbol,
        sinceMs: sinceMs - FILLS_SLACK_MS,
        ...(exchangePositionId === null ? {} : { exchangePositionId }),
      })
    : Promise.resolve([]);

export async function readFigures(exchange: Exchange, since: Since): Promise<FiguresReport> {
  const closed = await closedSince(exchange, since);
  return { closed, fills: closed.length === 0 ? [] : await fillsIfAny(exchange, since) };
}

/** They enrich the journal; the figures do not wait for them. */
async function fillsIfAny(exchange: Exchange, { symbol, leg, sinceMs }: Since) {
  try {
    return await exchange.fills({ symbol, leg, sinceMs: sinceMs - FILLS_SLACK_MS });
  } catch {
    return [];
  }
}
