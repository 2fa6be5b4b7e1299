/** What `verify-protection` and `protect` tell: the stable shape behind `--json`. */
import type { AccountConfig } from '../../../config/config.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import type { CoverState, LegProtection } from '../../../domain/audit/leg-protection.ts';
import type { AccountMode, ExchangeName, LegName, Side, Symbol } from '../../../domain/terms.ts';
import type { Done, LegPlan } from './protect-account.ts';
import { isCovered, type Reading } from './reading.ts';

export type PositionRow = {
  account: string;
  symbol: Symbol;
  leg: LegName;
  side: Side;
  quantity: Decimal;
  entryPrice: Decimal | null;
  exchangePositionId: string | null;
  cover: CoverState;
  /** Base units that live stops would close. */
  stopQuantity: Decimal;
  stopPrices: Decimal[];
  targetQuantity: Decimal;
  targetPrices: Decimal[];
  /** Closing orders of kinds that are not counted, such as trailing stops. */
  otherOrders: number;
};

/** An order of `protect`; `planned`: nothing was sent. */
export type OrderLine = {
  account: string;
  symbol: Symbol;
  leg: LegName;
  role: 'stop' | 'target';
  quantity: Decimal;
  triggerPrice: Decimal;
  measuredFrom: 'entry' | 'price';
  clientOrderId: string;
  outcome: 'planned' | 'live' | 'filled' | 'refused' | 'unknown';
  orderId: string | null;
  reason: string | null;
  note: string | null;
};

/** A position that gets no order although it is not covered. */
export type LeftLine = {
  account: string;
  symbol: Symbol;
  leg: LegName;
  reason: 'kept_by_holdfast' | 'no_plan';
  text: string;
};

export type AccountProtection = {
  account: string;
  exchange: ExchangeName | null;
  mode: AccountMode | null;
  /** Whether live stops would close all of every position; null: the exchange could not be asked. */
  covered: boolean | null;
  positions: PositionRow[];
  orders: OrderLine[];
  left: LeftLine[];
  checkedAt: string;
  error: string | null;
};

export const protectionOf = (
  { name, exchange, mode }: AccountConfig,
  { legs, snapshot }: Reading,
  more: Pick<AccountProtection, 'orders' | 'left'> = { orders: [], left: [] },
): AccountProtection => ({
  account: name,
  exchange,
  mode,
  covered: legs.every(isCovered),
  positions: legs.map((leg) => rowOf(name, leg)),
  ...more,
  checkedAt: new Date(snapshot.readAtMs).toISOString(),
  error: null,
});

export const notRead = (
  account: string,
  error: string,
  nowMs: number,
  known: Pick<AccountConfig, 'exchange' | 'mode'> | null = null,
): AccountProtection => ({
  account,
  exchange: known?.exchange ?? null,
  mode: known?.mode ?? null,
  covered: null,
  positions: [],
  orders: [],
  left: [],
  checkedAt: new Date(nowMs).toISOString(),
  error,
});

const rowOf = (account: string, { position, ...protection }: LegProtection): PositionRow => ({
  account,
  symbol: position.symbol,
  leg: position.leg,
  side: position.side,
  quantity: position.quantity,
  entryPrice: position.entryPrice ?? null,
  exchangePositionId: position.exchangePositionId ?? null,
  ...protection,
});

export const leftOf = (account: string, plans: readonly LegPlan[]): LeftLine[] =>
  plans.flatMap(({ leg: { position }, kept, problem }): LeftLine[] => {
    const { symbol, leg } = position;
    if (kept) return [{ account, symbol, leg, reason: 'kept_by_holdfast', text: KEPT }];
    return problem === null ? [] : [{ account, symbol, leg, reason: 'no_plan', text: problem }];
  });

const KEPT = 'a running Holdfast keeps it and places its stop; --force places one beside it';

export const plannedOrders = (account: string, plans: readonly LegPlan[]): OrderLine[] =>
  plans.flatMap(({ orders }) =>
    orders.map((order) => orderLine(account, order, { outcome: 'planned', orderId: null, reason: null })),
  );

export const doneOrders = (account: string, done: readonly Done[]): OrderLine[] =>
  done.map(({ order, placed }) =>
    orderLine(account, order, {
      outcome: placed.outcome,
      orderId: 'orderId' in placed ? placed.orderId : null,
      reason: 'reason' in placed ? placed.reason : null,
    }),
  );

const orderLine = (
  account: string,
  { role, request, measuredFrom, note }: Done['order'],
  became: Pick<OrderLine, 'outcome' | 'orderId' | 'reason'>,
): OrderLine => ({
  account,
  symbol: request.symbol,
  leg: request.leg,
  role,
  quantity: request.quantity,
  triggerPrice: request.triggerPrice,
  measuredFrom,
  clientOrderId: request.clientOrderId,
  ...became,
  note,
});
