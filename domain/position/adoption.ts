/**
 * Taking up a position that the exchange holds and no workflow keeps: what is known of it, which
 * protective prices it had, and which of its orders become our own.
 *
 * Invariants kept here:
 * - nothing is invented: a price, an id or a time that the exchange does not tell stays unknown;
 * - protective prices come from orders that rest before they come from the configuration;
 * - a configured stop that would act at once is measured from the present price instead: taking a
 *   position up must not close it.
 */
import type { AdoptionPolicy, AdoptRequest } from '../commands.ts';
import { abs, eq, gt, gte, isPositive, isZero, sub, ZERO, type Decimal } from '../decimal.ts';
import type { ExchangeOrder, ExchangePosition, LegSnapshot } from '../exchange-truth.ts';
import { isEmergencyOrderOf, legTag, parseClientOrderId } from '../ids.ts';
import type { ProtectionSpec } from './tranche.ts';
import { protectionPrice } from './protective-prices.ts';
import { checkSide } from '../rules.ts';
import { closingSide, type Leg, type MarketRules, type PositionMode } from '../terms.ts';

/** What is done for a position that was taken up. */
export type KeptPolicy = Exclude<AdoptionPolicy, 'ignore'>;

/** From the configuration; percent away from the entry price, null: none. */
export type AdoptionSettings = {
  policy: AdoptionPolicy;
  stopLossPercent: Decimal | null;
  takeProfitPercent: Decimal | null;
};

export const DEFAULT_ADOPTION: AdoptionSettings = {
  policy: 'protect',
  stopLossPercent: '5',
  takeProfitPercent: null,
};

/** What the exchange knows of a leg that is to be taken up. */
export type AdoptionFacts = {
  rules: MarketRules;
  positionMode: PositionMode;
  positionIds: boolean;
  batches: boolean;
  /** Complete; without a position where it is gone by now. */
  snapshot: LegSnapshot;
  /** Latest contract price. */
  price: Decimal;
  /** Its beginning and the order that began it, from its executions; null where they reach not so far back. */
  openedAtMs: number | null;
  entryOrderId: string | null;
};

/** A position as it was taken up: the beginning of its workflow's state. */
export type Adoption = {
  policy: KeptPolicy;
  quantity: Decimal;
  entryPrice: Decimal | null;
  exchangePositionId: string | null;
  entryOrderId: string | null;
  /** Gateway clock; null: nobody knows. */
  openedAtMs: number | null;
  /** Gateway clock of the reading: what was executed before it is in the quantity. */
  seenAtMs: number;
  /** Protective orders that become our own. */
  orders: Protective[];
  /** All others on the leg. */
  others: ExchangeOrder[];
};

export type ProtectiveRole = 'stop' | 'target';

export function adoptionOf(
  leg: Leg,
  position: ExchangePosition,
  facts: AdoptionFacts,
  wish: Pick<AdoptRequest, 'entryOrderId' | 'openedAtMs'> & { policy: KeptPolicy },
): Adoption {
  const { snapshot } = facts;
  const orders = protectiveOrders(position, snapshot.orders).filter(({ order }) =>
    takesOver(leg, order, wish.policy),
  );
  return {
    policy: wish.policy,
    quantity: position.quantity,
    entryPrice: position.entryPrice ?? null,
    exchangePositionId: position.exchangePositionId ?? null,
    entryOrderId: wish.entryOrderId ?? facts.entryOrderId,
    openedAtMs: position.openedAtMs ?? wish.openedAtMs ?? facts.openedAtMs,
    seenAtMs: snapshot.takenAtMs,
    orders,
    others: snapshot.orders.filter((each) => !orders.some(({ order }) => order === each)),
  };
}

