/** When each price was last seen. Pure bookkeeping; what nobody waits for any more is forgotten. */
import type { Decimal } from '../../domain/decimal.ts';
import type { Symbol, WorkingType } from '../../domain/terms.ts';
import type { WatchedPrice } from '../../exchanges/price-triggers.ts';

/** A price that is watched: what it was when it was last seen; null before the first time. */
export type SeenPrice = WatchedPrice & { price: Decimal | null; seenAtMs: number | null };

export type PriceAges = {
  /** Makes these the prices that are waited for; a new one counts as wanted from `nowMs` on. */
  want(prices: readonly WatchedPrice[], nowMs: number): void;
  see(watched: WatchedPrice, price: Decimal, atMs: number): void;
  seen(watched: readonly WatchedPrice[]): SeenPrice[];
  /** Undefined until it was seen. */
  seenAtMs(price: WatchedPrice): number | undefined;
  /** Since it was seen, or else since it is wanted. */
  ageMs(price: WatchedPrice, nowMs: number): number;
  /**
   * Symbols with a price of at least this age, the oldest first, `count` at most. They count as asked
   * for now, and are not named again for as long: one that gives no answer shall not hide the others.
   */
  toAsk(prices: readonly WatchedPrice[], nowMs: number, silentMs: number, count: number): Symbol[];
};

type Sight = { wantedAtMs: number; price?: Decimal; seenAtMs?: number; askedAtMs?: number };

/** By type first: every price is looked up several times a second, and a name made of both would be made each time. */
type Sights = Record<WorkingType, Map<Symbol, Sight>>;

const noSights = (): Sights => ({ CONTRACT_PRICE: new Map(), MARK_PRICE: new Map() });

export function createPriceAges(): PriceAges {
  let sights = noSights();
  const sightOf = ({ symbol, workingType }: WatchedPrice): Sight | undefined =>
    sights[workingType].get(symbol);
  const ageMs = (price: WatchedPrice, nowMs: number): number => {
    const sight = sightOf(price);
    return nowMs - (sight?.seenAtMs ?? sight?.wantedAtMs ?? nowMs);
  };
  return {
    want: (prices, nowMs) => {
      const wanted = noSights();
      for (const price of prices)
        wanted[price.workingType].set(price.symbol, sightOf(price) ?? { wantedAtMs: nowMs });
      sights = wanted;
    },
    see: (watched, price, atMs) => {
      const { symbol, workingType } = watched;
      sights[workingType].set(symbol, { wantedAtMs: atMs, ...sightOf(watched), price, seenAtMs: atMs });
    },
    seen: (watched) =>
      watched.map(({ symbol, workingType }) => {
        const sight = sightOf({ symbol, workingType });
        return { symbol, workingType, price: sight?.price ?? null, seenAtMs: sight?.seenAtMs ?? null };
      }),
    seenAtMs: (price) => sightOf(price)?.seenAtMs,
    ageMs,
    toAsk: (prices, nowMs, silentMs, count) => {
      const askedAtMs = (price: WatchedPrice): number => sightOf(price)?.askedAtMs ?? -Infinity;
      const silent = prices.filter(
        (price) => ageMs(price, nowMs) >= silentMs && nowMs - askedAtMs(price) >= silentMs,
      );
      const symbols = new Set(
        silent.sort((a, b) => ageMs(b, nowMs) - ageMs(a, nowMs)).map(({ symbol }) => symbol),
      );
      const chosen = [...symbols].slice(0, count);
      for (const price of prices)
        if (chosen.includes(price.symbol))
          sights[price.workingType].set(price.symbol, {
            wantedAtMs: nowMs,
            ...sightOf(price),
            askedAtMs: nowMs,
          });
      return chosen;
    },
  };
}
