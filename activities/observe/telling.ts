/**
 * Tells every leg what is new of it, and the account which legs nobody keeps.
 *
 * A leg counts as told only when its signal was delivered; until then it is tried again, with the newest
 * reading.
 */
import type { AccountSnapshot, LegSnapshot } from '../../domain/exchange-truth.ts';
import type { ToldSnapshot } from '../../domain/reconcile/snapshot-shape.ts';
import {
  afterTelling,
  differences,
  epochOf,
  SIGHTING_GAP_MS,
  SIGHTINGS,
  wantsKeeping,
} from './differences.ts';
import type { News, Told } from './differences.ts';
import type { Delivery, ObserveDeps, UnmanagedLeg } from './deps.ts';
import { legKey } from './legs.ts';
import type { LegId, LegKey, LegReading } from './legs.ts';
import { createOutbox } from './outbox.ts';
import type { Outbox } from './outbox.ts';
import type { ProjectedLeg } from './projected-leg.ts';
import type { Tally } from './tally.ts';

const UNMANAGED = 'unmanaged';

type Wiring = Pick<ObserveDeps, 'exchange' | 'signals'> & {
  tally: Tally;
  over: AbortSignal;
  /** A leg that nobody keeps was told in vain: another look may be due soon. */
  onVain: () => void;
};

export type Telling = {
  /** Whether anything is new since the reading before, told or not. */
  tell(
    snapshot: AccountSnapshot,
    readings: ReadonlyMap<LegKey, LegReading>,
    rows: readonly ProjectedLeg[],
  ): boolean;
  /** Legs of the last reading that hold something and that no workflow keeps. */
  unmanaged(): readonly LegId[];
  /**
   * When another reading is wanted: a leg that nobody kept may count as sighted again, or one that was given
   * a moment is news by then. Infinite where none waits for that.
   */
  nextLookAtMs(): number;
  /** Rows of the last reading that no workflow keeps, of legs that hold nothing. */
  orphans(): readonly ProjectedLeg[];
};

/** Remembers what each leg was told, and tells what is new. */
export function createTelling(wiring: Wiring): Telling {
  const { exchange, signals, tally, over } = wiring;
  const told = new Map<LegKey, Told>();
  const reportUnmanaged = createUnmanagedReport(wiring);
  let readings: ReadonlyMap<LegKey, LegReading> = new Map();
  let rows: readonly ProjectedLeg[] = [];
  let unmanaged: readonly LegId[] = [];
  let waiting: ReadonlySet<string> = new Set();
  let settlingUntilMs = Infinity;
  const outbox: Outbox<News> = createOutbox({
    over,
    send: ({ reading: { symbol, leg, snapshot } }: News) =>
      tally.signal('reconcile', () =>
        signals.reconcile({ account: exchange.account, symbol, leg }, lasting(snapshot)),
      ),
    onSent: ({ key, value }, result: Delivery) => {
      const before = told.get(key);
      const after = afterTelling(before, value, result);
      told.set(key, after);
      // Not for a leg that is kept as before: that would be a look at all legs for each that is told.
      if (Math.max(before?.vain ?? 0, after.vain) >= SIGHTINGS) unmanaged = reportUnmanaged(readings, told);
      if (result === 'no_workflow') wiring.onVain();
    },
    onFailed: () => 'retry',
  });
  const tell: Telling['tell'] = (snapshot, current, projected) => {
    readings = current;
    rows = projected;
    const { news, over: forgotten, remember, ...still } = differences(snapshot, current, rows, told);
    settlingUntilMs = still.settlingUntilMs;
    for (const key of forgotten) told.delete(key);
    for (const { key, told: known } of remember) told.set(key, known);
    const keys = new Set(news.map(({ key }) => key));
    // Back to what was told last: what has not left yet is no news any more.
    for (const key of told.keys()) if (!keys.has(key)) outbox.withdraw(key);
    for (const item of news) {
      // Never told yet and nothing open: it can wait for those that differ.
      const calm = !told.has(item.key) && item.row?.agrees(item.reading.snapshot) === true;
      outbox.put({ key: item.key, identity: identityOf(item), value: item, calm });
    }
    unmanaged = reportUnmanaged(current, told);
    const before = waiting;
    waiting = new Set(news.map((item) => `${item.key} ${identityOf(item)}`));
    // What only waits for its delivery was news before.
    return [...waiting].some((item) => !before.has(item));
  };
  const orphans = (): ProjectedLeg[] =>
    rows.filter((row) => {
      const { vain = 0, epoch } = told.get(legKey(row)) ?? {};
      const holds = readings.get(legKey(row))?.snapshot.position !== undefined;
      return vain >= SIGHTINGS && epoch === row.epoch && !holds;
    });
  const nextLookAtMs = (): number =>
    Math.min(
      settlingUntilMs,
      ...[...told].flatMap(([key, { result, vain, vainSinceMs, epoch }]) => {
        const matters = epoch !== null || wantsKeeping(readings.get(key)?.snapshot ?? { orders: [] });
        const waits = result === 'no_workflow' && vain < SIGHTINGS && matters;
        return waits ? [vainSinceMs + SIGHTING_GAP_MS] : [];
      }),
    );
  return { tell, unmanaged: () => unmanaged, nextLookAtMs, orphans };
}

/**
 * Without what moves by itself, as it decides nothing, and what goes without saying (`onLeg` puts it back):
 * every byte told stays in a history.
 */
function lasting({ position, orders, ...snapshot }: LegSnapshot): ToldSnapshot {
  const told = orders.map(({ symbol: _symbol, leg: _leg, closePosition, ...order }) => ({
    ...order,
    ...(closePosition && { closePosition }),
  }));
  if (!position) return { ...snapshot, orders: told };
  const {
    markPrice: _mark,
    liquidationPrice: _liquidation,
    unrealizedPnl: _profit,
    leverage: _leverage,
    ...kept
  } = position;
  return { ...snapshot, orders: told, position: kept };
}

const identityOf = (item: News): string => `${epochOf(item)} ${item.digest}`;

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
  return (readings: ReadonlyMap<LegKey, LegReading>, told: ReadonlyMap<LegKey, Told>): LegId[] => {
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
    return found.map(([, { symbol, leg }]) => ({ symbol, leg }));
  };
}
