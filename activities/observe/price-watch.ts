/**
 * Follows the prices that positions wait for, and tells each position when one of its levels is crossed.
 *
 * - A price that is too old, from the future, or older than one already seen never acts.
 * - The gateway bridges a silent socket; what is silent all the same is asked for by REST here, a few
 *   symbols a second. After a gap, the extremes of a price since the stream last told it are compared,
 *   too, where the exchange keeps such a history: what REST saw meanwhile were samples.
 * - A crossing is told until it is delivered; one that could not be for long is armed again, so that
 *   the next price decides afresh. Never a signal per tick.
 */
import type { PriceCrossing } from '../../domain/commands.ts';
import type { Decimal } from '../../domain/decimal.ts';
import { STALE_PRICE_MS } from '../../domain/price-age.ts';
import type { Symbol } from '../../domain/terms.ts';
import type { PriceTick } from '../../exchanges/exchange.ts';
import type { Crossing, PriceTriggers, WatchedPrice } from '../../exchanges/price-triggers.ts';
import type { Absence } from './absence.ts';
import type { ObserveDeps } from './deps.ts';
import { createOutbox } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import { backoffMs, createPause } from './pause.ts';
import { createPriceAges } from './price-ages.ts';
import type { PriceAges, SeenPrice } from './price-ages.ts';
import { createPriceGaps, type Gap, type PriceGaps } from './price-gaps.ts';
import type { Tally } from './tally.ts';

/** Without a tick for this long, a price is asked for: longer than the gateway's own patience with its socket. */
export const SILENT_PRICE_MS = 15_000;
/** Between two rounds of asking for silent prices. */
const BRIDGE_EVERY_MS = 1_000;
/** Prices asked for in one round, the oldest first: reads share the account's rate limit. */
const BRIDGE_AT_ONCE = 2;
/** All of a burst before what follows from the first of them: closes come before the clearing up after closes. */
const CROSSINGS_AT_ONCE = 200;
/** After this, a crossing that was not delivered is history; the price now is what counts. */
const CROSSING_VALID_MS = 30_000;

export type PriceWatch = {
  onTick(tick: PriceTick): void;
  /** Asks for silent prices until the run is over; never throws. */
  keepBridging(): Promise<void>;
  /** The age of the oldest price watched, ms; null while none is. */
  ageMs(): number | null;
  /** The levels are known: gaps can be compared with them. */
  onLevels(): void;
  /** For the next attempt: by when all prices had been seen. */
  seenByMs(): number | null;
  /** All prices watched. */
  seen(): SeenPrice[];
};

type Wiring = Pick<ObserveDeps, 'exchange' | 'signals' | 'clock'> & {
  triggers: PriceTriggers;
  tally: Tally;
  over: AbortSignal;
  /** Symbols of open positions, which are followed even without a level. */
  openSymbols: () => readonly Symbol[];
  absence: Absence;
};

export function createPriceWatch(wiring: Wiring): PriceWatch {
  const { exchange, triggers, clock, tally, over } = wiring;
  const ages = createPriceAges();
  const tell = createCrossings(wiring);
  const gaps = createPriceGaps();
  let levelsKnown = false;
  const watched = (): WatchedPrice[] => watchedPrices(triggers, wiring.openSymbols());

  /** Notes the price as seen; false for one that must not act. */
  const accept = (
    watchedPrice: WatchedPrice,
    price: Decimal | undefined,
    atMs: number,
    unseenSinceMs: number | undefined,
  ): price is Decimal => {
    if (price === undefined) return false;
    const seenAtMs = ages.seenAtMs(watchedPrice);
    const isStale = Math.abs(clock.now() - atMs) > STALE_PRICE_MS;
    if (isStale || (seenAtMs !== undefined && atMs < seenAtMs)) return false;
    ages.see(watchedPrice, price, atMs);
    const wasSilent = seenAtMs !== undefined && atMs - seenAtMs > SILENT_PRICE_MS;
    const awaySinceMs = seenAtMs === undefined ? wiring.absence.sinceMs(clock.now()) : undefined;
    const sinceMs = unseenSinceMs ?? awaySinceMs ?? (wasSilent ? seenAtMs : undefined);
    if (sinceMs !== undefined && exchange.priceRange) gaps.note({ ...watchedPrice, sinceMs, untilMs: atMs });
    return true;
  };
  const onTick = ({ symbol, atMs, ...told }: PriceTick): void => {
    const tick: PriceTick = { symbol, atMs };
    const { last, mark, lastUnseenSinceMs, markUnseenSinceMs } = told;
    if (accept({ symbol, workingType: 'CONTRACT_PRICE' }, last, atMs, lastUnseenSinceMs)) tick.last = last;
    if (accept({ symbol, workingType: 'MARK_PRICE' }, mark, atMs, markUnseenSinceMs)) tick.mark = mark;
    for (const crossing of triggers.tick(tick)) tell(crossing);
  };
  const compareGap = createGapLook(wiring, gaps, tell);
  const bridge = async (): Promise<boolean> => {
    const silent = ages.toAsk(watched(), clock.now(), SILENT_PRICE_MS, BRIDGE_AT_ONCE);
    const tries = [
      ...silent.map(async (symbol) => onTick(await exchange.price(symbol))),
      ...(levelsKnown ? gaps.take(BRIDGE_AT_ONCE, clock.now()) : []).map(compareGap),
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
    onLevels: () => {
      levelsKnown = true;
    },
    seenByMs: () => wiring.absence.seenByMs(ages.seen(watched()), clock.now()),
    seen: () => ages.seen(watched()),
  };
}

/** Compares how far a price went in a gap; one that cannot be looked into now waits. */
function createGapLook(
  { exchange, triggers, clock }: Wiring,
  gaps: PriceGaps,
  tell: (crossing: Crossing) => void,
): (gap: Gap) => Promise<void> {
  const isWaitedFor = (gap: Gap): boolean =>
    triggers
      .watched()
      .some(({ symbol, workingType }) => symbol === gap.symbol && workingType === gap.workingType);
  return async (gap) => {
    if (!isWaitedFor(gap)) return;
    const range = await exchange.priceRange?.(gap).catch((error: unknown) => {
      gaps.note(gap);
      throw error;
    });
    if (!range) return;
    for (const crossing of triggers.gap({ ...gap, ...range, atMs: clock.now() })) tell(crossing);
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
    atOnce: CROSSINGS_AT_ONCE,
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
