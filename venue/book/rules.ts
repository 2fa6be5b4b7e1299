/** In what the exchanges differ when the books take an order; each protocol brings its own. */
export type PlacingRules = {
  /** Among which orders of the account a client id must be unique; `open` counts conditional orders apart. */
  readonly clientIds: 'ever' | 'open';
  /** Whether a conditional order must fit its position when it is placed, or only when it fires. */
  readonly conditional: 'fits-when-placed' | 'fits-when-fired';
  /** What becomes of a reduce-only order that is larger than its position. */
  readonly oversizedReduceOnly: 'refuse' | 'shrink';
};

/** As BingX has it. */
export const STRICT_RULES: PlacingRules = {
  clientIds: 'ever',
  conditional: 'fits-when-placed',
  oversizedReduceOnly: 'refuse',
};
