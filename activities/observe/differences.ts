/**
 * Which legs a complete reading has news for. Pure: what was told before goes in, what to tell comes out.
 *
 * - A leg is told when its digest differs from the one that was last delivered; one that was never
 *   told is told if it has a projection row, a position or an order.
 * - A new epoch of a leg is a new listener, so it is told although nothing else has changed; except
 *   that a workflow which heard before its row was seen has heard already.
 * - A position that nobody keeps, or an order in our own dialect, is told a second time, some seconds later, before it counts as
 *   unmanaged: a finished position lingers in the exchange's list for a while.
 * - A leg that a workflow heard of and that has lost its row is told again, ever more rarely: once that
 *   workflow has ended, what it left there (the other side of a flip) is nobody's.
 * - What a position does to its own orders is no news to it: a leg of which only the orders changed, and
 *   whose row says the same by now, is not told; and until it does, right after a telling, it is given a moment.
 * - A leg whose position counts on an order that the list has not shown for some seconds is told again,
 *   even if it looks as it did when it was told last: what came and went in between was never told.
 */
import { ABSENT, digestOf, samePosition } from './digest.ts';
import type { Digest } from './digest.ts';
import { absentReading, legKey } from './legs.ts';
import type { LegId, LegKey, LegReading } from './legs.ts';
import type { Delivery } from './deps.ts';
import type { ProjectedLeg } from './projected-leg.ts';
import type { AccountSnapshot, LegSnapshot } from '../../domain/exchange-truth.ts';
import { parseClientOrderId } from '../../domain/ids.ts';

/** What a leg was told last. */
export type Told = {
  digest: Digest;
  /** Of the projection row at that time; null without one. */
  epoch: string | null;
  result: Delivery;
  /** Consecutive tellings that found no workflow, and the time of the reading that was told first. */
  vain: number;
  vainSinceMs: number;
  /** When the reading was taken, and how often it has been told again for want of a row. */
  toldAtMs: number;
  repeats: number;
  /** The first reading since the last telling that lacked an order which the position counts on. */
  lackingSinceMs: number | null;
};

export type News = {
  key: LegKey;
  reading: LegReading;
  digest: Digest;
  row: ProjectedLeg | undefined;
  /** An order that the position counts on is not among the leg's orders. */
  lacks: boolean;
};

/** Sightings that make a position without a workflow `unmanaged`. */
export const SIGHTINGS = 2;
/** Between them: longer than any exchange's list lags. */
export const SIGHTING_GAP_MS = 3_000;

/** Between two tellings of a leg without a row, at most: a journal that is away makes no flood of signals. */
const ROWLESS_AT_MOST_MS = 60_000;

/** So long an order must be missing from the lists: longer than a placement or its row is on its way. */
export const LACKING_MS = 5_000;
/** Between two tellings of it. */
const LACKING_AGAIN_MS = 60_000;

/** What follows from a telling has been done, and the row says it, within this. */
export const SETTLING_MS = 2_000;

export type Differences = {
  news: News[];
  /** Told before and not worth remembering: nothing is there, and nobody listens. */
  over: LegKey[];
  /** No news, but something to remember of what was told. */
  remember: { key: LegKey; told: Told }[];
  /** When a leg that is given a moment is news after all; infinite where none is. */
  settlingUntilMs: number;
};

export function differences(
  snapshot: AccountSnapshot,
  readings: ReadonlyMap<LegKey, LegReading>,
  projected: readonly ProjectedLeg[],
  told: ReadonlyMap<LegKey, Told>,
): Differences {
  const rows = new Map(projected.map((leg) => [legKey(leg), leg]));
  const result: Differences = { news: [], over: [], remember: [], settlingUntilMs: Infinity };
  for (const key of new Set([...rows.keys(), ...readings.keys(), ...told.keys()])) {
    const row = rows.get(key);
    const reading = readings.get(key) ?? absentReading(snapshot, row ?? legIdOf(key));
    const { orders } = reading.snapshot;
    const lacks = row?.rests.some((id) => orders.every(({ orderId }) => orderId !== id)) ?? false;
    const digest = digestOf(reading.snapshot);
    sort({ key, reading, digest, row, lacks }, told.get(key), result);
  }
  return result;
}

function sort(item: News, told: Told | undefined, result: Differences): void {
  const { news, over, remember } = result;
  const { key, row } = item;
  const epoch = epochOf(item);
  if (
    item.digest === ABSENT &&
    epoch === null &&
    told &&
    (told.digest === ABSENT || told.result === 'no_workflow')
  )
    over.push(key);
  else if (told && row && hasOtherOrders(item, told)) sortOrders(item, row, told, result);
  else if (!told || told.digest !== item.digest || wantsSecondSighting(item, told) || wantsKeeper(item, told))
    news.push(item);
  else if (epoch !== null && epoch !== told.epoch) {
    if (told.epoch === null && told.result === 'delivered') remember.push({ key, told: { ...told, epoch } });
    else news.push(item);
  } else sortLacking(item, told, { news, remember });
}

