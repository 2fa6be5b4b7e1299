/** Whether figures fit a market's rules; a refusal names the rule and the nearest valid value. */
import { gt, isDecimal, isMultiple, isPositive, lt, mul, roundToStep, type Decimal } from './decimal.ts';
import type { Refusal, ProtectionPrice } from './commands.ts';
import { protectionPrice } from './position/protective-prices.ts';
import { shown } from './position/request-shape.ts';
import type { MarketRules, Side } from './terms.ts';

export function checkQuantity(quantity: unknown, rules: MarketRules): Refusal | null {
  if (!isDecimal(quantity) || !isPositive(quantity)) {
    return {
      code: 'bad_request',
      text: `quantity must be a positive decimal string such as "0.05", not ${shown(quantity)}`,
    };
  }
  if (lt(quantity, rules.minQuantity)) {
    return {
      code: 'under_minimum',
      text: `quantity ${quantity} is under the minimum of ${rules.symbol}: ${rules.minQuantity}`,
    };
  }
  if (!isMultiple(quantity, rules.lotSize)) {
    const nearest = roundToStep(quantity, rules.lotSize, 'nearest');
    return {
      code: 'off_lot',
      text: `quantity ${quantity} is not a multiple of the lot ${rules.lotSize}: nearest is ${nearest}`,
    };
  }
  if (rules.maxQuantity !== undefined && gt(quantity, rules.maxQuantity)) {
    return {
      code: 'over_maximum',
      text: `quantity ${quantity} is over the maximum of one order: ${rules.maxQuantity}`,
    };
  }
  return null;
}

export function checkPrice(name: string, price: unknown, rules: MarketRules): Refusal | null {
  if (!isDecimal(price) || !isPositive(price)) {
    return { code: 'bad_request', text: `${name} must be a positive decimal string, not ${shown(price)}` };
  }
  if (!isMultiple(price, rules.tickSize)) {
    const nearest = roundToStep(price, rules.tickSize, 'nearest');
    return {
      code: 'off_tick',
      text: `${name} ${price} is not on the tick ${rules.tickSize}: nearest is ${nearest}`,
    };
  }
  return null;
}

export function checkNotional(quantity: string, price: string, rules: MarketRules): Refusal | null {
  const notional = mul(quantity, price);
  if (!lt(notional, rules.minNotional)) return null;
  return {
    code: 'under_minimum',
    text: `an order value of ${notional} is under the minimum of ${rules.symbol}: ${rules.minNotional}`,
  };
}

/** Shape and range of a protective price; its side is for `checkSide`. */
export function checkProtection(name: string, spec: ProtectionPrice, rules: MarketRules): Refusal | null {
  if ('price' in spec) return checkPrice(name, spec.price, rules);
  if (!('percent' in spec)) {
    const amount = 'distance' in spec ? spec.distance : spec.atr;
    if (isDecimal(amount) && isPositive(amount)) return null;
    return {
      code: 'bad_request',
      text: `${name} must be a positive distance from the entry price, not ${shown(amount)}`,
    };
  }
  if (isDecimal(spec.percent) && isPositive(spec.percent) && lt(spec.percent, '100')) return null;
  return {
    code: 'bad_request',
    text: `${name} in percent must be over 0 and under 100, not ${shown(spec.percent)}`,
  };
}

/** A stop belongs on the losing side of the price, a target on the winning side. */
export function checkSide(kind: 'stop' | 'target', level: string, price: string, side: Side): Refusal | null {
  const below = (side === 'long') === (kind === 'stop');
  if (below ? lt(level, price) : gt(level, price)) return null;
  const name = kind === 'stop' ? 'stop loss' : 'take profit';
  return {
    code: 'wrong_side',
    text: `the ${name} of a ${side} must be ${below ? 'below' : 'above'} the price: ${level} is not, the price is ${price}`,
  };
}

/** What protective prices are checked against; without an entry or a price, sides are not. */
export type PriceContext = {
  side: Side;
  entry: Decimal | null;
  price: Decimal | undefined;
  rules: MarketRules;
};

/** Protective prices of a request, each by its shape, its figures and its side; null stands for none. */
export function checkLevels(
  wish: { stopLoss?: unknown; takeProfit?: unknown },
  { side, entry, price, rules }: PriceContext,
  names: { stopLoss?: string; takeProfit?: string } = {},
): Refusal | null {
  for (const [kind, name, spec] of [
    ['stop', names.stopLoss ?? 'stopLoss', wish.stopLoss],
    ['target', names.takeProfit ?? 'takeProfit', wish.takeProfit],
  ] as const) {
    if (spec === undefined || spec === null) continue;
    if (!isSpec(spec))
      return {
        code: 'bad_request',
        text: `${name} must be {"price": "..."}, {"percent": "..."}, {"distance": "..."} or {"atr": "..."}`,
      };
    const refused = checkProtection(name, spec, rules);
    if (refused) return refused;
    const level = protectionPrice(spec, kind, { side, entry, tickSize: rules.tickSize });
    if (level !== null && !isPositive(level))
      return {
        code: 'bad_request',
        text: `${name} is further away than the price itself: it comes to ${level}`,
      };
    const wrong = level === null || price === undefined ? null : checkSide(kind, level, price, side);
    if (wrong) return wrong;
  }
  return null;
}

const SPEC_KEYS = ['price', 'percent', 'distance', 'atr'];

/** Its one key only: what stands there is for `checkProtection`. A distance may say what it was read from. */
function isSpec(spec: unknown): spec is ProtectionPrice {
  if (typeof spec !== 'object' || spec === null) return false;
  const keys = Object.keys(spec).toSorted().join();
  return SPEC_KEYS.includes(keys) || keys === 'atr,distance';
}
