/**
 * Reads the account about every five seconds, and soon after a hint, and tells every leg that differs.
 *
 * - Never more than one reading is under way; hints that come meanwhile make one more, not many.
 * - Where the exchange allows few readings, hints bring only so many of them forward a minute.
 * - An incomplete reading tells nothing and changes nothing; the age of truth grows.
 * - A leg counts as told only when its signal was delivered; until then it is tried again, with the
 *   newest reading.
 */
import type { AccountSnapshot } from '../../domain/exchange-truth.ts';
import type { PositionView } from '../../domain/view.ts';
import { afterTelling, differences, SIGHTINGS, wantsKeeping } from './differences.ts';
import type { News, ProjectedLeg, Told } from './differences.ts';
import type { Delivery, ObserveDeps, UnmanagedLeg } from './deps.ts';
import { readingsOf } from './legs.ts';
import type { LegKey, LegReading } from './legs.ts';
import { createHurry } from './hurry.ts';
import { createOutbox } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import { backoffMs, createPause, messageOf } from './pause.ts';
import type { Tally } from './tally.ts';

/** From a hint to its reading: an order's fill, its position and its balance come as one burst of hints. */
const HINT_DEBOUNCE_MS = 150;
/** Between the beginnings of two readings, however many hints come: an exchange allows a few a second. */
const MIN_BETWEEN_MS = 500;
const UNMANAGED = 'unmanaged';

export type AccountWatch = {
  /** Something may have changed: read soon. */
  hint(): void;
  /** Runs until the run is over; never throws. */
  keepReading(): Promise<void>;
  /** The last complete reading. */
  last(): AccountSnapshot | undefined;
  projected(): readonly ProjectedLeg[];
};

type Wiring = Pick<ObserveDeps, 'exchange' | 'journal' | 'signals' | 'clock' | 'log'> & {
  pollMs: number;
  tally: Tally;
  over: AbortSignal;
  /** Called after every complete reading. */
  onReading: () => void;
};

export function createAccountWatch(wiring: Wiring): AccountWatch {
  const { exchange, journal, clock, tally, over } = wiring;
  const tell = createTelling(wiring);
  const pause = createPause(over);
  const hurry = createHurry(exchange.capabilities.hurriedReadingsAMinute);
  let last: AccountSnapshot | undefined;
  let projected: readonly ProjectedLeg[] = [];
  let hintedAtMs = -Infinity;
  let startedMs = -Infinity;

  /** Without the journal the account is still read: legs known by their rows stay known. */
  const rows = async (): Promise<readonly ProjectedLeg[]> => {
    try {
      return (await journal.positions(exchange.account)).map(projectedLeg);
    } catch (error) {
      tally.failure('the projection could not be read', error);
      return projected;
    }
  };
  const read = async (): Promise<boolean> => {
    try {
      // The projection first: a position that ends in between is then told its absence, never forgotten.
      projected = await rows();
      const snapshot = await exchange.snapshot();
      const readings = snapshot.complete ? readingsOf(snapshot) : undefined;
      tally.snapshot(readings ? 'complete' : 'incomplete', clock.now() - startedMs, snapshot.problems);
      if (!readings) return false;
      last = snapshot;
      tell(snapshot, readings, projected);
      wiring.onReading();
      return true;
    } catch (error) {
      tally.snapshot('failed', clock.now() - startedMs, [messageOf(error)]);
      return false;
    }
  };
  /** When the next reading is due, given how often in a row the last ones failed. */
  const dueMs = (failures: number): number => {
    const regularMs = startedMs + (failures === 0 ? wiring.pollMs : backoffMs(wiring.pollMs, failures));
    if (hintedAtMs < startedMs) return regularMs;
    // After a failure a hint may shorten the back-off, not the usual distance.
    const earliestMs = startedMs + (failures === 0 ? MIN_BETWEEN_MS : wiring.pollMs);
    return Math.min(regularMs, Math.max(earliestMs, hurry.freeAtMs(), hintedAtMs + HINT_DEBOUNCE_MS));
  };
  return {
    hint: () => {
      // The first hint of a burst counts: a stream of them must not put the reading off for ever.
      if (hintedAtMs < startedMs) hintedAtMs = clock.now();
      pause.wake();
    },
    keepReading: async () => {
      let failures = 0;
      while (!over.aborted) {
        if (clock.now() < startedMs + wiring.pollMs) hurry.taken(clock.now());
        startedMs = clock.now();
        failures = (await read()) ? 0 : failures + 1;
        for (
          let waitMs = dueMs(failures) - clock.now();
          waitMs > 0 && !over.aborted;
          waitMs = dueMs(failures) - clock.now()
        )
          await pause.wait(waitMs);
      }
    },
    last: () => last,
    projected: () => projected,
  };
}

