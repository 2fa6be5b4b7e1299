/**
 * Several tranches become one: by request, where the configuration says so once they are profitable, and
 * where the exchange takes only one stop.
 *
 * Invariants kept here:
 * - the stop of the whole is never looser than the tightest one of its parts, wherever that had moved to;
 * - no stop or target moves because the average entry does: what was measured from an entry becomes a price;
 * - a target that was reached stays reached.
 *
 * Orders follow by `protection.ts`: the one for all is seen resting before those of the parts go.
 */
import { add, div, eq, isPositive, mul, sub, sum, toPlaces, ZERO, type Decimal } from '../decimal.ts';
import type { MergeTranchesRequest, Refusal } from '../commands.ts';
import type { PositionEvent } from './events.ts';
import { priceLevels } from './levels.ts';
import type { PositionState } from './position.ts';
import type { BreakEvenSpec, ProtectionSpec, TargetLevel, Tranche } from './tranche.ts';
import { isTighter, levelsOf, protectionPrice, wantedStop } from './protective-prices.ts';
import { activeIntents, addedQuantity, trancheEntryPrice, trancheQuantity } from './quantities.ts';
import { badRequest } from './request-shape.ts';
import { targetShares, targetsFilled } from './targets.ts';
import { settleWish } from './wishes.ts';

/** What would be lost by merging now; null: nothing. */
export function hindrance(state: PositionState, tranches: readonly Tranche[]): Refusal | null {
  for (const { id, iceberg } of tranches) {
    if (iceberg)
      return badRequest(`${id} is still being entered in slices: wait, or take the rest back (cancelOrders)`);
    if (activeIntents(state, 'close', id).some(({ request }) => request.kind === 'market'))
      return { code: 'closing', text: `a close of ${id} is under way: wait for it` };
    if (isAtLevel(state, id))
      return { code: 'leg_busy', text: `the price is at a level of ${id}, whose order may be acting: wait` };
  }
  const busy = (['stop', 'target'] as const).some((role) => placementsOf(state, role, tranches) > 1);
  return busy ? { code: 'leg_busy', text: 'stops and targets of them are on their way: wait' } : null;
}

/** A level that was crossed, and has not moved or been closed at since. */
function isAtLevel(state: PositionState, trancheId: string): boolean {
  const levels = state.crossings.length === 0 ? [] : priceLevels(state);
  return state.crossings.some(
    (crossing) =>
      crossing.trancheId === trancheId && levels.some(({ levelId }) => levelId === crossing.levelId),
  );
}

/** Of one role, no two may be under way in a tranche; see `protection.ts`. */
const placementsOf = (state: PositionState, role: 'stop' | 'target', tranches: readonly Tranche[]): number =>
  tranches
    .flatMap(({ id }) => activeIntents(state, role, id))
    .filter(({ status }) => status.name === 'planned' || status.name === 'unknown').length;

/** Null: none of them is wanted. */
export const tightestStop = (state: PositionState, tranches: readonly Tranche[]): Decimal | null =>
  tranches
    .filter(({ id }) => isPositive(trancheQuantity(state, id)))
    .map((tranche) => wantedStop(state, tranche))
    .reduce<Decimal | null>(
      (a, b) => (a === null || (b !== null && isTighter(state.side, b, a)) ? b : a),
      null,
    );

/** Average entry of what is open in them together; null until it is known. */
export function averageEntry(state: PositionState, tranches: readonly Tranche[]): Decimal | null {
  const parts = tranches.map(({ id }) => ({
    quantity: trancheQuantity(state, id),
    price: trancheEntryPrice(state, id) ?? '0',
  }));
  const open = sum(parts.map(({ quantity }) => quantity));
  const value = sum(parts.map(({ quantity, price }) => mul(quantity, price)));
  return isPositive(open) && isPositive(value) ? div(value, open) : null;
}

type How = { wish?: MergeTranchesRequest; why: string; nowMs: number };

/** The event that makes them one; a wish was checked. */
export function merge(
  state: PositionState,
  into: Tranche,
  all: readonly Tranche[],
  { wish = {}, why, nowMs }: How,
): Extract<PositionEvent, { type: 'TranchesMerged' }> {
  const settled = settleWish(
    {
      ...(wish.stopLoss && { stopLoss: wish.stopLoss }),
      ...(wish.takeProfit && { takeProfit: wish.takeProfit }),
    },
    null,
  );
  if ('refused' in settled) throw new Error(settled.refused.text); // checked before
  const from = all.filter(({ id }) => id !== into.id).map(({ id }) => id);
  const fixed = withTargets(state, into, settled.takeProfit ?? undefined);
  const tranche = settled.stopLoss
    ? withStopByHand(fixed, settled.stopLoss)
    : withMovingStop(state, fixed, all);
  const mergedRequestIds = requestsOf(into, all);
  const named = { ...tranche, ...(mergedRequestIds.length > 0 && { mergedRequestIds }) };
  return { type: 'TranchesMerged', into: into.id, from, tranche: named, why, nowMs };
}

/** More of them nobody asks for any more. */
const MAX_MERGED_REQUESTS = 50;

