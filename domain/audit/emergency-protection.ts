/**
 * What `holdfast protect` would place for a position that is not covered, from the exchange's word alone.
 *
 * Invariants kept here:
 * - what lives already counts, whoever placed it: only the quantity that is missing is added, so that a
 *   second plan on the reading after the first is empty;
 * - everything is reduce-only;
 * - the client order id follows from the position and the level, so that a repeat is the same order;
 * - a level that would trigger at once is measured from the present price instead.
 */
import { add, eq, gte, isPositive, isZero, lte, roundToStep, sub, type Decimal } from '../decimal.ts';
import type { ExchangePosition, OrderRequest } from '../exchange-truth.ts';
import { emergencyOrderId } from '../ids.ts';
import type { LegProtection } from './leg-protection.ts';
import { protectionPrice } from '../position/protective-prices.ts';
import { checkSide } from '../rules.ts';
import { closingSide, type MarketRules, type WorkingType } from '../terms.ts';

/** Percent away from the entry price; without a target none is placed. */
export type EmergencyTerms = {
  stopPercent: Decimal;
  targetPercent: Decimal | null;
  workingType: WorkingType;
};

export type EmergencyOrder = {
  role: 'stop' | 'target';
  request: OrderRequest & { triggerPrice: Decimal };
  /** Which price the distance counts from. */
  measuredFrom: 'entry' | 'price';
  /** What the person should know about it. */
  note: string | null;
};

/** `problem`: why a position that needs one gets no stop. */
export type EmergencyPlan = { orders: EmergencyOrder[]; problem: string | null };

export type EmergencyFacts = {
  account: string;
  terms: EmergencyTerms;
  rules: MarketRules;
  /** The price that the orders will watch, now. */
  price: Decimal;
};

/** Empty for a position that is covered. The stop comes first. */
export function planEmergency(leg: LegProtection, facts: EmergencyFacts): EmergencyPlan {
  if (leg.cover === 'covered') return { orders: [], problem: null };
  const { stopPercent, targetPercent } = facts.terms;
  const missing = sub(leg.position.quantity, leg.stopQuantity);
  const stop = orderFor('stop', stopPercent, missing, leg, facts);
  if (stop === null)
    return { orders: [], problem: `a stop ${stopPercent} % away has no price: set a smaller distance` };
  const untargeted = sub(leg.position.quantity, leg.targetQuantity);
  const target =
    targetPercent === null || isZero(untargeted)
      ? null
      : orderFor('target', targetPercent, untargeted, leg, facts);
  return { orders: target === null ? [stop] : [stop, target], problem: null };
}

function orderFor(
  role: EmergencyOrder['role'],
  percent: Decimal,
  quantity: Decimal,
  { position }: LegProtection,
  { account, terms, rules, price }: EmergencyFacts,
): EmergencyOrder | null {
  const level = levelOf(role, percent, position, { rules, price });
  if (level === null) return null;
  const { symbol, leg, side } = position;
  return {
    role,
    measuredFrom: level.measuredFrom,
    note: role === 'stop' ? beyondLiquidation(level.price, position) : null,
    request: {
      clientOrderId: emergencyOrderId(
        { account, symbol, leg },
        role,
        levelName(position, quantity, level.price),
      ),
      symbol,
      leg,
      side: closingSide(side),
      kind: role === 'stop' ? 'stop_market' : 'take_profit_market',
      // Up, as a stop for less than all covers nothing of the rest, and reduce-only takes no more than there is.
      quantity: roundToStep(quantity, rules.lotSize, 'up'),
      triggerPrice: level.price,
      workingType: terms.workingType,
      reduceOnly: true,
    },
  };
}

/** Which position, and which level of it: what the exchange tells of both, where it gives no ids. */
const levelName = (
  { side, entryPrice, exchangePositionId, openedAtMs }: ExchangePosition,
  quantity: Decimal,
  price: Decimal,
): string => [side, exchangePositionId, openedAtMs, entryPrice, quantity, price].join('/');

type Level = { price: Decimal; measuredFrom: EmergencyOrder['measuredFrom'] };

function levelOf(
  role: EmergencyOrder['role'],
  percent: Decimal,
  { side, entryPrice }: ExchangePosition,
  { rules, price }: Pick<EmergencyFacts, 'rules' | 'price'>,
): Level | null {
  const { tickSize } = rules;
  const at = (from: Decimal): Decimal | null =>
    protectionPrice({ percent }, role, { side, entry: from, tickSize });
  const rests = (level: Decimal | null): level is Decimal =>
    level !== null && isPositive(level) && checkSide(role, level, price, side) === null;
  const fromEntry = entryPrice === undefined ? null : at(entryPrice);
  if (rests(fromEntry)) return { price: fromEntry, measuredFrom: 'entry' };
  const fromPrice = at(price);
  if (rests(fromPrice)) return { price: fromPrice, measuredFrom: 'price' };
  // A tick wider than the distance: the next level that the price has not reached yet.
  const below = (side === 'long') === (role === 'stop');
  const next = neighbour(price, tickSize, below);
  const isReached = fromPrice !== null && isPositive(fromPrice);
  return isReached && rests(next) ? { price: next, measuredFrom: 'price' } : null;
}

function neighbour(price: Decimal, tickSize: Decimal, below: boolean): Decimal {
  const near = roundToStep(price, tickSize, below ? 'down' : 'up');
  if (!eq(near, price)) return near;
  return below ? sub(near, tickSize) : add(near, tickSize);
}

/** Such a stop never comes to act; the person has to choose it nearer, or add margin. */
function beyondLiquidation(stop: Decimal, { side, liquidationPrice }: ExchangePosition): string | null {
  if (liquidationPrice === undefined || !isPositive(liquidationPrice)) return null;
  const beyond = side === 'long' ? lte(stop, liquidationPrice) : gte(stop, liquidationPrice);
  return beyond ? `beyond the liquidation price ${liquidationPrice}: choose a smaller stop_loss_pct` : null;
}
