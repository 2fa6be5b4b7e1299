/** How histories are cut: windows of seven days at most, and pages. */
import type { Params } from './auth.ts';
import { limitOf } from './call.ts';
import { ERRORS } from './codes.ts';
import type { BinanceError } from './codes.ts';

const WEEK_MS = 7 * 86_400_000;
const USUAL_PAGE = 500;
const LONGEST_PAGE = 1_000;

export type Range = { readonly from: number; readonly to: number };

/** Left out, both ends: the last seven days; one of them: seven days from or up to there. */
export function timeRange(params: Params, nowMs: number, longestMs = WEEK_MS): Range | BinanceError {
  const start = params['startTime'] ? Number(params['startTime']) : undefined;
  const end = params['endTime'] ? Number(params['endTime']) : undefined;
  if (Number.isNaN(start) || Number.isNaN(end)) return ERRORS.badCombination;
  if (start !== undefined && end !== undefined) {
    if (start > end) return { code: -1023, msg: 'Start time is greater than end time.' };
    return end - start > longestMs ? ERRORS.badTimeInterval : { from: start, to: end };
  }
  if (start !== undefined) return { from: start, to: start + longestMs };
  return { from: (end ?? nowMs) - longestMs, to: end ?? Number.MAX_SAFE_INTEGER };
}

/** Rows come oldest first. A request with a beginning gets the oldest page, any other the newest. */
export function pageOf<T>(rows: readonly T[], params: Params, fromBeginning: boolean): readonly T[] {
  const limit = limitOf(params['limit'], USUAL_PAGE, LONGEST_PAGE);
  const page = Number(params['page']) > 0 ? Number(params['page']) - 1 : 0;
  if (fromBeginning || params['startTime'] || page > 0) return rows.slice(page * limit, (page + 1) * limit);
  return rows.slice(-limit);
}