/** Whoever asked for a tranche finds it where it went. */
const requestsOf = (into: Tranche, all: readonly Tranche[]): string[] =>
  all
    .flatMap((tranche) => [
      ...(tranche.mergedRequestIds ?? []),
      ...(tranche === into || tranche.requestId === undefined ? [] : [tranche.requestId]),
    ])
    .slice(-MAX_MERGED_REQUESTS);

/** A stop that a person sets holds: it ends what moves by itself. */
function withStopByHand(tranche: Tranche, stopLoss: ProtectionSpec): Tranche {
  const { trailing: _t, trailedTo: _to, breakEven: _b, breakEvenReached: _r, ...rest } = tranche;
  return { ...rest, stopLoss };
}

/** The tightest stop as it stands now; trailing goes on from where it is. */
function withMovingStop(state: PositionState, tranche: Tranche, all: readonly Tranche[]): Tranche {
  const { breakEven, breakEvenReached: _where, ...rest } = tranche;
  const tightest = tightestStop(state, all);
  const kept =
    breakEven && tranche.breakEvenReached !== true ? breakEvenAfter(state, tranche, all) : undefined;
  return {
    ...rest,
    ...(tightest !== null && { stopLoss: { price: tightest } }),
    ...(kept && { breakEven: kept }),
  };
}

/** Only where it would wait for a price beyond what it moves the stop to: else it would close at once. */
function breakEvenAfter(
  state: PositionState,
  into: Tranche,
  all: readonly Tranche[],
): BreakEvenSpec | undefined {
  const { breakEven } = into;
  const entry = averageEntry(state, all);
  if (!breakEven || entry === null) return undefined;
  const { after, offset = '0' } = breakEven;
  const levels = { side: state.side, entry, tickSize: state.market.tickSize };
  const stop = protectionPrice({ percent: offset }, 'target', levels);
  const before = state.tranches.find(({ id }) => id === into.id) ?? into;
  const left = 'targets' in after ? after.targets - targetsFilled(state, before) : 0;
  const at =
    'targets' in after
      ? protectionPrice(targetSpecs(into)[left - 1] ?? null, 'target', levels)
      : protectionPrice(after, 'target', levels);
  if (at === null || stop === null || !isTighter(state.side, at, stop)) return undefined;
  return 'targets' in after ? { ...breakEven, after: { targets: left } } : breakEven;
}

const targetSpecs = ({ targets, takeProfit }: Tranche): (ProtectionSpec | null)[] =>
  targets?.map(({ at }) => at) ?? [takeProfit];

/** The targets as prices; of several, those that are left share out what is left. */
function withTargets(state: PositionState, into: Tranche, named: ProtectionSpec | undefined): Tranche {
  const { targets, profitable: _both, ...rest } = into;
  if (named) return { ...rest, takeProfit: named };
  // Nothing was entered yet: nothing was reached, and no entry measured from.
  if (!isPositive(addedQuantity(state, into.id))) return { ...rest, ...(targets && { targets }) };
  if (!targets) return { ...rest, takeProfit: asPrice(state, into, into.takeProfit) };
  const left = sharesLeft(state, into, targets);
  return left.length === 0 ? rest : { ...rest, targets: left };
}

const SHARE_PLACES = 6;

function sharesLeft(state: PositionState, into: Tranche, targets: readonly TargetLevel[]): TargetLevel[] {
  const open = trancheQuantity(state, into.id);
  const left = targetShares(state, into.id, targets).filter(({ quantity }) => isPositive(quantity));
  const complete = eq(sum(left.map(({ quantity }) => quantity)), open);
  let shared: Decimal = ZERO;
  return left.map(({ level, quantity }, index) => {
    const part = toPlaces(div(mul(quantity, '100'), open), SHARE_PLACES);
    // What was shared out whole stays so, whatever the rounding.
    const share = complete && index === left.length - 1 ? sub('100', shared) : part;
    shared = add(shared, share);
    return { ...level, at: asPrice(state, into, level.at) ?? level.at, share };
  });
}

function asPrice(state: PositionState, tranche: Tranche, spec: ProtectionSpec | null): ProtectionSpec | null {
  const price = protectionPrice(spec, 'target', levelsOf(state, tranche));
  return price === null ? spec : { price };
}

/** What is merged without anybody asking; it waits for what would be lost by it. */
export function planMerge(state: PositionState, nowMs: number): PositionEvent[] {
  if (state.stage.name !== 'open' || state.tranches.length < 2) return [];
  const open = state.tranches.filter(({ id }) => isPositive(trancheQuantity(state, id)));
  const reasons = [
    { all: open.filter(({ profitable }) => profitable), why: 'they are profitable' },
    {
      all: state.singleProtection ? open.filter((tranche) => wantedStop(state, tranche) !== null) : [],
      why: 'the exchange takes one stop per position',
    },
  ];
  for (const { all, why } of reasons) {
    const [into] = all;
    if (into && all.length > 1 && hindrance(state, all) === null)
      return [merge(state, into, all, { why, nowMs })];
  }
  return [];
}
