/**
 * How somebody wants a part of a position protected: whether that makes sense, and what it comes to.
 * Shapes are checked as of unknown values, as they may have been typed by hand.
 */
import { add, gt, isDecimal, isPositive, lt, mul, ZERO, type Decimal } from '../decimal.ts';
import type { ProtectionPrice, ProtectionWish, Refusal, TakeProfitLevel, TrailingStop } from '../commands.ts';
import { checkLevels, checkPrice, type PriceContext } from '../rules.ts';
import type { BreakEvenSpec, ProtectionSpec, TargetLevel, TrailingSpec } from './position.ts';
import { protectionPrice } from './protective-prices.ts';
import { badRequest, checkShape, isObject, shown } from './request-shape.ts';

/** The keys that a wish can have in a request. */
export const WISH_KEYS = ['stopLoss', 'takeProfit', 'takeProfitLevels', 'trailing', 'breakEven'] as const;

const MAX_TARGETS = 10;

/** A wish as a position keeps it: no volatility that was not read. */
export type SettledWish = {
  stopLoss?: ProtectionSpec | null;
  takeProfit?: ProtectionSpec | null;
  targets?: TargetLevel[] | null;
  trailing?: TrailingSpec | null;
  breakEven?: BreakEvenSpec | null;
};

/** What is wrong with a wish; `at`: as far as entry and price are known. Null: nothing. */
export function checkWish(wish: Record<string, unknown>, at: PriceContext): Refusal | null {
  return (
    checkLevels(wish, at) ??
    checkTargets(wish, at) ??
    checkTrailing(wish['trailing'], at) ??
    checkBreakEven(wish, at)
  );
}

/**
 * The same, and of what is measured in average true ranges the prices that it comes to.
 *
 * @param atr the average true range, quote units; null: it could not be read
 */
export function checkWholeWish(wish: ProtectionWish, at: PriceContext, atr: Decimal | null): Refusal | null {
  const refused = checkWish(wish, at);
  if (refused || !needsVolatility(wish)) return refused;
  const settled = settleWish(wish, atr);
  if ('refused' in settled) return settled.refused;
  const { targets, ...rest } = settled;
  const takeProfitLevels = targets?.map(({ at: where, share }) => ({ at: where, share }));
  return checkWish({ ...rest, ...(takeProfitLevels && { takeProfitLevels }) }, at);
}

function checkTargets(
  { takeProfit, takeProfitLevels: levels }: Record<string, unknown>,
  at: PriceContext,
): Refusal | null {
  if (levels === undefined || levels === null) return null;
  if (!Array.isArray(levels) || levels.length === 0 || levels.length > MAX_TARGETS) {
    return badRequest(
      `takeProfitLevels must be a list of 1 to ${MAX_TARGETS} targets like {"at": {"percent": "1"}, "share": "40"}`,
    );
  }
  if (takeProfit !== undefined && takeProfit !== null)
    return badRequest('name takeProfit or takeProfitLevels, not both');
  let share: Decimal = ZERO;
  let before: Decimal | null = null;
  for (const [index, level] of levels.entries()) {
    const name = `takeProfitLevels[${index}]`;
    const refused = checkTarget(name, level, at);
    if (refused) return refused;
    const target = level as TakeProfitLevel; // checked above
    share = add(share, target.share);
    const price = protectionPrice(target.at, 'target', { ...at, tickSize: at.rules.tickSize });
    if (price !== null && before !== null && !isFurther(at, price, before))
      return badRequest(`${name} must be further away than the one before: ${price} is not, after ${before}`);
    before = price ?? before;
  }
  return gt(share, '100')
    ? badRequest(`the shares of takeProfitLevels add up to ${share}, over 100 percent`)
    : null;
}

const isFurther = ({ side }: PriceContext, price: Decimal, before: Decimal): boolean =>
  side === 'long' ? gt(price, before) : lt(price, before);

function checkTarget(name: string, level: unknown, at: PriceContext): Refusal | null {
  if (!isObject(level)) return badRequest(`${name} must be like {"at": {"percent": "1"}, "share": "40"}`);
  const { share } = level;
  const misshapen = checkShape(level, ['at', 'share']);
  if (misshapen) return { ...misshapen, text: `${name}: ${misshapen.text}` };
  if (!isDecimal(share) || !isPositive(share) || gt(share, '100'))
    return badRequest(`${name}.share must be percent, over 0 and up to 100, not ${shown(share)}`);
  if (level['at'] === undefined || level['at'] === null) return badRequest(`${name}.at must say where`);
  return checkLevels({ takeProfit: level['at'] }, at, { takeProfit: `${name}.at` });
}

