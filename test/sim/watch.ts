/**
 * The account's watcher: reads about every five seconds and soon after a hint, and tells what differs.
 * What differs, and what nobody looks after, is decided by the watcher's own `differences.ts`.
 */
import { afterTelling, differences, SIGHTINGS } from '../../activities/observe/differences.ts';
import type { News, Told } from '../../activities/observe/differences.ts';
import { readingsOf, type LegKey, type LegReading } from '../../activities/observe/legs.ts';
import type { ProjectedLeg } from '../../activities/observe/projected-leg.ts';
import type { AccountSnapshot } from '../../domain/exchange-truth.ts';
import type { Distortion } from '../../venue/wire.ts';
import type { BooksExchange } from './books-exchange.ts';
import type { Fault } from './faults.ts';
import type { World } from './world.ts';

const POLL_MS = 5_000;
const HINT_MS = 150;
const BETWEEN_MS = 500;
const OUT_MS = 30;
const BACK_MS = 40;
const SIGNAL_MS = 15;
/** Old readings kept, to be told once more. */
const KEPT = 20;

export type WatchDeps = {
  world: World;
  exchange: BooksExchange;
  lies: (fault: Fault) => Distortion | undefined;
  projected: () => readonly ProjectedLeg[];
  /** Whether somebody keeps the leg; what is told is heard a moment later. */
  keeps: (key: LegKey) => boolean;
  tell: (reading: LegReading) => void;
  /** Legs that hold a position nobody looks after. */
  unmanaged: (legs: readonly LegReading[]) => void;
};

export class Watch {
  readonly readings: LegReading[] = [];
  /** What the next readings meet. */
  faults: Fault[] = [];
  silent = false;
  private readonly deps: WatchDeps;
  private told = new Map<LegKey, Told>();
  private startedMs = -Infinity;
  private dueMs = Infinity;
  private downUntilMs = 0;
  private reported = '[]';

  constructor(deps: WatchDeps) {
    this.deps = deps;
    this.plan(0);
  }

  /** Something happened on the account, says its socket. */
  hint(): void {
    if (this.silent) return;
    const { nowMs } = this.deps.world;
    this.plan(Math.max(HINT_MS, this.startedMs + BETWEEN_MS - nowMs));
  }

  /** The worker dies; another one watches after a while, and has been told nothing. */
  lose(forMs: number): void {
    this.downUntilMs = this.deps.world.nowMs + forMs;
    this.told = new Map();
    this.reported = '[]';
    this.dueMs = Infinity;
    this.plan(forMs);
  }

  private plan(inMs: number): void {
    const { world } = this.deps;
    const dueMs = Math.max(world.nowMs + inMs, this.downUntilMs);
    if (dueMs >= this.dueMs) return;
    this.dueMs = dueMs;
    world.in(dueMs - world.nowMs, () => {
      if (this.dueMs !== dueMs) return; // brought forward meanwhile
      this.dueMs = Infinity;
      this.read();
    });
  }

  private read(): void {
    const { world, exchange, projected, lies } = this.deps;
    this.startedMs = world.nowMs;
    this.plan(POLL_MS);
    const fault = this.faults.shift() ?? 'none';
    if (fault === 'lostBefore' || fault === 'rateLimited' || fault === 'fails') return;
    // The projection first: a position that ends in between is then told its absence, never forgotten.
    const rows = projected();
    const { startedMs } = this;
    world.in(OUT_MS, () => {
      const taken = exchange.snapshot(lies(fault));
      const snapshot = { ...taken, takenAtMs: taken.takenAtMs - OUT_MS, readAtMs: taken.readAtMs + BACK_MS };
      world.in(BACK_MS, () => {
        // A reading of a worker that died is nobody's.
        if (fault !== 'incomplete' && startedMs >= this.downUntilMs) this.compare(snapshot, rows);
      });
    });
  }

  private compare(snapshot: AccountSnapshot, rows: readonly ProjectedLeg[]): void {
    const readings = readingsOf(snapshot);
    if (!readings) return;
    const { news, over, remember, settlingUntilMs } = differences(snapshot, readings, rows, this.told);
    this.plan(Math.max(0, settlingUntilMs - this.deps.world.nowMs));
    for (const key of over) this.told.delete(key);
    for (const { key, told } of remember) this.told.set(key, told);
    for (const item of news) this.tellOne(item);
    this.report(readings);
  }

  private tellOne(item: News): void {
    const { world, keeps, tell } = this.deps;
    const result = keeps(item.key) ? 'delivered' : 'no_workflow';
    this.told.set(item.key, afterTelling(this.told.get(item.key), item, result));
    this.readings.push(item.reading);
    if (this.readings.length > KEPT) this.readings.shift();
    if (result === 'delivered') world.in(SIGNAL_MS, () => tell(item.reading));
  }

  private report(readings: ReadonlyMap<LegKey, LegReading>): void {
    const found = [...readings].filter(
      ([key, { snapshot }]) => snapshot.position && (this.told.get(key)?.vain ?? 0) >= SIGHTINGS,
    );
    const identity = JSON.stringify(found.map(([key]) => `${key} ${this.told.get(key)?.digest}`).sort());
    if (identity === this.reported) return;
    this.reported = identity;
    const { world, unmanaged } = this.deps;
    world.in(SIGNAL_MS, () => unmanaged(found.map(([, reading]) => reading)));
  }
}
