/** Holds an order against its market's rules before it is sent, so that nothing is rounded in silence. */
import { gt, isMultiple, isPositive, lt, max, mul, roundToStep, type Decimal } from '../domain/decimal.ts';
import type { OrderRequest } from '../domain/exchange-truth.ts';
import { isConditional, type LegName, type MarketRules, type OrderSide } from '../domain/terms.ts';

/** Which rule the order breaks and the nearest value that keeps it; `undefined` where it breaks none. */
export function brokenRule(order: OrderRequest, rules: MarketRules): string | undefined {
  return (
    incoherent(order) ??
    brokenQuantity(order, rules) ??
    brokenPrice('price', order.price, rules.tickSize) ??
    brokenPrice('trigger price', order.triggerPrice, rules.tickSize) ??
    brokenNotional(order, rules)
  );
}

/** Fields that contradict each other: sending such an order could open what it should close. */
function incoherent(order: OrderRequest): string | undefined {
  const conditional = isConditional(order);
  if (conditional && order.triggerPrice === undefined) return `a ${order.kind} order needs a trigger price`;
  if (order.kind === 'limit' && order.price === undefined) return 'a limit order needs a price';
  if (order.leg !== 'net' && order.reduceOnly !== onlyReduces(order.leg, order.side)) {
    return `a ${order.side} order on the ${order.leg} leg ${order.reduceOnly ? 'cannot close' : 'cannot open'}`;
  }
  return undefined;
}

function brokenQuantity(
  { quantity, reduceOnly }: OrderRequest,
  { lotSize, minQuantity, maxQuantity }: MarketRules,
): string | undefined {
  if (!isPositive(quantity)) return `quantity ${quantity} is not positive`;
  // A remainder may be smaller than what may be opened: the exchange decides whether it closes.
  if (!reduceOnly && lt(quantity, minQuantity))
    return `quantity ${quantity} is under the minimum ${minQuantity}`;
  if (maxQuantity !== undefined && gt(quantity, maxQuantity))
    return `quantity ${quantity} is over the maximum ${maxQuantity}`;
  if (isMultiple(quantity, lotSize)) return undefined;
  const nearest = max(roundToStep(quantity, lotSize, 'down'), lotSize);
  return `quantity ${quantity} is no multiple of the lot ${lotSize}; nearest: ${nearest}`;
}

function brokenPrice(name: string, price: Decimal | undefined, tickSize: Decimal): string | undefined {
  if (price === undefined) return undefined;
  if (!isPositive(price)) return `${name} ${price} is not positive`;
  if (isMultiple(price, tickSize)) return undefined;
  return `${name} ${price} is no multiple of the tick ${tickSize}; nearest: ${roundToStep(price, tickSize, 'nearest')}`;
}

/** The lowest and highest price that a market takes at all. */
export type PriceBounds = { minPrice?: Decimal; maxPrice?: Decimal };

/** Which of an order's prices lies outside the market's bounds, with the nearest one inside. */
export function brokenBounds(
  { price, triggerPrice }: OrderRequest,
  { minPrice, maxPrice }: PriceBounds,
): string | undefined {
  const named = { price, 'trigger price': triggerPrice };
  for (const [name, value] of Object.entries(named)) {
    if (value === undefined) continue;
    if (minPrice !== undefined && lt(value, minPrice))
      return `${name} ${value} is under the lowest of this market; nearest: ${minPrice}`;
    if (maxPrice !== undefined && gt(value, maxPrice))
      return `${name} ${value} is over the highest of this market; nearest: ${maxPrice}`;
  }
  return undefined;
}

/** Only for entries at a known price: what closes may be as small as the position is. */
function brokenNotional(
  { quantity, price, reduceOnly }: OrderRequest,
  { minNotional, lotSize }: MarketRules,
): string | undefined {
  if (reduceOnly || price === undefined) return undefined;
  const notional = mul(quantity, price);
  if (!lt(notional, minNotional)) return undefined;
  return `order value ${notional} is under the minimum ${minNotional}; add at least one lot of ${lotSize}`;
}

/** In hedge mode an order of this side on this leg can only reduce it. */
export const onlyReduces = (leg: LegName, side: OrderSide): boolean =>
  (leg === 'long' && side === 'sell') || (leg === 'short' && side === 'buy');