function projectedLeg({ symbol, leg, epoch, tranches }: PositionView): ProjectedLeg {
  const protections = tranches.flatMap(({ stopLoss, takeProfit }) => [stopLoss, takeProfit]);
  const rests = protections.flatMap(({ state, orderId }) =>
    state === 'live' && orderId !== null ? [orderId] : [],
  );
  return { symbol, leg, epoch, rests };
}

type Tell = (
  snapshot: AccountSnapshot,
  readings: ReadonlyMap<LegKey, LegReading>,
  rows: readonly ProjectedLeg[],
) => void;

/** Remembers what each leg was told, and tells what is new. */
function createTelling(wiring: Wiring): Tell {
  const { exchange, signals, tally, over } = wiring;
  const told = new Map<LegKey, Told>();
  const reportUnmanaged = createUnmanagedReport(wiring);
  let readings: ReadonlyMap<LegKey, LegReading> = new Map();
  const outbox: Outbox<News> = createOutbox({
    over,
    send: ({ reading: { symbol, leg, snapshot } }: News) =>
      tally.signal('reconcile', () =>
        signals.reconcile({ account: exchange.account, symbol, leg }, snapshot),
      ),
    onSent: ({ key, value }, result: Delivery) => {
      told.set(key, afterTelling(told.get(key), value, result));
      reportUnmanaged(readings, told);
    },
    onFailed: () => 'retry',
  });
  return (snapshot, current, rows) => {
    readings = current;
    const { news, over: forgotten, remember } = differences(snapshot, current, rows, told);
    for (const key of forgotten) told.delete(key);
    for (const { key, told: known } of remember) told.set(key, known);
    const keys = new Set(news.map(({ key }) => key));
    // Back to what was told last: what has not left yet is no news any more.
    for (const key of told.keys()) if (!keys.has(key)) outbox.withdraw(key);
    for (const item of news)
      outbox.put({ key: item.key, identity: `${item.epoch} ${item.digest}`, value: item });
    reportUnmanaged(current, told);
  };
}

/** Reports the legs that nobody keeps and somebody should: the whole list, whenever it changes. */
function createUnmanagedReport({ exchange, signals, tally, over }: Wiring) {
  let reported = '[]';
  const outbox: Outbox<UnmanagedLeg[]> = createOutbox({
    over,
    send: (legs: UnmanagedLeg[]) =>
      tally.signal('unmanaged', async () => (await signals.unmanaged(exchange.account, legs), 'delivered')),
    onSent: ({ identity }) => {
      reported = identity;
    },
    onFailed: () => 'retry',
  });
  return (readings: ReadonlyMap<LegKey, LegReading>, told: ReadonlyMap<LegKey, Told>): void => {
    const found = [...readings].filter(
      ([key, { snapshot }]) => wantsKeeping(snapshot) && (told.get(key)?.vain ?? 0) >= SIGHTINGS,
    );
    const identity = JSON.stringify(found.map(([key]) => `${key} ${told.get(key)?.digest}`).sort());
    const legs = found.map(([, { symbol, leg, snapshot }]) => ({
      leg: { account: exchange.account, symbol, leg },
      snapshot,
    }));
    if (identity === reported) outbox.withdraw(UNMANAGED);
    else outbox.put({ key: UNMANAGED, identity, value: legs });
  };
}
