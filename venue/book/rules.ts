/** In what the exchanges differ when the books take an order; each protocol brings its own. */
export type PlacingRules = {
  /** Among which orders of the account a client id must be unique; `open` counts conditional orders apart. */
  readonly clientIds: 'ever' | 'open' | 'none';
  /** Whether a conditional order must fit its position when it is placed, or only when it fires. */
  readonly conditional: 'fits-when-placed' | 'fits-when-fired';
  /** What becomes of a reduce-only order that is larger than its position. */
  readonly oversizedReduceOnly: 'refuse' | 'shrink';
  /** Whether an order may say reduce-only in hedge mode, where its leg and side say it already. */
  readonly reduceOnlyInHedge: 'refuse' | 'take';
  /** Whether a leg may have several closePosition stops (and targets); `setting`: as `singleStop` says. */
  readonly wholePositionStops: 'setting' | 'any';
  /** What becomes of a post-only order that would take: no order at all, or one that is cancelled at once. */
  readonly takingPostOnly: 'refuse' | 'cancel';
};

/** As BingX has it. */
export const STRICT_RULES: PlacingRules = {
  clientIds: 'ever',
  conditional: 'fits-when-placed',
  oversizedReduceOnly: 'refuse',
  reduceOnlyInHedge: 'refuse',
  wholePositionStops: 'setting',
  takingPostOnly: 'refuse',
};
