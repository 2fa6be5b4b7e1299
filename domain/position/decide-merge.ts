/** A request to make several tranches one. */
import { isPositive, type Decimal } from '../decimal.ts';
import type { MergeTranchesRequest, Refusal } from '../commands.ts';
import { checkSide } from '../rules.ts';
import type { Decision } from './decide.ts';
import { averageEntry, hindrance, merge, tightestStop } from './merge.ts';
import type { PositionState } from './position.ts';
import type { Tranche } from './tranche.ts';
import { isTighter, protectionPrice } from './protective-prices.ts';
import { activeIntents, trancheQuantity } from './quantities.ts';
import { refuseUnlessOpen } from './refuse-unless-open.ts';
import { badRequest, checkShape, shown } from './request-shape.ts';
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
