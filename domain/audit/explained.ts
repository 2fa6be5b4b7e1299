/**
 * Which of our records a closed position of the exchange belongs to. Two positions never share a leg at
 * one time, so besides its id a position is known by the time that it lived; one of ours may be several
 * of the exchange's, which then live within it.
 *
 * An order id is only ever compared with the orders of a row that was rebuilt from executions, each in
 * its own part: one order can close a position and open the next.
 */
import { isZero } from '../decimal.ts';
import type { ClosedPosition } from '../exchange-truth.ts';
import type { LegName, Symbol } from '../terms.ts';
import type { TradeRow } from '../position/trade.ts';
import type { PositionView } from '../view.ts';

/** `perhaps`: alike, and so may be another one just before or after it. */
export type Explanation = 'surely' | 'perhaps' | 'no';

/** A position that is kept right now: what its leg closed since then is its own to tell. */
export type Kept = {
  workflowId: string;
  symbol: Symbol;
  leg: LegName;
  exchangePositionId: string | null;
  /** Its first fill, where `isExact`; else a time at which it was there or about to be. */
  sinceMs: number;
  isExact: boolean;
};

/** A workflow dates its epoch by its own clock, before its entry leaves. */
const ENTRY_LEAD_MS = 60_000;

export const keptOf = ({
  workflowId,
  symbol,
  leg,
  exchangePositionId,
  entryAt,
  epoch,
}: PositionView): Kept => ({
  workflowId,
  symbol,
  leg,
  exchangePositionId,
  sinceMs: entryAt === null ? epochMs(epoch) - ENTRY_LEAD_MS : Date.parse(entryAt),
  isExact: entryAt !== null,
});

/** Two readings of one time by one clock; some exchanges tell seconds. */
const SLACK_MS = 1_500;

export function explains(trade: TradeRow, row: ClosedPosition): Explanation {
  if (trade.symbol !== row.symbol || trade.leg !== row.leg || trade.side !== row.side) return 'no';
  if (isZero(trade.quantity)) return 'no';
  const life = lifeOf(trade);
  const lived = livedAt(row);
  const sameId =
    trade.exchangePositionId === null || row.exchangePositionId === undefined
      ? undefined
      : trade.exchangePositionId === row.exchangePositionId;
  // An id alone is not enough where times are known: ids were seen to come again.
  if (sameId && (!lived || !life || touches(life, lived))) return 'surely';
  if (startsOrEndsWith(row, trade)) return 'surely';
  if (!life || !lived) return 'no';
  if (isWithin(lived, life)) return 'surely';
  return sameId === undefined && isAlike(lived, life) ? 'perhaps' : 'no';
}

/** Whether it was closed in the life of a position that is still kept, whose row is yet to come. */
export function mayExplain(kept: Kept, row: ClosedPosition): boolean {
  if (kept.symbol !== row.symbol || kept.leg !== row.leg) return false;
  if (kept.exchangePositionId !== null && kept.exchangePositionId === row.exchangePositionId) return true;
  const lived = livedAt(row);
  if (!lived) return true;
  if (lived.toMs < kept.sinceMs - SLACK_MS) return false;
  const endedAsItBegan = lived.fromMs < kept.sinceMs - SLACK_MS && lived.toMs <= kept.sinceMs + SLACK_MS;
  return !(kept.isExact && endedAsItBegan);
}

type Life = { fromMs: number; toMs: number };

function lifeOf({ epoch, entryAt, exitAt }: TradeRow): Life | undefined {
  if (exitAt === null) return undefined;
  const toMs = Date.parse(exitAt);
  const fromMs = entryAt === null ? epochMs(epoch) : Date.parse(entryAt);
  return { fromMs: Math.min(fromMs, toMs), toMs };
}

function livedAt({ openedAtMs, closedAtMs }: ClosedPosition): Life | undefined {
  if (closedAtMs === undefined) return undefined;
  return { fromMs: Math.min(openedAtMs ?? closedAtMs, closedAtMs), toMs: closedAtMs };
}

/** When an epoch began, as its name says. */
export const epochMs = (epoch: string): number => Number.parseInt(epoch.slice(0, 9), 36);

const overlap = (a: Life, b: Life): number => Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs);

const touches = (a: Life, b: Life): boolean => overlap(a, b) >= -SLACK_MS;

/** More of it lies within the other than outside. */
const isWithin = (part: Life, whole: Life): boolean => {
  const lasted = part.toMs - part.fromMs;
  if (lasted === 0) return part.fromMs > whole.fromMs && part.toMs < whole.toMs;
  return overlap(part, whole) > 0 && overlap(part, whole) * 2 >= lasted;
};

const isAlike = (a: Life, b: Life): boolean =>
  Math.abs(a.fromMs - b.fromMs) <= SLACK_MS && Math.abs(a.toMs - b.toMs) <= SLACK_MS;

const startsOrEndsWith = (
  { orderIds }: ClosedPosition,
  { entryOrderId, exitOrderId }: Pick<TradeRow, 'entryOrderId' | 'exitOrderId'>,
): boolean =>
  orderIds !== undefined &&
  ((entryOrderId !== null && orderIds[0] === entryOrderId) ||
    (exitOrderId !== null && orderIds.at(-1) === exitOrderId));
