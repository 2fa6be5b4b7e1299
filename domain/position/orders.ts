/** Builds the orders that a position may want, each complete before anything is sent. */
import { ZERO, type Decimal } from '../decimal.ts';
import type { ExchangeOrder, OrderRequest } from '../exchange-truth.ts';
import { clientOrderId } from '../ids.ts';
import type { Intent, IntentRole, PositionStart, PositionState } from './position.ts';
import { closingSide, openingSide } from '../terms.ts';
import { nextSlice } from './slices.ts';
import type { ExitReason } from '../view.ts';

type Terms = Pick<OrderRequest, 'kind' | 'quantity'> &
  Partial<Pick<OrderRequest, 'price' | 'triggerPrice' | 'workingType'>>;

/** The next intent of a position. Everything but an entry is reduce-only. */
export function planIntent(
  state: PositionState,
  role: IntentRole,
  trancheId: string,
  terms: Terms,
  options: { nowMs: number; nextAtMs?: number; closeReason?: ExitReason },
): Intent {
  // Not their count: some of the oldest may be forgotten.
  const number = (state.intents.at(-1)?.number ?? 0) + 1;
  const entering = role === 'entry';
  return {
    number,
    role,
    trancheId,
    request: {
      clientOrderId: clientOrderId(state, state.epoch, role, number),
      symbol: state.symbol,
      leg: state.leg,
      side: entering ? openingSide(state.side) : closingSide(state.side),
      reduceOnly: !entering,
      ...terms,
    },
    plannedAtMs: options.nowMs,
    status: { name: 'planned', nextAtMs: options.nextAtMs ?? options.nowMs, attempts: 0 },
    cancelWanted: false,
    orderId: null,
    acceptedAtMs: null,
    filledQuantity: ZERO,
    averagePrice: null,
    filledAtMs: null,
    closeReason: options.closeReason ?? null,
  };
}

type EntryOrder = Pick<PositionStart, 'quantity' | 'limitPrice' | 'visibleQuantity'>;

export function entryIntent(
  state: PositionState,
  trancheId: string,
  { quantity, limitPrice, visibleQuantity: visible = quantity }: EntryOrder,
  nowMs: number,
): Intent {
  const terms: Terms =
    limitPrice === null
      ? { kind: 'market', quantity }
      : {
          kind: 'limit',
          quantity: nextSlice({ total: quantity, visible, limitPrice }, ZERO, state.market),
          price: limitPrice,
        };
  return planIntent(state, 'entry', trancheId, terms, { nowMs });
}

/** An order that rests at the exchange already and becomes our own; it keeps the ids that it has there. */
export function adoptedIntent(
  state: PositionState,
  number: number,
  role: 'stop' | 'target',
  order: ExchangeOrder,
  options: { nowMs: number; seenAtMs: number; quantity: Decimal },
): Intent {
  const terms: Terms = {
    kind: role === 'stop' ? 'stop_market' : 'take_profit_market',
    quantity: order.closePosition ? options.quantity : order.quantity,
    workingType: order.workingType ?? state.workingType,
    ...(order.triggerPrice === undefined ? {} : { triggerPrice: order.triggerPrice }),
  };
  const planned = planIntent(state, role, 't1', terms, { nowMs: options.nowMs });
  const ownId = clientOrderId(state, state.epoch, role, number);
  return {
    ...planned,
    number,
    request: { ...planned.request, clientOrderId: order.clientOrderId ?? ownId },
    status: { name: 'live', asks: 0, nextAskAtMs: null, cancelNextAtMs: 0, cancelAttempts: 0 },
    orderId: order.orderId,
    acceptedAtMs: options.seenAtMs,
  };
}

type ProtectionTerms = {
  quantity: Decimal;
  triggerPrice: Decimal;
  target: string | undefined;
  /** What its exit is attributed to; undefined: what the role says. */
  reason: ExitReason | undefined;
};

export const protectionIntent = (
  state: PositionState,
  role: 'stop' | 'target',
  trancheId: string,
  { target, reason, ...terms }: ProtectionTerms,
  nowMs: number,
): Intent => ({
  ...planIntent(
    state,
    role,
    trancheId,
    {
      kind: role === 'stop' ? 'stop_market' : 'take_profit_market',
      workingType: state.workingType,
      ...terms,
    },
    { nowMs, ...(reason && { closeReason: reason }) },
  ),
  ...(target !== undefined && { target }),
});

export const closeIntent = (
  state: PositionState,
  trancheId: string,
  quantity: Decimal,
  reason: ExitReason,
  nowMs: number,
): Intent =>
  planIntent(state, 'close', trancheId, { kind: 'market', quantity }, { nowMs, closeReason: reason });
