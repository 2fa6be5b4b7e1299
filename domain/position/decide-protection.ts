/** A request to protect a position, or one of its tranches, otherwise. */
import type { Decimal } from '../decimal.ts';
import type { Refusal, SetProtectionRequest } from '../commands.ts';
import { checkSide } from '../rules.ts';
import type { Decision } from './decide.ts';
import { refuseLateTrailing } from './moving-stop.ts';
import type { PositionState } from './position.ts';
import type { TimeExit, Tranche } from './tranche.ts';
import { protectionPrice } from './protective-prices.ts';
import { trancheEntryPrice } from './quantities.ts';
import { refuseUnlessOpen, tranchesMeant } from './refuse-unless-open.ts';
import { badRequest, checkShape } from './request-shape.ts';
import { checkLateTimeExit } from './time-exit.ts';
import { checkWish, settleWish, WISH_KEYS, type SettledWish } from './wishes.ts';

const KEYS = ['trancheId', ...WISH_KEYS, 'timeExit'];

type Asked = { request: unknown; price?: Decimal; atr?: Decimal | null };

export function decideProtection(state: PositionState, asked: Asked, nowMs: number): Decision {
  const unfit = refuseUnlessOpen(state) ?? checkShape(asked.request, KEYS);
  if (unfit) return { refused: unfit };
  const { trancheId, timeExit, ...wish } = asked.request as SetProtectionRequest; // an object with no other keys
  const named = WISH_KEYS.filter((key) => wish[key] !== undefined);
  if (named.length === 0 && timeExit === undefined)
    return { refused: badRequest('name stopLoss, takeProfit or both; null takes one away') };
  const tranches = tranchesMeant(state, trancheId);
  if ('code' in tranches) return { refused: tranches };
  const late = timeExit ? checkLateTimeExit(state, timeExit, nowMs) : null;
  if (late) return { refused: late };
  for (const tranche of tranches) {
    const refused = checkWanted(state, tranche, wish, asked.price);
    if (refused) return { refused };
  }
  // A validator decides before the volatility was read: there it only has to be sound.
  const settled = settleWish(wish, asked.atr === undefined ? '1' : asked.atr);
  if ('refused' in settled) return settled;
  for (const tranche of tranches) {
    const refused =
      settled.trailing && asked.price !== undefined
        ? refuseLateTrailing(state, tranche, settled.trailing, asked.price)
        : null;
    if (refused) return { refused };
  }
  return {
    events: [
      ...(named.length === 0 ? [] : tranches.map(({ id }) => protectionSet(id, settled, nowMs))),
      ...(timeExit === undefined ? [] : [timeExitSet(timeExit, nowMs)]),
    ],
  };
}

const protectionSet = (trancheId: string, settled: SettledWish, nowMs: number) => ({
  type: 'ProtectionSet' as const,
  trancheId,
  ...settled,
  why: 'asked for',
  nowMs,
});

const timeExitSet = (timeExit: TimeExit | null, nowMs: number) => ({
  type: 'TimeExitSet' as const,
  timeExit,
  nowMs,
});

function checkWanted(
  state: PositionState,
  tranche: Tranche,
  wish: Omit<SetProtectionRequest, 'trancheId' | 'timeExit'>,
  price: Decimal | undefined,
): Refusal | null {
  const { market: rules, side } = state;
  const entry = trancheEntryPrice(state, tranche.id);
  const refused = checkWish(wish, { side, entry, price: undefined, rules });
  if (refused) return refused;
  const levels = { side, entry, tickSize: rules.tickSize };
  const stop = protectionPrice(
    wish.stopLoss === undefined ? tranche.stopLoss : wish.stopLoss,
    'stop',
    levels,
  );
  const targets = targetsOf(wish, tranche).map((spec) => protectionPrice(spec, 'target', levels));
  for (const target of targets) {
    if (stop === null || target === null || !checkSide('stop', stop, target, side)) continue;
    return {
      code: 'wrong_side',
      text: `the stop loss ${stop} must be on the losing side of the take profit ${target}`,
    };
  }
  return price === undefined ? null : checkWish(wish, { side, entry, price, rules });
}

function targetsOf(
  { takeProfit, takeProfitLevels }: Pick<SetProtectionRequest, 'takeProfit' | 'takeProfitLevels'>,
  tranche: Tranche,
) {
  if (takeProfitLevels) return takeProfitLevels.map(({ at }) => at);
  if (takeProfit !== undefined) return [takeProfit];
  if (takeProfitLevels === null) return [];
  return tranche.targets ? tranche.targets.map(({ at }) => at) : [tranche.takeProfit];
}
