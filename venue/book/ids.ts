/**
 * 19-digit ids as BingX makes them: milliseconds since 2010-11-04, shifted by 22 bits, plus a counter.
 * One sequence serves orders and positions, so that an order id never equals a position id.
 */
const EPOCH_MS = 1_288_834_974_657n;
const TIME_SHIFT = 22n;
/** Ids of one millisecond lie this far apart, so that they don't look like neighbours. */
const STEP = 4_097n;

/** The next id after `lastId`, never less than the time says: always increasing, also over restarts and clock changes. */
export function nextId(lastId: string, nowMs: number): string {
  const byTime = (BigInt(Math.trunc(nowMs)) - EPOCH_MS) << TIME_SHIFT;
  const byOrder = BigInt(lastId) + STEP;
  return String(byTime > byOrder ? byTime : byOrder);
}
