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
import { checkSide } from '../rules.ts';
import type { Decision } from './decide.ts';
import type { PositionEvent } from './events.ts';
import type { BreakEvenSpec, PositionState, ProtectionSpec, TargetLevel, Tranche } from './position.ts';
import { isTighter, levelsOf, protectionPrice, wantedStop } from './protective-prices.ts';
import { activeIntents, addedQuantity, trancheEntryPrice, trancheQuantity } from './quantities.ts';
import { refuseUnlessOpen } from './refuse-unless-open.ts';
import { badRequest, checkShape, shown } from './request-shape.ts';
import { targetShares, targetsFilled } from './targets.ts';
import { checkWish, settleWish } from './wishes.ts';

type Asked = { request: unknown; price?: Decimal };

export function decideMerge(state: PositionState, asked: Asked, nowMs: number): Decision {
  const unfit =
    refuseUnlessOpen(state) ?? checkShape(asked.request, ['trancheIds', 'into', 'stopLoss', 'takeProfit']);
  if (unfit) return { refused: unfit };
  const request = asked.request as MergeTranchesRequest; // an object with no other keys, checked above
  const tranches = chosen(state, request);
  if ('code' in tranches) return { refused: tranches };
  const { into, all } = tranches;
  const refused = hindrance(state, all) ?? checkPrices(state, request, all, asked.price);
  if (refused) return { refused };
  return { events: [merge(state, into, all, { wish: request, why: 'asked for', nowMs })] };
}

type Chosen = { into: Tranche; all: Tranche[] };

/** Those that are named, else all that hold something or still may; the oldest of them for the rest. */
function chosen(state: PositionState, { trancheIds, into: name }: MergeTranchesRequest): Chosen | Refusal {
  if (trancheIds !== undefined && !Array.isArray(trancheIds))
    return badRequest(`trancheIds must be a list like ["t1", "t2"], not ${shown(trancheIds)}`);
  const named = [...(trancheIds ?? []), ...(name === undefined ? [] : [name])];
  for (const id of named) {
    const tranche = state.tranches.find((each) => each.id === id);
    const known = state.tranches.map((each) => each.id).join(', ');
    if (!tranche) return { code: 'unknown_tranche', text: `there is no tranche ${shown(id)}: ${known}` };
    if (!isInUse(state, tranche)) return badRequest(`${id} is closed: there is nothing of it to merge`);
  }
  const inUse = state.tranches.filter((tranche) => isInUse(state, tranche));
  const all = trancheIds === undefined ? inUse : inUse.filter(({ id }) => named.includes(id));
  const into = all.find(({ id }) => id === name) ?? all[0];
  if (into && all.length > 1) return { into, all };
  return badRequest(
    inUse.length > 1 ? 'name at least two tranches' : 'there are no two tranches that could be merged',
  );
}

const isInUse = (state: PositionState, { id }: Tranche): boolean =>
  isPositive(trancheQuantity(state, id)) || activeIntents(state, 'entry', id).length > 0;

/** What would be lost by merging now; null: nothing. */
function hindrance(state: PositionState, tranches: readonly Tranche[]): Refusal | null {
  for (const { id, iceberg } of tranches) {
    if (iceberg)
      return badRequest(`${id} is still being entered in slices: wait, or take the rest back (cancelOrders)`);
    if (activeIntents(state, 'close', id).some(({ request }) => request.kind === 'market'))
      return { code: 'closing', text: `a close of ${id} is under way: wait for it` };
    if (state.crossings.some(({ trancheId }) => trancheId === id))
      return { code: 'closing', text: `the price is at a level of ${id}, whose order may be acting: wait` };
  }
  const busy = (['stop', 'target'] as const).some((role) => placementsOf(state, role, tranches) > 1);
  return busy ? { code: 'leg_busy', text: 'stops and targets of them are on their way: wait' } : null;
}

/** Of one role, no two may be under way in a tranche; see `protection.ts`. */
const placementsOf = (state: PositionState, role: 'stop' | 'target', tranches: readonly Tranche[]): number =>
  tranches
    .flatMap(({ id }) => activeIntents(state, role, id))
    .filter(({ status }) => status.name === 'planned' || status.name === 'unknown').length;

function checkPrices(
  state: PositionState,
  { stopLoss, takeProfit }: MergeTranchesRequest,
  tranches: readonly Tranche[],
  price: Decimal | undefined,
): Refusal | null {
  const { side, market: rules } = state;
  const entry = averageEntry(state, tranches);
  const wish = { ...(stopLoss && { stopLoss }), ...(takeProfit && { takeProfit }) };
  const refused = checkWish({ stopLoss, takeProfit }, { side, entry, price, rules });
  if (refused) return refused;
  const settled = settleWish(wish, null);
  if ('refused' in settled) return settled.refused;
  const levels = { side, entry, tickSize: rules.tickSize };
  const stop = protectionPrice(settled.stopLoss ?? null, 'stop', levels);
  const target = protectionPrice(settled.takeProfit ?? null, 'target', levels);
  const tightest = tightestStop(state, tranches);
  if (stop !== null && tightest !== null && isTighter(side, tightest, stop))
    return {
      code: 'wrong_side',
      text: `the stop loss ${stop} is looser than ${tightest}, the tightest of those merged: name that or a tighter one, and loosen it afterwards by setProtection`,
    };
  const rests = stop ?? tightest;
  return rests === null || target === null ? null : checkSide('stop', rests, target, side);
}

/** Null: none of them is wanted. */
const tightestStop = (state: PositionState, tranches: readonly Tranche[]): Decimal | null =>
  tranches
    .filter(({ id }) => isPositive(trancheQuantity(state, id)))
    .map((tranche) => wantedStop(state, tranche))
    .reduce<Decimal | null>(
      (a, b) => (a === null || (b !== null && isTighter(state.side, b, a)) ? b : a),
      null,
    );

/** Average entry of what is open in them together; null until it is known. */
function averageEntry(state: PositionState, tranches: readonly Tranche[]): Decimal | null {
  const parts = tranches.map(({ id }) => ({
    quantity: trancheQuantity(state, id),
    price: trancheEntryPrice(state, id) ?? '0',
  }));
  const open = sum(parts.map(({ quantity }) => quantity));
  const value = sum(parts.map(({ quantity, price }) => mul(quantity, price)));
  return isPositive(open) && isPositive(value) ? div(value, open) : null;
}

type How = { wish?: MergeTranchesRequest; why: string; nowMs: number };

function merge(
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
  return { type: 'TranchesMerged', into: into.id, from, tranche, why, nowMs };
}

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
