/**
 * Which legs a complete reading has news for. Pure: what was told before goes in, what to tell comes out.
 *
 * - A leg is told when its digest differs from the one that was last delivered; one that was never
 *   told is told if it has a projection row, a position or an order.
 * - A new epoch of a leg is a new listener, so it is told although nothing else has changed; except
 *   that a workflow which heard before its row was seen has heard already.
 * - A position that nobody looks after is told a second time, some seconds later, before it counts as
 *   unmanaged: a finished position lingers in the exchange's list for a while.
 */
import { ABSENT, digestOf } from './digest.ts';
import type { Digest } from './digest.ts';
import { absentReading, legKey } from './legs.ts';
import type { LegId, LegKey, LegReading } from './legs.ts';
import type { Delivery } from './deps.ts';
import type { AccountSnapshot } from '../../domain/exchange-truth.ts';

/** What a leg was told last. */
export type Told = {
  digest: Digest;
  /** Of the projection row at that time; null without one. */
  epoch: string | null;
  result: Delivery;
  /** Consecutive tellings that found no workflow, and the time of the reading that was told first. */
  vain: number;
  vainSinceMs: number;
};

/** A leg that has a projection row. */
export type ProjectedLeg = LegId & { epoch: string };

export type News = { key: LegKey; reading: LegReading; digest: Digest; epoch: string | null };

/** Sightings that make a position without a workflow `unmanaged`. */
export const SIGHTINGS = 2;
/** Between them: longer than any exchange's list lags. */
export const SIGHTING_GAP_MS = 3_000;

export type Differences = {
  news: News[];
  /** Told before and not worth remembering: nothing is there, and nobody listens. */
  over: LegKey[];
  /** Heard before its projection row was seen: remember the epoch. */
  named: { key: LegKey; epoch: string }[];
};

export function differences(
  snapshot: AccountSnapshot,
  readings: ReadonlyMap<LegKey, LegReading>,
  projected: readonly ProjectedLeg[],
  told: ReadonlyMap<LegKey, Told>,
): Differences {
  const epochs = new Map(projected.map((leg) => [legKey(leg), leg]));
  const result: Differences = { news: [], over: [], named: [] };
  for (const key of new Set([...epochs.keys(), ...readings.keys(), ...told.keys()])) {
    const row = epochs.get(key);
    const reading = readings.get(key) ?? absentReading(snapshot, row ?? legIdOf(key));
    const item: News = { key, reading, digest: digestOf(reading.snapshot), epoch: row?.epoch ?? null };
    sort(item, told.get(key), result);
  }
  return result;
}

function sort(item: News, told: Told | undefined, { news, over, named }: Differences): void {
  if (
    item.digest === ABSENT &&
    item.epoch === null &&
    told &&
    (told.digest === ABSENT || told.result === 'no_workflow')
  )
    over.push(item.key);
  else if (!told || told.digest !== item.digest || wantsSecondSighting(item, told)) news.push(item);
  else if (item.epoch !== null && item.epoch !== told.epoch) {
    if (told.epoch === null && told.result === 'delivered') named.push({ key: item.key, epoch: item.epoch });
    else news.push(item);
  }
}

/** A row without a workflow counts for nothing: that workflow was ended by force. */
const wantsSecondSighting = ({ reading }: News, told: Told): boolean =>
  told.result === 'no_workflow' &&
  reading.snapshot.position !== undefined &&
  told.vain < SIGHTINGS &&
  reading.snapshot.takenAtMs - told.vainSinceMs >= SIGHTING_GAP_MS;

/** What is remembered of a leg after a telling. */
export function afterTelling(
  before: Told | undefined,
  { reading, digest, epoch }: News,
  result: Delivery,
): Told {
  if (result === 'delivered') return { digest, epoch, result, vain: 0, vainSinceMs: 0 };
  const takenAtMs = reading.snapshot.takenAtMs;
  const first = !before || before.result === 'delivered' || reading.snapshot.position === undefined;
  if (first) return { digest, epoch, result, vain: 1, vainSinceMs: takenAtMs };
  // Two readings shortly after each other are one sighting.
  const apart = takenAtMs - before.vainSinceMs >= SIGHTING_GAP_MS;
  return {
    digest,
    epoch,
    result,
    vain: apart ? before.vain + 1 : before.vain,
    vainSinceMs: before.vainSinceMs,
  };
}

function legIdOf(key: LegKey): LegId {
  const at = key.lastIndexOf(' ');
  // Keys are made by `legKey` from a leg's name.
  return { symbol: key.slice(0, at), leg: key.slice(at + 1) as LegId['leg'] };
}
