/**
 * Reads the account about every five seconds, and soon after a hint, and tells every leg that differs.
 *
 * - Never more than one reading is under way; hints that come meanwhile make one more, not many.
 * - Where the exchange allows few readings, hints bring only so many of them forward a minute.
 * - An incomplete reading tells nothing and changes nothing; the age of truth grows.
 */
import type { AccountSnapshot } from '../../domain/exchange-truth.ts';
import type { PositionView } from '../../domain/view.ts';
import type { ObserveDeps } from './deps.ts';
import { readingsOf } from './legs.ts';
import type { LegId } from './legs.ts';
import { createHurry } from './hurry.ts';
import { backoffMs, createPause, messageOf } from './pause.ts';
import { projectedLeg, type ProjectedLeg } from './projected-leg.ts';
import type { Tally } from './tally.ts';
import { createTelling } from './telling.ts';

/** From a hint to its reading: an order's fill, its position and its balance come as one burst of hints. */
const HINT_DEBOUNCE_MS = 150;
/** Between the beginnings of two readings, however many hints come: an exchange allows a few a second. */
const MIN_BETWEEN_MS = 500;

export type AccountWatch = {
  /** Something may have changed: read soon. */
  hint(): void;
  /** Runs until the run is over; never throws. */
  keepReading(): Promise<void>;
  /** The last complete reading. */
  last(): AccountSnapshot | undefined;
  projected(): readonly ProjectedLeg[];
};

/** A complete reading, with the rows as they were when it began. */
export type AccountReading = {
  snapshot: AccountSnapshot;
  views: readonly PositionView[];
  /** Legs that hold something and that no workflow keeps. */
  unmanaged: readonly LegId[];
  /** Rows that no workflow keeps, of legs that hold nothing. */
  orphans: readonly ProjectedLeg[];
  /** Whether any leg had something to be told. */
  news: boolean;
};

type Wiring = Pick<ObserveDeps, 'exchange' | 'journal' | 'signals' | 'clock' | 'log'> & {
  pollMs: number;
  tally: Tally;
  over: AbortSignal;
  /** Called after every complete reading. */
  onReading: (reading: AccountReading) => void;
};

export function createAccountWatch(wiring: Wiring): AccountWatch {
  const { exchange, journal, clock, tally, over } = wiring;
  const pause = createPause(over);
  const telling = createTelling({ ...wiring, onVain: () => pause.wake() });
  const hurry = createHurry(exchange.capabilities.hurriedReadingsAMinute);
  let last: AccountSnapshot | undefined;
  let views: readonly PositionView[] = [];
  let projected: readonly ProjectedLeg[] = [];
  let hintedAtMs = -Infinity;
  let startedMs = -Infinity;

  /** Without the journal the account is still read: legs known by their rows stay known. */
  const readRows = async (): Promise<void> => {
    try {
      views = await journal.positions(exchange.account);
      projected = views.map(projectedLeg);
    } catch (error) {
      tally.failure('the projection could not be read', error);
    }
  };
  const read = async (): Promise<boolean> => {
    try {
      // The projection first: a position that ends in between is then told its absence, never forgotten.
      await readRows();
      const snapshot = await exchange.snapshot();
      const readings = snapshot.complete ? readingsOf(snapshot) : undefined;
      tally.snapshot(readings ? 'complete' : 'incomplete', clock.now() - startedMs, snapshot.problems);
      if (!readings) return false;
      last = snapshot;
      const news = telling.tell(snapshot, readings, projected);
      const [unmanaged, orphans] = [telling.unmanaged(), telling.orphans()];
      wiring.onReading({ snapshot, views, unmanaged, orphans, news });
      return true;
    } catch (error) {
      tally.snapshot('failed', clock.now() - startedMs, [messageOf(error)]);
      return false;
    }
  };
  /** When the next reading is due, given how often in a row the last ones failed. */
  const dueMs = (failures: number): number => {
    const regularMs = startedMs + (failures === 0 ? wiring.pollMs : backoffMs(wiring.pollMs, failures));
    // After a failure what hurries may shorten the back-off, not the usual distance.
    const earliestMs = startedMs + (failures === 0 ? MIN_BETWEEN_MS : wiring.pollMs);
    const hintMs = hintedAtMs < startedMs ? Infinity : hintedAtMs + HINT_DEBOUNCE_MS;
    const wantedMs = Math.min(hintMs, telling.nextLookAtMs());
    return Math.min(regularMs, Math.max(earliestMs, hurry.freeAtMs(), wantedMs));
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
