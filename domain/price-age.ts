/** How old a price may be. */

/** Beyond it, and as much ahead of our clock, a price is not the present one: nothing acts on it. */
export const STALE_PRICE_MS = 10_000;
