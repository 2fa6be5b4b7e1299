/**
 * What an account may risk. Invariants:
 * - Counted is what the exchange shows, whoever opened it, and what is reserved here; a leg that both
 *   know counts once, by the larger of the two.
 * - Between a check and its reservation nothing is awaited, so entries of the same moment never exceed
 *   a limit together.
 * - A figure that a limit needs and nobody knows refuses the entry: it never passes for nothing.
 */
import { lossOf, type DayResult } from './day-result.ts';
import { add, div, gt, gte, isPositive, lt, mul, sum, toPlaces, ZERO, type Decimal } from '../decimal.ts';
import type { OpenPositionRequest, Refusal } from '../commands.ts';
import type { ExchangePosition } from '../exchange-truth.ts';
import {
  isOn,
  type AddedTranche,
  notionalHeld,
  notionalShown,
  ordersTaken,
  ordersOf,
  unheld,
  type LegOrders,
  type TakenLeg,
} from './exposure.ts';
import { legFor, type PositionMode, type Symbol } from '../terms.ts';

/** Absent: no limit. Money in the coin that the account settles in, notional in quote units. */
export type AccountLimits = {
  maxOpenPositions: number;
  maxNotionalPerPosition?: Decimal;
  /** Of all positions together. */
  maxNotionalTotal?: Decimal;
  /** Open orders of the whole account, and those that running and new positions need room for. */
  maxOrders?: number;
  /** No entries while equity is below. */
  equityFloor?: Decimal;
  /** No entries once the day has lost this much; the day begins at 00:00 UTC. */
  dailyLoss?: Decimal;
  /** The same in percent of what the account was worth before that loss. */
  dailyLossPercent?: Decimal;
  /** The only symbols that may be opened. */
  allowedSymbols?: readonly Symbol[];
};

/** What limits are counted on besides the reading. */
export type RiskNeed = 'orders' | 'equity' | 'day_result';

/** Only what was asked for is there. */
export type RiskFacts = {
  openOrders?: LegOrders[];
  /** Unrealised profit included. */
  equity?: Decimal;
  day?: DayResult;
};

/** What the exchange says at the time of an entry, as far as limits go. */
export type LimitFacts = {
  positionMode: PositionMode;
  /** Latest contract price. */
  price: Decimal;
  /** Everything open on the account. */
  positions: readonly ExchangePosition[];
  /** Absent in facts that were read before there were such limits. */
  risk?: RiskFacts;
};

export type Exposure = { limits: AccountLimits; legs: readonly TakenLeg[] };

/** What has to be read for these limits: what no limit needs is not asked for. */
export const needsOf = ({
  maxOrders,
  equityFloor,
  dailyLoss,
  dailyLossPercent,
}: AccountLimits): RiskNeed[] => [
  ...(maxOrders === undefined ? [] : (['orders'] as const)),
  ...(equityFloor === undefined && dailyLossPercent === undefined ? [] : (['equity'] as const)),
  ...(dailyLoss === undefined && dailyLossPercent === undefined ? [] : (['day_result'] as const)),
];

/** Needs nothing of the exchange. */
export function checkSymbol({ allowedSymbols }: AccountLimits, symbol: Symbol): Refusal | null {
  if (allowedSymbols === undefined || allowedSymbols.includes(symbol)) return null;
  const list = allowedSymbols.join(', ');
  return {
    code: 'symbol_not_allowed',
    text: `${symbol} is not among the allowed_symbols of this account (${list}): add it there, or open it on another account`,
  };
}

/**
 * Against the limits: what the exchange shows and what is reserved, together.
 *
 * @param targets how many it will have, where the configuration says that
 */
export function checkLimits(
  exposure: Exposure,
  request: OpenPositionRequest,
  facts: LimitFacts,
  targets = request.takeProfitLevels?.length,
): Refusal | null {
  const { limits } = exposure;
  return (
    checkSymbol(limits, request.symbol) ??
    checkLeg(exposure, request, facts) ??
    checkCount(exposure, facts) ??
    checkNotional(exposure, mul(request.quantity, request.limitPrice ?? facts.price), facts) ??
    checkOrders(exposure, facts, ordersOf({ targets })) ??
    checkEquity(limits, facts.risk) ??
    checkDay(limits, facts.risk)
  );
}

/** More on a leg that runs: neither that it is taken nor how many there are speaks against it. */
export function checkAddition(
  exposure: Exposure,
  leg: TakenLeg,
  { notional, targets }: Pick<AddedTranche, 'notional' | 'targets'>,
  facts: LimitFacts,
): Refusal | null {
  const { limits } = exposure;
  return (
    checkSymbol(limits, leg.symbol) ??
    checkNotional(exposure, notional, facts, notionalHeld(leg, facts.positions)) ??
    checkOrders(exposure, facts, ordersOf({ targets })) ??
    checkEquity(limits, facts.risk) ??
    checkDay(limits, facts.risk)
  );
}

/** Neither an older reading nor a leg that only looks taken can be the reason: what was asked is fresh. */
export const isFinal = ({ code }: Refusal): boolean => code === 'equity_floor' || code === 'daily_loss';

