/**
 * The time in which nobody watched: between the last heartbeat of an attempt that died and this one. What
 * prices did in it counts as after any other gap.
 */
import type { PositionView, PriceLevel } from '../../domain/view.ts';
import type { PriceTriggers } from '../../exchanges/price-triggers.ts';
import type { SeenPrice } from './price-ages.ts';

/** A longer absence is left to the readings of the account: orders at the exchange had their say in it. */
const MAX_ABSENCE_MS = 60 * 60_000;
/** By then every price that was watched before is seen again; what comes later is watched for the first time. */
const RETURN_MS = 60_000;
/** A level's row is dated by the workflow's clock, a gap by the watcher's. */
const CLOCKS_MS = 5_000;

export type Absence = {
  /** Since when a price that is seen for the first time in this run was not; undefined: nobody knows, or it does not matter. */
  sinceMs(nowMs: number): number | undefined;
  /** For the next attempt: by when all these had been seen. */
  seenByMs(prices: readonly SeenPrice[], nowMs: number): number | null;
};

/** @param seenAtMs by when the attempt before had seen its prices */
export function createAbsence(startedMs: number, seenAtMs: number | undefined): Absence {
  const returning = (nowMs: number): boolean => nowMs - startedMs <= RETURN_MS;
  const began = seenAtMs !== undefined && startedMs - seenAtMs <= MAX_ABSENCE_MS ? seenAtMs : undefined;
  return {
    sinceMs: (nowMs) => (returning(nowMs) ? began : undefined),
    seenByMs: (prices, nowMs) => {
      const seen = prices.flatMap((price) => (price.seenAtMs === null ? [] : [price.seenAtMs]));
      const awaited = prices.length === 0 || seen.length < prices.length;
      // Who dies on the way back hands on what it was told.
      if (awaited && began !== undefined && returning(nowMs)) return began;
      return seen.length === 0 ? null : seen.reduce((a, b) => Math.min(a, b));
    },
  };
}

/** Arms levels as old as their positions' rows say: so those that were there before the absence count in it. */
export function armAsWritten(
  triggers: PriceTriggers,
  levels: readonly PriceLevel[],
  views: readonly PositionView[],
  nowMs: number,
): void {
  const writtenAt = new Map(views.map(({ workflowId, updatedAt }) => [workflowId, Date.parse(updatedAt)]));
  for (const [workflowId, its] of Map.groupBy(levels, (level) => level.workflowId)) {
    const atMs = writtenAt.get(workflowId);
    triggers.replace(workflowId, its, atMs === undefined ? nowMs : Math.min(nowMs, atMs + CLOCKS_MS));
  }
}
