/**
 * Follows the prices that positions wait for, and tells each position when one of its levels is crossed.
 *
 * - A price that is too old, from the future, or older than one already seen never acts.
 * - While a price is silent, it is asked for by REST, a few symbols a second. Once it is back, its
 *   extremes since it was last seen are compared, too, where the exchange keeps such a history.
 * - A crossing is told until it is delivered; one that could not be for long is armed again, so that
 *   the next price decides afresh. Never a signal per tick.
 */
import type { PriceCrossing } from '../../domain/commands.ts';
import type { Decimal } from '../../domain/decimal.ts';
import { STALE_PRICE_MS } from '../../domain/price-age.ts';
import type { Symbol, WorkingType } from '../../domain/terms.ts';
import type { PriceTick } from '../../exchanges/exchange.ts';
import type { Crossing, PriceTriggers, WatchedPrice } from '../../exchanges/price-triggers.ts';
import type { ObserveDeps } from './deps.ts';
import { createOutbox } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import { backoffMs, createPause } from './pause.ts';
import { createPriceAges } from './price-ages.ts';
import type { PriceAges, SeenPrice } from './price-ages.ts';
import type { Tally } from './tally.ts';

/** Without a tick for this long, a price is asked for: longer than the gateway's own patience with its socket. */
export const SILENT_PRICE_MS = 15_000;
/** Between two rounds of asking for silent prices. */
const BRIDGE_EVERY_MS = 1_000;
/** Prices asked for in one round, the oldest first: reads share the account's rate limit. */
const BRIDGE_AT_ONCE = 2;
/** After this, a crossing that was not delivered is history; the price now is what counts. */
const CROSSING_VALID_MS = 30_000;
/** Gaps waiting to be looked into; each costs a read. */
const MAX_GAPS = 1_000;

export type PriceWatch = {
  onTick(tick: PriceTick): void;
  /** Asks for silent prices until the run is over; never throws. */
  keepBridging(): Promise<void>;
  /** The age of the oldest price watched, ms; null while none is. */
  ageMs(): number | null;
  /** All prices watched. */
  seen(): SeenPrice[];
};

type Wiring = Pick<ObserveDeps, 'exchange' | 'signals' | 'clock'> & {
  triggers: PriceTriggers;
  tally: Tally;
  over: AbortSignal;
  /** Symbols of open positions, which are followed even without a level. */
  openSymbols: () => readonly Symbol[];
};

type Gap = WatchedPrice & { sinceMs: number; untilMs: number };

export function createPriceWatch(wiring: Wiring): PriceWatch {
  const { exchange, triggers, clock, tally, over } = wiring;
  const ages = createPriceAges();
  const tell = createCrossings(wiring);
  const gaps: Gap[] = [];
  const watched = (): WatchedPrice[] => watchedPrices(triggers, wiring.openSymbols());

  /** Notes the price as seen; false for one that must not act. */
  const accept = (symbol: Symbol, workingType: WorkingType, price: Decimal, atMs: number): boolean => {
    const nowMs = clock.now();
    const sinceMs = ages.seenAtMs({ symbol, workingType });
    if (Math.abs(nowMs - atMs) > STALE_PRICE_MS || (sinceMs !== undefined && atMs < sinceMs)) return false;
    ages.see({ symbol, workingType }, price, atMs);
    const silent = sinceMs !== undefined && atMs - sinceMs > SILENT_PRICE_MS;
    if (silent && exchange.priceRange && gaps.length < MAX_GAPS)
      gaps.push({ symbol, workingType, sinceMs, untilMs: atMs });
    return true;
  };
  const onTick = ({ symbol, last, mark, atMs }: PriceTick): void => {
    const tick: PriceTick = { symbol, atMs };
    if (last !== undefined && accept(symbol, 'CONTRACT_PRICE', last, atMs)) tick.last = last;
    if (mark !== undefined && accept(symbol, 'MARK_PRICE', mark, atMs)) tick.mark = mark;
    for (const crossing of triggers.tick(tick)) tell(crossing);
  };
  const compareGap = async (gap: Gap): Promise<void> => {
    const range = await exchange.priceRange?.(gap);
    if (!range) return;
    for (const crossing of triggers.gap({ ...gap, ...range, atMs: clock.now() })) tell(crossing);
  };
  const bridge = async (): Promise<boolean> => {
    const silent = ages.toAsk(watched(), clock.now(), SILENT_PRICE_MS, BRIDGE_AT_ONCE);
    const tries = [
      ...silent.map(async (symbol) => onTick(await exchange.price(symbol))),
      ...gaps.splice(0, BRIDGE_AT_ONCE).map(compareGap),
    ];
    const results = await Promise.allSettled(tries);
    const failed = results.filter((result) => result.status === 'rejected');
    for (const { reason } of failed) tally.failure('a silent price could not be read', reason);
    return failed.length === 0;
  };
  return {
    onTick: (tick) => {
      try {
        onTick(tick);
      } catch (error) {
        tally.failure('a price tick could not be compared', error);
      }
    },
    keepBridging: async () => {
      const pause = createPause(over);
      for (let failures = 0; !over.aborted;) {
        ages.want(watched(), clock.now());
        failures = (await bridge()) ? 0 : failures + 1;
        await pause.wait(failures === 0 ? BRIDGE_EVERY_MS : backoffMs(BRIDGE_EVERY_MS, failures));
      }
    },
    ageMs: () => oldest(ages, watched(), clock.now()),
    seen: () => ages.seen(watched()),
  };
}

function oldest(ages: PriceAges, watched: readonly WatchedPrice[], nowMs: number): number | null {
  const all = watched.map((price) => ages.ageMs(price, nowMs));
  return all.length === 0 ? null : all.reduce((a, b) => Math.max(a, b), 0);
}

/** What armed levels wait for, and the contract price of every open position. */
function watchedPrices(triggers: PriceTriggers, openSymbols: readonly Symbol[]): WatchedPrice[] {
  const armed = triggers.watched();
  const symbols = new Set(armed.map(({ symbol }) => symbol));
  return [
    ...armed,
    ...openSymbols
      .filter((symbol) => !symbols.has(symbol))
      .map((symbol) => ({ symbol, workingType: 'CONTRACT_PRICE' as const })),
  ];
}

/** Tells positions of crossings, each until it is delivered. */
function createCrossings({ signals, triggers, clock, tally, over }: Wiring): (crossing: Crossing) => void {
  const outbox: Outbox<Crossing> = createOutbox({
    over,
    send: (crossing: Crossing) =>
      tally.signal('priceCrossed', () =>
        signals.priceCrossed(crossing.level.workflowId, messageFor(crossing)),
      ),
    onSent: () => {},
    onFailed: ({ value }) => {
      if (clock.now() - value.atMs <= CROSSING_VALID_MS) return 'retry';
      triggers.rearm(value.level);
      return 'drop';
    },
  });
  return (crossing) => {
    const { level, price } = crossing;
    const message = messageFor(crossing);
    tally.crossing(level.kind, { workflowId: level.workflowId, crossingId: message.crossingId, price });
    const put = outbox.put({
      key: `${level.workflowId} ${message.crossingId}`,
      identity: message.crossingId,
      value: crossing,
    });
    if (!put) triggers.rearm(level);
  };
}

const messageFor = ({ level: { levelId, generation }, price, atMs }: Crossing): PriceCrossing => ({
  crossingId: `${levelId}@${generation}`,
  levelId,
  generation,
  price,
  atMs,
});