/** What protects the position: as asked for, else as orders at the exchange do, else as it is configured. */
export function rebuiltProtection(
  leg: Leg,
  position: ExchangePosition,
  { snapshot, price, rules }: AdoptionFacts,
  wish: Pick<AdoptRequest, 'stopLoss' | 'takeProfit'>,
  configured: Pick<AdoptionSettings, 'stopLossPercent' | 'takeProfitPercent'>,
): { stopLoss: ProtectionSpec | null; takeProfit: ProtectionSpec | null } {
  const orders = protectiveOrders(position, snapshot.orders);
  const found = (role: ProtectiveRole): ProtectionSpec | undefined => {
    const own = orders.filter((each) => each.role === role && isOwn(leg, each.order));
    const best = strongest(own, position) ?? strongest(ofRole(orders, role), position);
    return best?.triggerPrice === undefined ? undefined : { price: best.triggerPrice };
  };
  const level = (text: Decimal | undefined): ProtectionSpec | undefined =>
    text === undefined || !isPositive(text) ? undefined : { price: text };
  const percent = (role: ProtectiveRole, value: Decimal | null): ProtectionSpec | null =>
    value === null ? null : measured(role, value, position, price, rules);
  return {
    stopLoss: firstKnown([wish.stopLoss, found('stop'), level(position.stopLoss)], () =>
      percent('stop', configured.stopLossPercent),
    ),
    takeProfit: firstKnown([wish.takeProfit, found('target'), level(position.takeProfit)], () =>
      percent('target', configured.takeProfitPercent),
    ),
  };
}

function firstKnown(
  specs: readonly (ProtectionSpec | null | undefined)[],
  otherwise: () => ProtectionSpec | null,
): ProtectionSpec | null {
  const known = specs.find((spec) => spec !== undefined);
  return known === undefined ? otherwise() : known;
}

/** Percent from the entry price; from the present price where that is unknown, or the level is behind it. */
function measured(
  role: ProtectiveRole,
  percent: Decimal,
  { side, entryPrice }: ExchangePosition,
  price: Decimal,
  { tickSize }: MarketRules,
): ProtectionSpec | null {
  const from = (entry: Decimal): Decimal | null =>
    protectionPrice({ percent }, role, { side, entry, tickSize });
  const level = entryPrice === undefined ? null : from(entryPrice);
  if (level !== null && checkSide(role, level, price, side) === null) return { percent };
  const present = from(price);
  return present === null ? null : { price: present };
}

type Protective = { role: ProtectiveRole; order: ExchangeOrder };

/** Orders that close the position at a trigger price, untouched so far. */
function protectiveOrders(position: ExchangePosition, orders: readonly ExchangeOrder[]): Protective[] {
  return orders.flatMap((order) => {
    const role = roleOf(order);
    return role !== null && closes(position, order) ? [{ role, order }] : [];
  });
}

function roleOf({ kind, triggerPrice, filledQuantity }: ExchangeOrder): ProtectiveRole | null {
  if (triggerPrice === undefined || !isZero(filledQuantity)) return null;
  if (kind === 'stop_market') return 'stop';
  return kind === 'take_profit_market' ? 'target' : null;
}

/** Whether all it can do is reduce a position of this side. */
export const closes = (
  { side, leg }: Pick<ExchangePosition, 'side' | 'leg'>,
  order: ExchangeOrder,
): boolean => order.side === closingSide(side) && (order.reduceOnly || order.closePosition || leg !== 'net');

const ofRole = (orders: readonly Protective[], role: ProtectiveRole): Protective[] =>
  orders.filter((each) => each.role === role);

/** The one that closes most; of several, the one that acts first. */
function strongest(orders: readonly Protective[], position: ExchangePosition): ExchangeOrder | undefined {
  const size = ({ closePosition, quantity }: ExchangeOrder): Decimal =>
    closePosition ? position.quantity : quantity;
  const mark = position.markPrice ?? position.entryPrice ?? ZERO;
  const distance = ({ triggerPrice }: ExchangeOrder): Decimal => abs(sub(triggerPrice ?? ZERO, mark));
  return orders
    .map(({ order }) => order)
    .toSorted((a, b) => {
      if (!eq(size(a), size(b))) return gt(size(a), size(b)) ? -1 : 1;
      return gte(distance(a), distance(b)) ? 1 : -1;
    })[0];
}

/** Orders of an earlier life of this very leg are our own; those of others only where everything is managed. */
const takesOver = (leg: Leg, order: ExchangeOrder, policy: KeptPolicy): boolean =>
  policy === 'manage' || (policy === 'protect' && isOwn(leg, order));

/** Of an earlier life of this leg, or placed by hand with `holdfast protect` while nobody kept it. */
function isOwn(leg: Leg, { clientOrderId }: ExchangeOrder): boolean {
  if (clientOrderId === undefined) return false;
  return parseClientOrderId(clientOrderId)?.legTag === legTag(leg) || isEmergencyOrderOf(leg, clientOrderId);
}