function checkLeg({ legs }: Exposure, request: OpenPositionRequest, facts: LimitFacts): Refusal | null {
  const wanted = { symbol: request.symbol, leg: legFor(facts.positionMode, request.side) };
  const taken = legs.find(isOn(wanted));
  if (!taken && !facts.positions.some(isOn(wanted))) return null;
  const where = taken
    ? `by ${taken.workflowId}`
    : 'by a position on the exchange that Holdfast does not manage';
  return {
    code: 'leg_busy',
    text: `${wanted.symbol} ${wanted.leg} is taken ${where}: one position per leg; close that one first`,
  };
}

function checkCount({ legs, limits: { maxOpenPositions } }: Exposure, facts: LimitFacts): Refusal | null {
  const others = unheld(legs, facts.positions).length;
  const count = legs.length + others;
  if (count < maxOpenPositions) return null;
  const whose = others === 0 ? '' : ` (${others} not kept by Holdfast)`;
  return {
    code: 'max_open_positions',
    text: `max open positions is ${maxOpenPositions}, and ${count} are open or being opened${whose}: close one, or raise max_open_positions`,
  };
}

/** `before`: what the position is worth already. */
function checkNotional(
  { legs, limits }: Exposure,
  notional: Decimal,
  facts: LimitFacts,
  before: Decimal = ZERO,
): Refusal | null {
  const { maxNotionalPerPosition, maxNotionalTotal } = limits;
  if (maxNotionalPerPosition !== undefined && gt(add(before, notional), maxNotionalPerPosition)) {
    return {
      code: 'max_notional_per_position',
      text: `the position would be worth ${add(before, notional)}, the limit is ${maxNotionalPerPosition}: ask for less, or raise max_notional_per_position`,
    };
  }
  if (maxNotionalTotal === undefined) return null;
  // Facts from before there were others keep their meaning, so that old histories replay.
  const shown = facts.risk === undefined ? [] : facts.positions;
  const held = sum(legs.map((leg) => notionalHeld(leg, shown)));
  const others = sum(unheld(legs, facts.positions).map(notionalShown));
  const total = sum([notional, held, others]);
  if (!gt(total, maxNotionalTotal)) return null;
  return {
    code: 'max_notional_total',
    text: `all positions together would be worth ${total} (${add(held, others)} now, ${notional} more), the limit is ${maxNotionalTotal}: ask for less, close one, or raise max_notional_total`,
  };
}

function checkOrders(
  { legs, limits: { maxOrders } }: Exposure,
  facts: LimitFacts,
  needed: number,
): Refusal | null {
  if (maxOrders === undefined) return null;
  const open = facts.risk?.openOrders;
  if (open === undefined) return unreadable('open orders', 'max_orders');
  const count = ordersTaken(legs, open, facts.positions);
  if (count + needed <= maxOrders) return null;
  return {
    code: 'max_orders',
    text: `max orders is ${maxOrders}: ${count} are open or kept free for positions that run, and an entry with stop and target needs ${needed} more: close a position, cancel orders that nobody needs, or raise max_orders`,
  };
}

function checkEquity({ equityFloor }: AccountLimits, risk: RiskFacts | undefined): Refusal | null {
  if (equityFloor === undefined) return null;
  const equity = risk?.equity;
  if (equity === undefined) return unreadable('equity', 'equity_floor');
  if (!lt(equity, equityFloor)) return null;
  return {
    code: 'equity_floor',
    text: `equity is ${equity}, below the floor of ${equityFloor}: entries go on once it is above, or when equity_floor is lowered`,
  };
}

function checkDay(limits: AccountLimits, risk: RiskFacts | undefined): Refusal | null {
  const { dailyLoss, dailyLossPercent } = limits;
  if (dailyLoss === undefined && dailyLossPercent === undefined) return null;
  const setting = dailyLoss === undefined ? 'daily_loss_pct' : 'daily_loss';
  if (risk?.day === undefined) return unreadable('result of the day', setting);
  const loss = lossOf(risk.day);
  if (loss === null) {
    return {
      code: 'daily_loss',
      text: `what today lost is not known yet, so ${setting} refuses: no figures of ${risk.day.unknown.join(', ')}; entries go on when the journal has them, at the latest at 00:00 UTC`,
    };
  }
  const until = 'entries go on at 00:00 UTC, or when';
  if (dailyLoss !== undefined && gte(loss, dailyLoss)) {
    const text = `today lost ${loss} (${figures(risk.day)}), the limit is ${dailyLoss}: ${until} daily_loss is raised`;
    return { code: 'daily_loss', text };
  }
  if (dailyLossPercent === undefined || !isPositive(loss)) return null;
  if (risk.equity === undefined) return unreadable('equity', 'daily_loss_pct');
  const before = add(risk.equity, loss);
  // Nothing was left before the loss already: any loss is more than all of it.
  const percent = isPositive(before) ? div(mul(loss, '100'), before) : '100';
  if (lt(percent, dailyLossPercent)) return null;
  const text = `today lost ${loss} of ${before}, ${toPlaces(percent, 2)} % (${figures(risk.day)}), the limit is ${dailyLossPercent} %: ${until} daily_loss_pct is raised`;
  return { code: 'daily_loss', text };
}

const figures = ({ closed, open }: DayResult): string => `closed ${closed}, open ${open}`;

const unreadable = (what: string, setting: string): Refusal => ({
  code: 'exchange_unreachable',
  text: `the ${what} could not be read, and ${setting} is set: nothing was opened; try again, and see holdfast doctor`,
});
