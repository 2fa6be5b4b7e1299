/**
 * What a day has earned or lost, as the daily loss limit sees it. A trade counts whole, and on the day
 * on which it ends; what is open counts as if it ended now: what parts of it have earned already, and
 * the unrealised profit that the exchange shows. So a loss counts from the moment it exists, and
 * closing it moves it from one part of the sum to the other without changing the sum.
 *
 * What is unknown counts against the entry, because the limit is there for the bad day: a gain whose
 * fees are not known counts nothing, a loss counts as it is, and a result that nobody knows at all makes
 * the whole day unknown. Exchanges tell within seconds; an entry that waits for it costs little.
 */
import { add, min, mul, neg, sub, sum, ZERO, type Decimal } from '../decimal.ts';
import type { ExchangePosition } from '../exchange-truth.ts';
import type { TradeRow } from '../position/trade.ts';
import type { PositionView } from '../view.ts';

export type DayResult = {
  /** Net of the trades that ended since 00:00 UTC. */
  closed: Decimal;
  /** Of what is open: earned by parts that were closed, and not realised yet. */
  open: Decimal;
  /** What nobody knows the result of, by symbol and leg. */
  unknown: string[];
};

/** Positive: lost. Null while a part is unknown. */
export const lossOf = ({ closed, open, unknown }: DayResult): Decimal | null =>
  unknown.length > 0 ? null : neg(add(closed, open));

export const startOfDayMs = (nowMs: number): number => new Date(nowMs).setUTCHours(0, 0, 0, 0);

type DayFigures = {
  /** Rows of the journal since 00:00 UTC. */
  trades: readonly TradeRow[];
  /** What is kept here, as the journal's projection has it. */
  views: readonly PositionView[];
  /** What the exchange shows. */
  positions: readonly ExchangePosition[];
};

export function dayResult({ trades, views, positions }: DayFigures): DayResult {
  const closed = trades.map((row) => ({ what: row, result: netOf(row) }));
  const unwritten = views.filter(
    (view) => !trades.some((row) => isSameLeg(row, view) && row.epoch === view.epoch),
  );
  const kept = unwritten.map((view) => ({ what: view, result: earned(view, positions) }));
  const shown = positions.map((position) => ({
    what: position,
    result: unrealised(position, views, trades),
  }));
  const known = (parts: { result: Decimal | null }[]) => sum(parts.map(({ result }) => result ?? ZERO));
  const unknown = [...closed, ...kept, ...shown].filter(({ result }) => result === null);
  return {
    closed: known(closed),
    open: known([...kept, ...shown]),
    unknown: unknown.map(({ what }) => `${what.symbol} ${what.leg}`),
  };
}

function netOf({ exitReason, netPnl, realizedPnl, fees }: TradeRow): Decimal | null {
  if (exitReason === 'NEVER_OPENED') return ZERO;
  if (netPnl !== null) return netPnl;
  return realizedPnl === null ? null : min(ZERO, sub(realizedPnl, fees ?? ZERO));
}

/** What was closed of a position that has no row yet. */
function earned(view: PositionView, positions: readonly ExchangePosition[]): Decimal | null {
  const isShown = positions.some((position) => isSameLeg(position, view));
  // It is gone from the exchange, and what closed it has not been found yet.
  if (!isShown && view.drift) return null;
  // Written before this figure was kept.
  return view.realizedPnl === undefined ? ZERO : view.realizedPnl;
}

/** A reading may be older than the journal: what ended in between must not count its profit twice. */
function unrealised(
  position: ExchangePosition,
  views: readonly PositionView[],
  trades: readonly TradeRow[],
): Decimal | null {
  const view = views.find((each) => isSameLeg(each, position));
  if (view?.stage === 'settling') return ZERO;
  const profit = profitOf(position);
  const mayHaveEnded = view === undefined && trades.some((row) => isSameLeg(row, position));
  return mayHaveEnded && profit !== null ? min(ZERO, profit) : profit;
}

function profitOf({
  unrealizedPnl,
  side,
  quantity,
  entryPrice,
  markPrice,
}: ExchangePosition): Decimal | null {
  if (unrealizedPnl !== undefined) return unrealizedPnl;
  if (entryPrice === undefined || markPrice === undefined) return null;
  const gain = mul(quantity, sub(markPrice, entryPrice));
  return side === 'long' ? gain : neg(gain);
}

type OnLeg = { symbol: string; leg: string };
const isSameLeg = (a: OnLeg, b: OnLeg): boolean => a.symbol === b.symbol && a.leg === b.leg;
