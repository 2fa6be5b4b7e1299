/**
 * How a trade's one row is completed. Pure, so that every adapter completes it alike.
 *
 * - A known figure is never replaced by an unknown one.
 * - A better source replaces a worse one, never the reverse; among equals the later writing wins,
 *   except that what the exchange said stands for ever.
 * - The origin is kept per figure: one that the exchange left out may be derived meanwhile and still
 *   be replaced by the exchange's own, in whatever order the writings arrive.
 */
import type { FiguresSource, TradeRow } from './journal.ts';

export const FIGURES = [
  'quantity',
  'entryPrice',
  'closePrice',
  'realizedPnl',
  'netPnl',
  'fees',
  'funding',
] as const;
export type Figure = (typeof FIGURES)[number];

/** Where each known figure came from; a figure that is not known has no origin. */
export type FigureOrigins = Partial<Record<Figure, FiguresSource>>;

export type StoredTrade = { row: TradeRow; origins: FigureOrigins };

const RANK: Record<FiguresSource, number> = { unknown: 0, fills: 1, exchange: 2 };

export function completeTrade(stored: StoredTrade | undefined, incoming: TradeRow): StoredTrade {
  if (!stored) return { row: incoming, origins: originsOf(incoming) };
  const { row, origins } = completeFigures(stored, incoming);
  return { row: { ...row, ...completeFacts(stored.row, incoming) }, origins };
}

function originsOf(row: TradeRow): FigureOrigins {
  return Object.fromEntries(
    FIGURES.filter((name) => row[name] !== null).map((name) => [name, row.figuresSource]),
  );
}

function completeFigures(stored: StoredTrade, incoming: TradeRow): StoredTrade {
  const source = incoming.figuresSource;
  const taken = FIGURES.filter((name) => incoming[name] !== null && outranks(source, stored.origins[name]));
  return {
    row: { ...stored.row, ...Object.fromEntries(taken.map((name) => [name, incoming[name]])) },
    origins: { ...stored.origins, ...Object.fromEntries(taken.map((name) => [name, source])) },
  };
}

function outranks(source: FiguresSource, origin: FiguresSource | undefined): boolean {
  if (origin === undefined) return true;
  if (origin === 'exchange') return false;
  return RANK[source] >= RANK[origin];
}

/** What is no figure: the better or later telling wins, its gaps filled from the other one. */
function completeFacts(stored: TradeRow, incoming: TradeRow) {
  const [first, second] =
    RANK[incoming.figuresSource] >= RANK[stored.figuresSource] ? [incoming, stored] : [stored, incoming];
  return {
    adopted: stored.adopted || incoming.adopted,
    entryOrderId: first.entryOrderId ?? second.entryOrderId,
    exchangePositionId: first.exchangePositionId ?? second.exchangePositionId,
    exitOrderId: first.exitOrderId ?? second.exitOrderId,
    exitReason: first.exitReason,
    entryAt: first.entryAt ?? second.entryAt,
    exitAt: first.exitAt ?? second.exitAt,
    uncoveredMs: Math.max(stored.uncoveredMs, incoming.uncoveredMs),
    figuresSource: first.figuresSource,
  };
}