/** The same position of the same workflow, which has heard of it, with other orders. */
const hasOtherOrders = (item: News, told: Told): boolean =>
  told.digest !== item.digest &&
  told.result === 'delivered' &&
  told.epoch === epochOf(item) &&
  samePosition(told.digest, item.digest);

/** A row from before the telling was heard says nothing of what follows from it. */
function sortOrders(item: News, row: ProjectedLeg, told: Told, result: Differences): void {
  const { key, digest, reading } = item;
  const hasHeard = row.comparedAtMs !== null && row.comparedAtMs >= told.toldAtMs;
  const settledAtMs = told.toldAtMs + SETTLING_MS;
  if (hasHeard && row.agrees(reading.snapshot))
    result.remember.push({ key, told: { ...told, digest, lackingSinceMs: null } });
  else if (reading.snapshot.takenAtMs >= settledAtMs) result.news.push(item);
  else result.settlingUntilMs = Math.min(result.settlingUntilMs, settledAtMs);
}

/** Of the row; null without one. */
export const epochOf = ({ row }: Pick<News, 'row'>): string | null => row?.epoch ?? null;

function sortLacking(
  item: News,
  told: Told,
  { news, remember }: Pick<Differences, 'news' | 'remember'>,
): void {
  const { takenAtMs } = item.reading.snapshot;
  const { lackingSinceMs: since } = told;
  if (item.lacks && since !== null && takenAtMs - since >= LACKING_MS) news.push(item);
  else if (item.lacks !== (since !== null))
    remember.push({ key: item.key, told: { ...told, lackingSinceMs: item.lacks ? takenAtMs : null } });
}

/** A row without a workflow keeps nothing: that workflow was ended by force, or Temporal's data was lost. */
const wantsSecondSighting = ({ reading, row }: News, told: Told): boolean =>
  told.result === 'no_workflow' &&
  (row !== undefined || wantsKeeping(reading.snapshot)) &&
  told.vain < SIGHTINGS &&
  reading.snapshot.takenAtMs - told.vainSinceMs >= SIGHTING_GAP_MS;

/** It was heard, and has no row: the workflow has just begun, or it is ending and leaves this behind. */
const wantsKeeper = ({ row, reading }: News, told: Told): boolean =>
  row === undefined &&
  told.result === 'delivered' &&
  wantsKeeping(reading.snapshot) &&
  reading.snapshot.takenAtMs - told.toldAtMs >=
    Math.min(SIGHTING_GAP_MS * 2 ** told.repeats, ROWLESS_AT_MOST_MS);

/** Whether somebody has to know of it: a position, or an order in our own dialect. */
export const wantsKeeping = ({ position, orders }: Pick<LegSnapshot, 'position' | 'orders'>): boolean =>
  position !== undefined ||
  orders.some(({ clientOrderId }) => parseClientOrderId(clientOrderId ?? '') !== undefined);

/** What is remembered of a leg after a telling. */
export function afterTelling(
  before: Told | undefined,
  { reading, digest, row, lacks }: News,
  result: Delivery,
): Told {
  const epoch = epochOf({ row });
  const takenAtMs = reading.snapshot.takenAtMs;
  const lackedBefore = before !== undefined && before.lackingSinceMs !== null;
  const toldAgain = lacks && lackedBefore && before.digest === digest;
  const lackingSinceMs = toldAgain ? takenAtMs + LACKING_AGAIN_MS : null;
  const again = before?.digest === digest && before.epoch === null && epoch === null;
  const repeats = again ? before.repeats + 1 : 0;
  const said = { digest, epoch, result, lackingSinceMs, toldAtMs: takenAtMs, repeats };
  if (result === 'delivered') return { ...said, vain: 0, vainSinceMs: 0 };
  const nothing = epoch === null && !wantsKeeping(reading.snapshot);
  const first = !before || before.result === 'delivered' || nothing;
  if (first) return { ...said, vain: 1, vainSinceMs: takenAtMs };
  // Two readings shortly after each other are one sighting.
  const apart = takenAtMs - before.vainSinceMs >= SIGHTING_GAP_MS;
  return { ...said, vain: apart ? before.vain + 1 : before.vain, vainSinceMs: before.vainSinceMs };
}

function legIdOf(key: LegKey): LegId {
  const at = key.lastIndexOf(' ');
  // Keys are made by `legKey` from a leg's name.
  return { symbol: key.slice(0, at), leg: key.slice(at + 1) as LegId['leg'] };
}
