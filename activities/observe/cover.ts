/** How long positions have been open without full cover, from what they say of themselves. Pure. */
import { wantsStop } from '../../domain/audit/compare-orders.ts';
import { isZero } from '../../domain/decimal.ts';
import type { PositionView } from '../../domain/view.ts';
import type { CoverHealth } from './deps.ts';

export function coverOf(views: readonly PositionView[], nowMs: number): CoverHealth {
  const naked = views.filter(({ covered, quantity }) => !covered && !isZero(quantity));
  // One without a stop by intent is measured as well, and nothing is wrong with it.
  const lacking = naked.filter(wantsStop);
  // A row tells the time up to its own date; without cover it goes on.
  const since = ({ updatedAt }: PositionView): number => Math.max(0, nowMs - Date.parse(updatedAt));
  const told = views.map(({ uncoveredMs }) => uncoveredMs);
  return {
    uncovered: lacking.length,
    uncoveredMs: [...told, ...naked.map(since)].reduce((total, ms) => total + ms, 0),
    longestMs: Math.max(0, ...lacking.map((view) => view.uncoveredMs + since(view))),
  };
}
