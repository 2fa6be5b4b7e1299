/** Covers what is not covered on one account: a plan of what is missing, and its execution. */
import { stopLossPercent, takeProfitPercent } from '../../../config/account.ts';
import type { AccountConfig } from '../../../config/config.ts';
import type { Decimal } from '../../../domain/decimal.ts';
import {
  planEmergency,
  type EmergencyOrder,
  type EmergencyPlan,
  type EmergencyTerms,
} from '../../../domain/audit/emergency-protection.ts';
import type { LegProtection } from '../../../domain/audit/leg-protection.ts';
import type { Leg, Symbol, WorkingType } from '../../../domain/terms.ts';
import type { Exchange } from '../../../exchanges/exchange.ts';
import { mapBounded } from '../../map-bounded.ts';
import { isCovered, type Reading } from './reading.ts';
import { PATIENCE, placeCertainly, type Patience, type Placed } from './place-certainly.ts';

/** A position that is not covered, and what is to be done about it. */
export type LegPlan = {
  leg: LegProtection;
  /** A running Holdfast looks after it: nothing is placed, or there would be two stops. */
  kept: boolean;
} & EmergencyPlan;

/** An order and what became of it. */
export type Done = { order: EmergencyOrder; placed: Placed };

export type Protecting = {
  account: AccountConfig;
  exchange: Pick<Exchange, 'price' | 'marketRules' | 'placeOrder' | 'findOrder' | 'capabilities'>;
  keeps: (leg: Leg) => Promise<boolean>;
  patience?: Patience;
};

/** Legs at once: no more than a gateway's rate limit lets through at the same moment. */
const CONCURRENCY = 4;
/** A price that moves beyond a level between plan and order is looked at again. */
const MAX_PLANS = 3;
/** Where the configuration wants no stop by itself: whoever runs this does. */
const DEFAULT_STOP_PERCENT: Decimal = '5';

/** What is missing; nothing is sent. @param force also where a running Holdfast keeps the position */
export const planAccount = (
  protecting: Protecting,
  { legs }: Reading,
  { force = false }: { force?: boolean } = {},
): Promise<LegPlan[]> =>
  mapBounded(
    legs.filter((leg) => !isCovered(leg)),
    CONCURRENCY,
    async (leg) => {
      const { symbol, leg: name } = leg.position;
      const kept =
        !force && (await protecting.keeps({ account: protecting.account.name, symbol, leg: name }));
      return kept
        ? { leg, kept, orders: [], problem: null }
        : { leg, kept, ...(await plan(protecting, leg)) };
    },
  );

/** Sends what was planned, each leg's stop before its target. Never throws for one leg's sake. */
export async function execute(
  protecting: Protecting,
  plans: readonly LegPlan[],
  { snapshot }: Reading,
): Promise<Done[]> {
  const known = snapshot.orders.map(({ orderId }) => orderId);
  const done = await mapBounded(plans, CONCURRENCY, (planned) => executeLeg(protecting, planned, known));
  return done.flat();
}

async function executeLeg(
  protecting: Protecting,
  { leg, orders }: LegPlan,
  known: readonly string[],
): Promise<Done[]> {
  const done: Done[] = [];
  for (const order of orders) {
    const one = await executeOrder(protecting, leg, order, known);
    done.push(one);
    // A target without its stop would hold the quantity that a later stop needs.
    if (one.placed.outcome !== 'live') break;
  }
  return done;
}

/** Measured anew where the price went beyond the level meanwhile. */
async function executeOrder(
  protecting: Protecting,
  leg: LegProtection,
  planned: EmergencyOrder,
  known: readonly string[],
): Promise<Done> {
  const { exchange, patience = PATIENCE } = protecting;
  let order = planned;
  for (let plans = 1; ; plans += 1) {
    const placed = await placeCertainly(exchange, order.request, known, patience);
    const hasMoved = placed.outcome === 'refused' && placed.kind === 'would_trigger';
    if (!hasMoved || plans === MAX_PLANS) return { order, placed };
    const { orders } = await plan(protecting, leg);
    order = orders.find(({ role }) => role === planned.role) ?? order;
  }
}

async function plan({ account, exchange }: Protecting, leg: LegProtection): Promise<EmergencyPlan> {
  const { symbol } = leg.position;
  const terms = termsOf(account, symbol);
  try {
    const [rules, price] = await Promise.all([
      exchange.marketRules(symbol),
      priceOf(exchange, symbol, terms.workingType),
    ]);
    return planEmergency(leg, { account: account.name, terms, rules, price });
  } catch (error) {
    return { orders: [], problem: error instanceof Error ? error.message : String(error) };
  }
}

async function priceOf(
  exchange: Pick<Exchange, 'price'>,
  symbol: Symbol,
  workingType: WorkingType,
): Promise<Decimal> {
  const { last, mark } = await exchange.price(symbol);
  const price = workingType === 'MARK_PRICE' ? (mark ?? last) : (last ?? mark);
  if (price === undefined) throw new Error(`the exchange tells no price of ${symbol}`);
  return price;
}

/** A symbol's own percentages come before those for positions that were not opened here. */
function termsOf({ symbols, otherSymbols, adoption }: AccountConfig, symbol: Symbol): EmergencyTerms {
  const settings = symbols[symbol] ?? otherSymbols;
  return {
    stopPercent: stopLossPercent(settings) ?? adoption.stopLossPercent ?? DEFAULT_STOP_PERCENT,
    targetPercent: takeProfitPercent(settings) ?? adoption.takeProfitPercent,
    workingType: settings.workingType,
  };
}