function checkTrailing(trailing: unknown, at: PriceContext): Refusal | null {
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
  const [kind, ...others] = isObject(value) ? Object.keys(value) : [];
  const amount = isObject(value) && kind !== undefined ? value[kind] : undefined;
  if (kind === undefined || others.length > 0 || !kinds.includes(kind))
    return badRequest(`${name} must be one of ${kinds.map((each) => `{"${each}": "..."}`).join(', ')}`);
  if (!isDecimal(amount) || !isPositive(amount))
    return badRequest(`${name} must be a positive decimal string, not ${shown(amount)}`);
  return kind === 'percent' && !lt(amount, '100')
    ? badRequest(`${name} in percent must be under 100, not ${shown(amount)}`)
    : null;
}

function checkBreakEven(
  { breakEven, takeProfitLevels }: Record<string, unknown>,
  at: PriceContext,
): Refusal | null {
  if (breakEven === undefined || breakEven === null) return null;
  const misshapen = checkShape(breakEven, ['after', 'offset']);
  if (misshapen) return { ...misshapen, text: `breakEven: ${misshapen.text}` };
  const { after, offset = ZERO } = breakEven as Record<string, unknown>; // an object, checked above
  if (!isDecimal(offset) || lt(offset, ZERO) || !lt(offset, '100'))
    return badRequest(`breakEven.offset must be percent, from 0 to under 100, not ${shown(offset)}`);
  if (isObject(after) && 'price' in after && Object.keys(after).length === 1)
    return checkPrice('breakEven.after.price', after['price'], at.rules) ?? checkBehind(breakEven, at);
  if (isObject(after) && 'targets' in after && Object.keys(after).length === 1)
    return checkCount(
      after['targets'],
      Array.isArray(takeProfitLevels) ? takeProfitLevels.length : MAX_TARGETS,
    );
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

/**
 * Whether any part of a wish is measured in average true ranges, which have to be read first. Asked of
 * requests too that are still to be checked.
 */
export function needsVolatility(wish: unknown): boolean {
  if (!isObject(wish)) return false;
  const { stopLoss, takeProfit, takeProfitLevels: levels, trailing } = wish;
  const targets: unknown[] = Array.isArray(levels) ? levels : [];
  return [
    stopLoss,
    takeProfit,
    ...(isObject(trailing) ? [trailing['distance'], trailing['activation']] : []),
    ...targets.map((level) => (isObject(level) ? level['at'] : undefined)),
  ].some((spec) => isObject(spec) && isUnread(spec));
}

type AnyDistance = ProtectionPrice | TrailingStop['distance'];

const isUnread = (spec: object): spec is { atr: Decimal } => 'atr' in spec && !('distance' in spec);

/**
 * The wish with what is measured in average true ranges turned into distances.
 *
 * @param atr the average true range, quote units; null: it could not be read
 */
export function settleWish(wish: ProtectionWish, atr: Decimal | null): SettledWish | { refused: Refusal } {
  if (atr === null && needsVolatility(wish)) return { refused: NO_VOLATILITY };
  const settle = <T extends AnyDistance>(
    spec: T,
  ): Exclude<T, { atr: Decimal }> | { distance: Decimal; atr: Decimal } =>
    isUnread(spec)
      ? { distance: mul(spec.atr, atr ?? ZERO), atr: spec.atr }
      : (spec as Exclude<T, { atr: Decimal }>); // what is unread went the other way
  const { stopLoss, takeProfit, takeProfitLevels: levels, trailing, breakEven } = wish;
  return {
    ...(stopLoss !== undefined && { stopLoss: stopLoss && settle(stopLoss) }),
    ...(takeProfit !== undefined && { takeProfit: takeProfit && settle(takeProfit) }),
    ...(levels !== undefined && {
      targets:
        levels && levels.map(({ at, share }, index) => ({ id: String(index + 1), at: settle(at), share })),
    }),
    ...(trailing !== undefined && {
      trailing: trailing && {
        distance: settle(trailing.distance),
        ...(trailing.activation && { activation: settle(trailing.activation) }),
        ...(trailing.step && { step: trailing.step }),
      },
    }),
    ...(breakEven !== undefined && { breakEven }),
  };
}

const NO_VOLATILITY: Refusal = {
  code: 'no_volatility',
  text: 'the average true range is not known: the exchange gave too few candles. Name a percent or a price instead',
};
