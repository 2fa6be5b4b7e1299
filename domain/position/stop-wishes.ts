/** Whether what is asked of a stop that moves by itself makes sense. */
import { gt, isDecimal, isPositive, lt, ZERO, type Decimal } from '../decimal.ts';
import type { Refusal } from '../commands.ts';
import { checkLevels, checkPrice, type PriceContext } from '../rules.ts';
import type { BreakEvenSpec } from './tranche.ts';
import { protectionPrice } from './protective-prices.ts';
import { badRequest, checkShape, isObject, shown } from './request-shape.ts';

/** The wish's trailing stop: its shape, its figures, and where it is to begin. */
export function checkTrailing(trailing: unknown, at: PriceContext): Refusal | null {
  if (trailing === undefined || trailing === null) return null;
  const misshapen = checkShape(trailing, ['distance', 'activation', 'step']);
  if (misshapen) return { ...misshapen, text: `trailing: ${misshapen.text}` };
  const { distance, activation, step } = trailing as Record<string, unknown>; // an object, checked above
  return (
    checkDistance('trailing.distance', distance, ['percent', 'distance', 'atr']) ??
    (step === undefined ? null : checkDistance('trailing.step', step, ['percent', 'distance'])) ??
    (activation === undefined
      ? null
      : checkLevels(
          { takeProfit: activation },
          { ...at, price: undefined },
          { takeProfit: 'trailing.activation' },
        ))
  );
}

function checkDistance(name: string, value: unknown, kinds: readonly string[]): Refusal | null {
  // What was read is a distance that says what from.
  const keys = isObject(value)
    ? Object.keys(value).filter((key) => key !== 'atr' || !('distance' in value))
    : [];
  const [kind, ...others] = keys;
  const amount = isObject(value) && kind !== undefined ? value[kind] : undefined;
  if (kind === undefined || others.length > 0 || !kinds.includes(kind))
    return badRequest(`${name} must be one of ${kinds.map((each) => `{"${each}": "..."}`).join(', ')}`);
  if (!isDecimal(amount) || !isPositive(amount))
    return badRequest(`${name} must be a positive decimal string, not ${shown(amount)}`);
  return kind === 'percent' && !lt(amount, '100')
    ? badRequest(`${name} in percent must be under 100, not ${shown(amount)}`)
    : null;
}

/** The wish's break-even stop; `most`: so many targets there are to wait for. */
export function checkBreakEven(breakEven: unknown, most: number, at: PriceContext): Refusal | null {
  if (breakEven === undefined || breakEven === null) return null;
  const misshapen = checkShape(breakEven, ['after', 'offset']);
  if (misshapen) return { ...misshapen, text: `breakEven: ${misshapen.text}` };
  const { after, offset = ZERO } = breakEven as Record<string, unknown>; // an object, checked above
  if (!isDecimal(offset) || lt(offset, ZERO) || !lt(offset, '100'))
    return badRequest(`breakEven.offset must be percent, from 0 to under 100, not ${shown(offset)}`);
  if (isObject(after) && 'price' in after && Object.keys(after).length === 1)
    return checkPrice('breakEven.after.price', after['price'], at.rules) ?? checkBehind(breakEven, at);
  if (isObject(after) && 'targets' in after && Object.keys(after).length === 1)
    return checkCount(after['targets'], most);
  return (
    checkDistance('breakEven.after', after, ['percent', 'price', 'targets']) ?? checkBehind(breakEven, at)
  );
}

/** Where the stop is to go must be behind where it is to go from: it would act at once. */
function checkBehind(breakEven: unknown, at: PriceContext): Refusal | null {
  const { after, offset = ZERO } = breakEven as BreakEvenSpec; // checked by its caller
  if ('targets' in after) return null;
  // Any entry shows whether one percent is more than another.
  const context = {
    ...at,
    entry: at.entry ?? ('percent' in after ? '100' : null),
    tickSize: at.rules.tickSize,
  };
  const from = protectionPrice(after, 'target', context);
  const to = protectionPrice({ percent: offset }, 'target', context);
  if (from === null || to === null || isFurther(at, from, to)) return null;
  return badRequest(
    'breakEven.offset must be less than where the stop is to be moved from: it would act at once',
  );
}

const checkCount = (count: unknown, most: number): Refusal | null =>
  typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= most
    ? null
    : badRequest(`breakEven.after.targets must be a whole number from 1 to ${most}, not ${shown(count)}`);

/** Whether a price is further in the position's favour than another. */
export const isFurther = ({ side }: PriceContext, price: Decimal, before: Decimal): boolean =>
  side === 'long' ? gt(price, before) : lt(price, before);
