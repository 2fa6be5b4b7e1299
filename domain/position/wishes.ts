/**
 * How somebody wants a part of a position protected: whether that makes sense, and what it comes to.
 * Shapes are checked as of unknown values, as they may have been typed by hand.
 */
import { add, gt, isDecimal, isPositive, mul, ZERO, type Decimal } from '../decimal.ts';
import type { ProtectionPrice, ProtectionWish, Refusal, TakeProfitLevel, TrailingStop } from '../commands.ts';
import { checkLevels, type PriceContext } from '../rules.ts';
import type { BreakEvenSpec, ProtectionSpec, TargetLevel, TrailingSpec } from './tranche.ts';
import { protectionPrice } from './protective-prices.ts';
import { checkBreakEven, checkTrailing, isFurther } from './stop-wishes.ts';
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
    checkBreakEven(wish['breakEven'], mostTargets(wish), at)
  );
}

const mostTargets = ({ takeProfitLevels: levels }: Record<string, unknown>): number =>
  Array.isArray(levels) ? levels.length : MAX_TARGETS;

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
  text: 'the average true range is not known: the market has too few candles, or its price stood still in all of them. Name a percent or a price instead',
};
