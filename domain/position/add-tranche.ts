/**
 * A tranche is added: the account has checked it against market and limits and reserved what it takes. What
 * the position itself cannot take is refused here, and the account told, so that nothing stays reserved.
 */
import { isDecimal, isPositive, isZero, type Decimal } from '../decimal.ts';
import type { AddTrancheRequest, Refusal } from '../commands.ts';
import { checkPrice, checkQuantity } from '../rules.ts';
import { protectionAtStart } from './entry.ts';
import type { PositionEvent } from './events.ts';
import { requestIdsOf } from './evolve-tranches.ts';
import { raised } from './findings.ts';
import { checkVisible } from './iceberg.ts';
import { trancheAtStart } from './initial-state.ts';
import { entryIntent } from './orders.ts';
import type { PositionState } from './position.ts';
import type { Tranche } from './tranche.ts';
import { activeIntents, addedQuantity, intentsOf, trancheQuantity } from './quantities.ts';
import { refuseUnlessOpen } from './refuse-unless-open.ts';
import { badRequest, checkShape, isObject, shown } from './request-shape.ts';
import { checkWholeWish, WISH_KEYS } from './wishes.ts';

/** `atr`: the average true range that the account read, where the wish needs it. */
export type GrantedTranche = Omit<AddTrancheRequest, 'symbol' | 'leg' | 'requestId'> & {
  requestId: string;
  epoch: string;
  atr?: Decimal | null;
};

const KEYS = ['requestId', 'epoch', 'atr', 'quantity', 'limitPrice', 'visibleQuantity', ...WISH_KEYS];

/** Tranches in use at a time: each has a stop and targets, of which exchanges take only so many. */
export const MAX_TRANCHES = 10;

/** What the account's word leads to: a tranche with its entry, or a refusal that it is told of. */
export function takeTranche(state: PositionState, granted: unknown, nowMs: number): PositionEvent[] {
  if (!isObject(granted) || typeof granted['requestId'] !== 'string')
    return [raised('warning', 'refused_signal', 'trancheGranted was refused: it takes a tranche', nowMs)];
  const { requestId } = granted;
  if (isKnown(state, requestId)) return [];
  const refused = checkGranted(state, granted);
  if (!refused) return added(state, granted as GrantedTranche, nowMs); // every part was checked
  const epoch = typeof granted['epoch'] === 'string' ? granted['epoch'] : state.epoch;
  const text = `the tranche ${requestId} was not added: ${refused.text}`;
  return [
    { type: 'TrancheRefused', requestId, epoch, reason: refused.text, nowMs },
    raised('warning', 'tranche_refused', text, nowMs),
  ];
}

const isKnown = ({ tranches, refusedTranches = [] }: PositionState, requestId: string): boolean =>
  tranches.some((tranche) => requestIdsOf(tranche).includes(requestId)) ||
  refusedTranches.some((each) => each.requestId === requestId);

function checkGranted(state: PositionState, granted: Record<string, unknown>): Refusal | null {
  const { market: rules, side } = state;
  const { epoch, quantity, limitPrice } = granted;
  const unfit = refuseUnlessOpen(state) ?? checkShape(granted, KEYS);
  if (unfit) return unfit;
  if (epoch !== state.epoch)
    return { code: 'no_position', text: `it was meant for ${shown(epoch)}, an earlier position of this leg` };
  if (state.policy === 'watch')
    return badRequest('the position is only watched: set a stop or target first, to have it managed');
  const inUse = state.tranches.filter((tranche) => isInUse(state, tranche)).length;
  if (inUse >= MAX_TRANCHES)
    return { code: 'max_orders', text: `it has ${inUse} tranches, the most there can be: merge some first` };
  const misfit =
    checkQuantity(quantity, rules) ??
    (limitPrice === undefined ? null : checkPrice('limitPrice', limitPrice, rules)) ??
    checkVisible(granted, rules);
  if (misfit) return misfit;
  const {
    epoch: _e,
    requestId: _r,
    atr = null,
    quantity: _q,
    limitPrice: _l,
    visibleQuantity: _v,
    ...wish
  } = granted;
  return checkWholeWish(wish, { side, entry: null, price: undefined, rules }, isDecimal(atr) ? atr : null);
}

const isInUse = (state: PositionState, { id }: Tranche): boolean =>
  isPositive(trancheQuantity(state, id)) || activeIntents(state, 'entry', id).length > 0;

function added(state: PositionState, granted: GrantedTranche, nowMs: number): PositionEvent[] {
  const { requestId, epoch: _same, atr = null, quantity, limitPrice, visibleQuantity, ...wish } = granted;
  const id = `t${(state.trancheCount ?? 1) + 1}`;
  const order = {
    quantity,
    limitPrice: limitPrice ?? null,
    ...(visibleQuantity !== undefined && { visibleQuantity }),
  };
  const tranche = { ...trancheAtStart(id, { ...order, ...protectionAtStart(wish, atr) }), requestId };
  return [
    { type: 'TrancheAdded', tranche, nowMs },
    { type: 'IntentPlanned', intent: entryIntent(state, id, order, nowMs) },
  ];
}

/** A tranche whose entry came to nothing is none, as long as there is another; nothing is reserved for closed ones. */
export function planDrops(state: PositionState, nowMs: number): PositionEvent[] {
  if (state.stage.name !== 'open' && state.stage.name !== 'entering') return [];
  if (state.tranches.length < 2) return [];
  const empty = state.tranches.find((tranche) => isEmpty(state, tranche));
  if (empty) return dropped(state, empty, nowMs);
  const closed = state.tranches.find((tranche) => isClosed(state, tranche));
  return closed ? [{ type: 'TrancheClosed', trancheId: closed.id, nowMs }] : [];
}

function dropped(state: PositionState, { id, requestId }: Tranche, nowMs: number): PositionEvent[] {
  const [entry] = intentsOf(state, 'entry', id).toReversed();
  const how =
    entry?.status.name === 'done' ? (entry.status.reason ?? entry.status.how) : 'nothing was entered';
  const name = requestId === undefined ? id : `${id} (${requestId})`;
  const text = `the tranche ${name} was dropped, as nothing of it was entered: ${how}`;
  return [
    { type: 'TrancheDropped', trancheId: id, why: how, nowMs },
    raised('warning', 'tranche_refused', text, nowMs),
  ];
}

const isEmpty = (state: PositionState, { id, iceberg }: Tranche): boolean =>
  iceberg === undefined &&
  isZero(addedQuantity(state, id)) &&
  intentsOf(state, 'entry', id).length > 0 &&
  state.intents.every((intent) => intent.trancheId !== id || intent.status.name === 'done');

/** One that nobody asked for has nothing reserved of its own. */
const isClosed = (state: PositionState, tranche: Tranche): boolean => {
  const { id, iceberg, over } = tranche;
  return (
    requestIdsOf(tranche).length > 0 &&
    over !== true &&
    iceberg === undefined &&
    isPositive(addedQuantity(state, id)) &&
    isZero(trancheQuantity(state, id)) &&
    activeIntents(state, 'entry', id).length === 0
  );
};
